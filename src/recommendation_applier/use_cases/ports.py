"""What the use cases need from outside, by shape: `entrypoints.wiring` says what fits where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum, auto
from typing import Protocol

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import DeadLetter
from recommendation_applier.domain.delivery import Confirmation, Withdrawal
from recommendation_applier.domain.outcome import ApplyResult, StatusResult
from recommendation_applier.domain.recommendation import Recommendation


class PartnerOpportunities(Protocol):
    """The Partner Opportunities API, as long as this invocation lasts."""

    def apply(self, batches: Sequence[ApplyBatch]) -> Iterator[ApplyResult]:
        """Send *batches*, several at a time, and give each one's result as it comes.

        One result a batch, whatever happens; an invocation without enough time left, or whose
        credentials are refused, sends nothing more and says so in the results.
        """

    def application_status(self, batches: Sequence[ApplyBatch]) -> Iterator[StatusResult]:
        """Ask what became of the recommendations of *batches* (up to 500 ids each)."""


class DeadLetters(Protocol):
    """The dead-letter queue."""

    def store(self, letters: Sequence[DeadLetter]) -> AbstractSet[int]:
        """Store *letters* and return the positions of those that are stored for certain."""


class Confirmations(Protocol):
    """The side of SNS that a queue's owner confirms subscriptions to."""

    def is_trusted(self, confirmation: Confirmation) -> bool:
        """Tell whether the topic is one of the dataset's own, in this region."""

    def confirm(self, confirmation: Confirmation) -> None:
        """Confirm the subscription.

        Raises WaitError where it may work later, RefusedError where SNS refuses for good.
        """


class Opportunities(Protocol):
    """Knows under which opportunity a recommendation is applied."""

    def resolve(self, recommendation: Recommendation) -> str | None:
        """Return the `partnerOpportunityId`; None where nothing knows it. Never a guess."""


class Standing(Enum):
    """What the ledger knows of a recommendation at the moment it is claimed."""

    UNKNOWN = auto()
    """Never seen, or claimed and given back."""
    IN_DOUBT = auto()
    """Claimed before, and nobody knows what became of it: ask before sending."""
    SETTLED = auto()
    """Amazon has it: never send it again."""
    WITHDRAWN = auto()
    """Taken back by a removal that is not older than this publication."""


class Ledger(Protocol):
    """The memory of what was sent, across deliveries; keyed by recommendation id."""

    def claim(self, recommendations: Sequence[Recommendation]) -> Mapping[str, Standing]:
        """Claim those that are UNKNOWN or IN_DOUBT, and say how each one stands.

        A claim that is neither settled nor released leaves the recommendation in doubt.
        """

    def settle(self, recommendation_ids: Sequence[str]) -> None:
        """Remember that Amazon has these."""

    def release(self, recommendation_ids: Sequence[str]) -> None:
        """Give the claim back: this invocation has not let Amazon have these."""

    def remember_letters(self, parts: Iterable[tuple[str, int]]) -> None:
        """Remember parts whose dead letters are stored although their message stays.

        A part is named by the SQS id of its message and its position there.
        """

    def letters_of(self, message_id: str) -> AbstractSet[int]:
        """Name the positions of the parts of a message whose dead letters are stored."""

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Remember what was taken back, and as of when."""

"""What the use cases need from outside, by shape: `entrypoints` says what fits where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from recommendation_applier.domain.batching import ApplyBatch
    from recommendation_applier.domain.breaker import Breaker
    from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
    from recommendation_applier.domain.dead_letter import DeadLetter
    from recommendation_applier.domain.delivery import Confirmation
    from recommendation_applier.domain.held import Held, HeldOverview, Veto
    from recommendation_applier.domain.holds import Hold, Release
    from recommendation_applier.domain.ledger import (
        BatchRecord,
        Entry,
        Known,
        StoredEntry,
        Tombstone,
    )
    from recommendation_applier.domain.outcome import ApplyResult, StatusResult
    from recommendation_applier.domain.policy import PolicyInForce
    from recommendation_applier.domain.recommendation import Recommendation
    from recommendation_applier.domain.resolution import Resolution


class PartnerOpportunities(Protocol):
    """The Partner Opportunities API, as long as this invocation lasts."""

    def apply(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[ApplyResult]:
        """Send *batches*, several at a time, and give each one's result as it comes.

        The next of *batches* is asked for while earlier ones are under way. One result a batch,
        whatever happens; an invocation without enough time left, or whose credentials are refused,
        sends nothing more and says so in the results. In a trial, what fails is not repeated.
        """

    def application_status(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[StatusResult]:
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

    def resolve(self, recommendations: Sequence[Recommendation]) -> Mapping[str, Resolution]:
        """Say by id, for each of *recommendations*, which opportunity it is. Never a guess."""


class Policies(Protocol):
    """The policy of what may be applied without asking."""

    def current(self) -> PolicyInForce:
        """Give the policy in force, at most a minute old. Raises PolicyUnavailableError."""


class LedgerStore(Protocol):
    """Where the ledger is kept; keyed by recommendation id, and by the token of a claim.

    Nothing raises: what could not be read or written for certain is left out of the answer. What
    is left out may have been written all the same.
    """

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """Write the entries that do not exist yet.

        By recommendation id: None for one that was written, what stands there for one that was
        not. No two of *entries* have the same id.
        """

    def take_over(self, entries: Sequence[tuple[Entry, Known]]) -> Mapping[str, Known | None]:
        """Write each entry over the one that is known, unless that has changed meanwhile.

        Answers like `put_new`. A tombstone and a release stay, and so does what the entry says of
        the recommendation where the new one does not; a hold ends.
        """

    def hold(self, token: str, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """Mark entries that *token* claims as held, by recommendation id; name those that are."""

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is stored of each id, None where nothing is."""

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """Remember tombstones by recommendation id; the later one stays. Names those that are."""

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """Give all records of each claim, in their latest form."""

    def add_record(self, record: BatchRecord) -> bool:
        """Keep *record*; tell whether it is kept for certain. To repeat it does no harm."""

    def remember_letters(
        self, positions: Mapping[str, AbstractSet[int]], *, kept_until: datetime
    ) -> None:
        """Remember, by SQS message id, which parts of a message have their dead letters stored."""

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """Name the parts of each message whose dead letters are remembered; none: left out."""


class HeldStore(Protocol):
    """What the ledger keeps back, for the people who decide about it.

    To read raises LedgerUnavailableError. What is written is answered by recommendation id: None
    if it was done, what stands there if that is no longer what was looked at (the hold has ended,
    or something else was published); one that could not be written for certain is left out.
    """

    def held(self, *, after: datetime) -> Iterator[Held]:
        """Give all that waits for a person and ends after *after*, the first to end first.

        What was taken back is left out.
        """

    def ending_before(self, limit: datetime, *, after: datetime) -> Iterator[Held]:
        """Give of that what ends at *limit* or before."""

    def overview(self, *, after: datetime) -> HeldOverview:
        """Count it, at little cost however much it is, and give the first few to end."""

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is stored of each id, None where nothing is."""

    def release(self, releases: Mapping[str, Release]) -> Mapping[str, StoredEntry | None]:
        """Write down that a person lets go what is held, which goes on being held."""

    def reject(self, vetoes: Mapping[str, Veto]) -> Mapping[str, StoredEntry | None]:
        """Take back what is held in the name of a person, and hold it no longer.

        A later tombstone stays.
        """


class ReleaseNotices(Protocol):
    """The way by which what was released enters the spine."""

    def send(self, notices: Sequence[str]) -> AbstractSet[int]:
        """Send *notices* and return the positions of those that are sent for certain."""


class PacingStore(Protocol):
    """How often campaigns were changed, for as long as a policy asks for that."""

    def applications_of(
        self, campaigns: AbstractSet[Campaign]
    ) -> Mapping[Campaign, CampaignApplications]:
        """Read each as it is now; one that could not be read is left out."""

    def save_applications(
        self, campaign: Campaign, applications: CampaignApplications, *, kept_until: datetime
    ) -> bool:
        """Keep *applications* if the kept ones are of the version before; tell whether they are."""


class FollowUpStore(Protocol):
    """The accepted recommendations whose end nobody knows yet, as the ledger keeps them."""

    def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
        """Give at most *limit* records whose follow-up is due at *now*, in their latest form.

        The longest waiting come first. Raises LedgerUnavailableError.
        """

    def save(self, record: BatchRecord, *, checks: int) -> bool:
        """Keep *record* with its new follow-up if the kept one still has *checks*.

        Tells whether it is kept for certain.
        """


class BreakerStore(Protocol):
    """What all invocations know together of the API's health."""

    def read_breaker(self) -> Breaker:
        """Read it afresh. Raises LedgerUnavailableError."""

    def save_breaker(self, breaker: Breaker) -> bool:
        """Keep *breaker* if the kept one is of the version before; tell whether it is kept."""

"""What one SQS message can turn out to hold."""

from dataclasses import dataclass, field
from datetime import datetime

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.value import value


@value(frozen=True, slots=True)
class Delivery:
    """One SQS message as the consumer received it; *receive_count* starts at 1."""

    message_id: str
    body: str
    receive_count: int = 1


@value(frozen=True, slots=True)
class Publication:
    """A recommendation that may be applied.

    *body* is the text to dead-letter when it cannot be sent; *in_doubt* says that an earlier
    request may have reached Amazon without its answer reaching us; *release* is there where a
    person has let it go. *is_unread* says that the ledger, which knows more of it, did not answer.
    *came_back* says that it was a dead letter in between.
    """

    recommendation: Recommendation
    body: str
    in_doubt: bool = False
    release: Release | None = None
    is_unread: bool = False
    came_back: bool = False

    @property
    def is_first_hand(self) -> bool:
        """Tell whether the Stream has delivered it, and nothing but trouble has kept it since.

        A dead letter, what a person has let go, and a row of a file are old for a good reason. The
        last two, like a letter about a batch, name their opportunity, as no Stream message does.
        """
        is_named = self.recommendation.partner_opportunity_id is not None
        return not (self.came_back or is_named or self.release is not None)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Word from Amazon that a recommendation needs no application: removed, rejected, applied.

    *body* is the text to dead-letter when it cannot be remembered; *account* names the advertiser
    for people, as far as the message does.
    """

    recommendation_id: str
    published_date: datetime | None
    reason: NotApplicableReason
    body: str = field(repr=False)
    account: str | None = None

    @property
    def as_of(self) -> datetime:
        """The last moment of publication that it takes back: every one if it has no date."""
        return self.published_date or FOR_EVER


@dataclass(frozen=True, slots=True)
class NotForUs:
    """Something that belongs on this queue but asks nothing of us."""

    reason: NotApplicableReason
    detail: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """SNS asks whether the queue's owner wants a subscription; the token is a secret."""

    topic_arn: str
    token: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseNotice:
    """Word from an operator that a held recommendation was released; the ledger knows the rest."""

    recommendation_id: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that cannot be used: why, and the text that is kept on the dead-letter queue."""

    reason: DeadLetterReason
    message: str
    body: str = field(repr=False)


Content = Publication | Withdrawal | NotForUs | Confirmation | ReleaseNotice | Rejection

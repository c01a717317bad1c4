"""What the ledger keeps of a recommendation, and what that says of sending it. No I/O.

Two kinds of document. An *entry*, one a recommendation, says what was recommended and who has
claimed it; it is written once, before anything is sent. A *record*, one a request, says what became
of the ids of a claim. What stands in an entry is therefore read together with the records of its
claim, and a batch of 100 ids costs 100 entries and one record.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import Final

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.domain.retry_schedule import ANSWER_LOST_LEAST_SECONDS
from recommendation_applier.domain.value import value

LEASE_MARGIN_SECONDS: Final = 120
"""A claim lasts so much longer than the invocation that made it. A request that outlives its
sender is then either taken or lost: Amazon's slowest synchronous calls take 30 s (P99). With the
function's timeout of 180 s that is 300 s, well below the 1,380 s after which SQS delivers again."""


class Verdict(StrEnum):
    """What became of a claimed recommendation in one request."""

    ACCEPTED = "ACCEPTED"
    """Amazon has it: it is never sent again."""
    REJECTED = "REJECTED"
    """The advertiser said no before it could be sent: it is never sent."""
    REFUSED = "REFUSED"
    """Amazon refused it, and it is dead-lettered: redriven, it is tried again."""
    RELEASED = "RELEASED"
    """Nothing was taken: whoever gets it next may send it."""
    HELD = "HELD"
    """A person lets it go, or the policy when it is delivered again."""
    IGNORED = "IGNORED"
    """The policy says to leave it alone: delivered again, it is decided anew."""
    IN_DOUBT = "IN_DOUBT"
    """Amazon may have it: ask before sending."""


class Standing(Enum):
    """What the ledger says of a recommendation to somebody who wants to send it."""

    FREE = auto()
    """Nobody has sent it."""
    IN_DOUBT = auto()
    """Somebody may have sent it: ask Amazon first."""
    CLAIMED = auto()
    """Another invocation has it in hand at this moment."""
    ACCEPTED = auto()
    """Amazon has it."""
    REJECTED = auto()
    """The advertiser has said no."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An invocation's right to send a recommendation; *token* names the invocation."""

    token: str
    claimed_at: datetime
    lease_ends: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Word from Amazon that what was published up to *as_of* needs no application."""

    as_of: datetime
    reason: NotApplicableReason

    def covers(self, recommendation: Recommendation) -> bool:
        """Tell whether it takes back *recommendation*: the later date wins, a tie takes back."""
        return recommendation.was_published_by(self.as_of)


@value(frozen=True, slots=True, kw_only=True)
class DecidedBy:
    """Who decided what becomes of a recommendation.

    *policy_version* is that of the parameter that holds the policy, None where no policy was asked;
    *rule* is None where the policy's default decided; *released_by* is the person who let it go,
    whatever the rule says.
    """

    policy_version: int | None = None
    rule: str | None = None
    released_by: str | None = None

    def __str__(self) -> str:
        """Name it the way logs and the operator's command do."""
        rule = f"rule '{self.rule}'" if self.rule else "its default"
        policy = f"policy {self.policy_version}, {rule}" if self.policy_version else "no policy"
        return f"{self.released_by}, over {policy}" if self.released_by else policy


@value(frozen=True, slots=True)
class Entry:
    """A recommendation as it is claimed: what was recommended, and who decided about it.

    *kept_until* is when the table may forget it.
    """

    recommendation: Recommendation
    partner_opportunity_id: str
    decided_by: DecidedBy
    claim: Claim
    kept_until: datetime

    @property
    def recommendation_id(self) -> str:
        """The key, which comes from the recommendation and never from a message."""
        return self.recommendation.recommendation_id


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with all that was added to it; *entry* is None where only a removal came."""

    entry: Entry | None
    tombstone: Tombstone | None = None
    hold: Hold | None = None
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in an entry that exists."""

    claim: Claim | None = None
    tombstone: Tombstone | None = None

    def as_seen_by(self, recommendation: Recommendation) -> "Known":
        """The same without a tombstone that *recommendation* is younger than."""
        covers = self.tombstone is not None and self.tombstone.covers(recommendation)
        return self if covers else Known(self.claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """What became of some ids of the claim *token*: one request, or one decision without any.

    *number* tells the records of one claim apart. *sent_at*, *http_status* and *request_ids* are
    those of the request, *answer* is the sentence that says why an id is not accepted. An id may
    be held and in doubt at once. *follow_up* is None where nothing is accepted.
    """

    token: str
    number: int
    partner_opportunity_id: str
    advertiser: Advertiser
    verdicts: Mapping[Verdict, tuple[str, ...]]
    recorded_at: datetime
    kept_until: datetime
    sent_at: datetime | None = None
    http_status: int | None = None
    request_ids: tuple[str, ...] = ()
    answer: str = ""
    lost_by: Mapping[str, str] = field(default_factory=dict)
    follow_up: FollowUpState | None = None

    @property
    def accepted(self) -> tuple[str, ...]:
        """The ids that Amazon has."""
        return self.verdicts.get(Verdict.ACCEPTED, ())

    @property
    def applied(self) -> tuple[str, ...]:
        """The ids whose application has not failed, and is not followed any more."""
        state = self.follow_up
        left = {*state.pending, *state.ended} if state else ()
        return tuple(each for each in self.accepted if each not in left)


_REQUEST_LIFE: Final = timedelta(seconds=ANSWER_LOST_LEAST_SECONDS)

_WEIGHT: Final = {
    Verdict.ACCEPTED: Standing.ACCEPTED,
    Verdict.REJECTED: Standing.REJECTED,
    Verdict.IN_DOUBT: Standing.IN_DOUBT,
}
"""From the verdict that decides to the one that gives way; all others leave an id free."""


def standing_of(
    recommendation_id: str,
    claim: Claim | None,
    records: Collection[BatchRecord],
    *,
    now: datetime,
    message_id: str | None = None,
) -> Standing:
    """Say how a recommendation stands whose *claim* has these *records*.

    A claim without a word about the id is somebody's at work while its lease lasts; afterwards
    nobody knows what that invocation still did, and the id is in doubt. *message_id* is the SQS
    message that it comes by now; see `at_work_until`.
    """
    if claim is None:
        return Standing.FREE
    found = {
        verdict
        for record in records
        for verdict, ids in record.verdicts.items()
        if recommendation_id in ids
    }
    standing = next((_WEIGHT[verdict] for verdict in _WEIGHT if verdict in found), Standing.FREE)
    if found and standing is not Standing.IN_DOUBT:
        return standing
    until = at_work_until(recommendation_id, claim, records, message_id=message_id)
    return Standing.CLAIMED if now < until else Standing.IN_DOUBT


def at_work_until(
    recommendation_id: str,
    claim: Claim,
    records: Iterable[BatchRecord],
    *,
    message_id: str | None = None,
) -> datetime:
    """Say until when Amazon may still get a request for a recommendation that nobody vouches for.

    Until its claim ends if no record speaks of it. A request that had no answer may be on its way
    for another minute: to ask any earlier would tell nothing. The message that lost the answer has
    waited for so long already; a copy of it, which another *message_id* tells, has not. None is for
    what has waited in another way.
    """
    about = [
        record
        for record in records
        if any(recommendation_id in ids for ids in record.verdicts.values())
    ]
    if not about:
        return claim.lease_ends
    return max(
        record.recorded_at + _REQUEST_LIFE
        if message_id not in (None, record.lost_by.get(recommendation_id, message_id))
        else record.recorded_at
        for record in about
    )


def kept_until(
    recommendations: Iterable[Recommendation], *, now: datetime, retention: timedelta
) -> datetime:
    """Say when the ledger may forget: *retention* after the last of them has expired."""
    latest = now
    for each in recommendations:
        if each.expiry_date is not None and each.expiry_date > latest:
            latest = each.expiry_date
    return min(latest, FOR_EVER - retention) + retention

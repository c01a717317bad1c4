"""What the ledger keeps, valid by default, one thing changed a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    DecidedBy,
    Entry,
    Tombstone,
    Verdict,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW, OPPORTUNITY, PUBLISHED, advertiser, recommendation

TOKEN: Final = "5b0c6a3e-8d6f-4f43-9b0e-3c1d7f2a9e01"
OTHER_TOKEN: Final = "c9a1e0d4-2b7e-4c55-8f0a-6d3b5e7f1c02"
KEPT_UNTIL: Final = datetime(2027, 2, 13, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """A recommendation that a test wants to claim: fits the Candidate protocol."""

    recommendation: Recommendation
    partner_opportunity_id: str = OPPORTUNITY
    message_id: str = "message-1"
    decided_by: DecidedBy = DecidedBy()  # noqa: RUF009 - a value, which nothing changes
    in_doubt: bool = False
    is_barred: bool = False


def claim(token: str = TOKEN, *, claimed_at: datetime = NOW) -> Claim:
    """Make the claim of an invocation that has its three minutes left."""
    return Claim(token, claimed_at=claimed_at, lease_ends=claimed_at + timedelta(seconds=300))


def entry(
    recommendation_id: str = "rec-1",
    token: str = TOKEN,
    *,
    kept_until: datetime = KEPT_UNTIL,
    **changes: Any,
) -> Entry:
    """Make an entry that *token* claims now; *changes* are those of the recommendation."""
    return Entry(
        recommendation=recommendation(recommendation_id, **changes),
        partner_opportunity_id=OPPORTUNITY,
        decided_by=DecidedBy(policy_version=7, rule="bids"),
        claim=claim(token),
        kept_until=kept_until,
    )


def tombstone(
    as_of: datetime = PUBLISHED, *, reason: NotApplicableReason = NotApplicableReason.REMOVED
) -> Tombstone:
    """Make word from Amazon that what was published up to *as_of* is taken back."""
    return Tombstone(as_of, reason)


def record(
    *accepted: str,
    token: str = TOKEN,
    number: int = 1,
    due: datetime | None = None,
    verdicts: Mapping[Verdict, tuple[str, ...]] | None = None,
    **changes: Any,
) -> BatchRecord:
    """Make the record of a request that was answered with 202, to be followed up when *due*."""
    fields: dict[str, Any] = {
        "token": token,
        "number": number,
        "partner_opportunity_id": OPPORTUNITY,
        "advertiser": advertiser(),
        "verdicts": {Verdict.ACCEPTED: accepted} if verdicts is None else verdicts,
        "recorded_at": NOW,
        "kept_until": KEPT_UNTIL,
        "sent_at": NOW - timedelta(seconds=1),
        "http_status": 202,
        "request_ids": ("1f6c2b9e-0d5a-4e37-a8c4-7b2e9d3f6a03",),
        "follow_up": FollowUpState(accepted, due) if due else None,
    }
    return BatchRecord(**fields | changes)

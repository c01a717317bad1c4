"""What is asked of the ledger, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recommendation_applier.domain.ledger import BatchRecord, DecidedBy, Standing, Tombstone
from recommendation_applier.domain.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recommendation that somebody wants to send, or to keep.

    *message_id* is the SQS message that it came by. *in_doubt* says that its source does not know
    whether it was sent, *is_barred* that it must not be sent any more: its end is to be known.
    """

    recommendation: Recommendation
    partner_opportunity_id: str
    message_id: str
    decided_by: DecidedBy
    in_doubt: bool = False
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """How a recommendation stands that was asked for.

    FREE and IN_DOUBT ones are claimed now; *tombstone* is there where it has been taken back.
    *free_at* says when a CLAIMED one no longer is another's: an invocation's, or a request's that
    may still be on its way.
    """

    standing: Standing
    tombstone: Tombstone | None = None
    free_at: datetime | None = None


FREE: Final = Claimed(Standing.FREE)
IN_DOUBT: Final = Claimed(Standing.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Request:
    """What a record says of the request that its verdicts come from."""

    sent_at: datetime | None = None
    http_status: int | None = None
    request_ids: tuple[str, ...] = ()
    answer: str = ""


NO_REQUEST: Final = Request()


def weigh(standing: Standing, candidate: Candidate) -> Standing:
    """Say how a *candidate* stands if the ledger has *standing* of it: its source may doubt."""
    in_doubt = standing is Standing.FREE and candidate.in_doubt
    return Standing.IN_DOUBT if in_doubt else standing


def by_recommendation(records: Iterable[BatchRecord]) -> Mapping[str, Sequence[BatchRecord]]:
    """Find which of a claim's *records* speak of an id, once for all its ids."""
    found: dict[str, list[BatchRecord]] = {}
    for record in records:
        for ids in record.verdicts.values():
            for recommendation_id in ids:
                found.setdefault(recommendation_id, []).append(record)
    return found

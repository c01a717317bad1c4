"""What is asked of the ledger, and what it says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recommendation_applier.domain.ledger import DecidedBy, Standing, Tombstone
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


@dataclass(frozen=True, slots=True)
class Request:
    """What a record says of the request that its verdicts come from."""

    sent_at: datetime | None = None
    http_status: int | None = None
    request_ids: tuple[str, ...] = ()
    answer: str = ""


NO_REQUEST: Final = Request()

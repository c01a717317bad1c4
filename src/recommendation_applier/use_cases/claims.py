"""What is asked of the ledger, and what it says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final, Protocol

from recommendation_applier.domain.ledger import (
    BatchRecord,
    DecidedBy,
    Known,
    Standing,
    Tombstone,
    Verdict,
    at_work_until,
    standing_of,
)
from recommendation_applier.domain.recommendation import Recommendation


class Candidate(Protocol):
    """A recommendation that somebody wants to send, or to keep."""

    @property
    def recommendation(self) -> Recommendation:
        """What is proposed."""

    @property
    def partner_opportunity_id(self) -> str:
        """Under which opportunity it would be sent."""

    @property
    def message_id(self) -> str:
        """The SQS message that it came by."""

    @property
    def decided_by(self) -> DecidedBy:
        """Who wants it sent, or kept."""

    @property
    def in_doubt(self) -> bool:
        """Tell whether its source does not know if it was sent."""

    @property
    def is_barred(self) -> bool:
        """Tell whether it must not be sent any more: its end is to be known."""


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


def offered_to(
    candidate: Candidate, known: Known, records: Collection[BatchRecord], *, now: datetime
) -> Claimed:
    """Say how a *candidate* stands of which the ledger has what is *known* and those *records*."""
    recommendation_id = candidate.recommendation.recommendation_id
    # What comes back as a letter about a lost answer has waited for a person.
    message_id = None if candidate.in_doubt else candidate.message_id
    standing = standing_of(recommendation_id, known.claim, records, now=now, message_id=message_id)
    tombstone = known.as_seen_by(candidate.recommendation).tombstone
    if known.claim is None or standing is not Standing.CLAIMED:
        # Its source may doubt where the ledger does not.
        in_doubt = standing is Standing.FREE and candidate.in_doubt
        return Claimed(Standing.IN_DOUBT if in_doubt else standing, tombstone)
    until = at_work_until(recommendation_id, known.claim, records, message_id=message_id)
    return Claimed(standing, free_at=until)


def verdicts_on(
    ids: AbstractSet[str], verdicts: Mapping[Verdict, Collection[str]]
) -> Mapping[Verdict, tuple[str, ...]]:
    """Give the *verdicts* on those *ids* alone, without any that is on none of them."""
    found = {
        verdict: tuple([each for each in those if each in ids])
        for verdict, those in verdicts.items()
    }
    return {verdict: those for verdict, those in found.items() if those}


def by_recommendation(records: Iterable[BatchRecord]) -> Mapping[str, Sequence[BatchRecord]]:
    """Find which of a claim's *records* speak of an id, once for all its ids."""
    found: dict[str, list[BatchRecord]] = {}
    for record in records:
        for recommendation_id in chain.from_iterable(record.verdicts.values()):
            if recommendation_id in found:
                found[recommendation_id].append(record)
            else:
                found[recommendation_id] = [record]
    return found

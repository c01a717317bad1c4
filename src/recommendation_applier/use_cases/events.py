"""What of an invocation, or of a tick, the partner's own event bus is told. No I/O.

Held, accepted and failed are told, once they are durable. What is retried has not come to an end,
and what is not applicable asks nothing of anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.event import NOBODY_KNOWN, DetailType, Event
from recommendation_applier.domain.reasons import Door
from recommendation_applier.domain.recommendation import Recommendation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from recommendation_applier.domain.ledger import DecidedBy
    from recommendation_applier.use_cases.follow_up import EndedApplication
    from recommendation_applier.use_cases.progress import Report

_TOLD: Final = {
    Door.HELD: DetailType.HELD,
    Door.ACCEPTED: DetailType.ACCEPTED,
    Door.DEAD_LETTERED: DetailType.FAILED,
}


def events_of(report: Report, decided_by: Mapping[str, DecidedBy]) -> Iterator[Event]:
    """Tell each recommendation of *report* that was held, accepted or dead-lettered, in order.

    *decided_by* is by recommendation id. A dead letter without a readable recommendation has no
    event: nobody knows whose it is.
    """
    request_ids = _request_ids(report)
    for departure in report.departures:
        recommendation = departure.part.recommendation
        if recommendation is not None and departure.door in _TOLD:
            name = recommendation.recommendation_id
            yield Event(
                detail_type=_TOLD[departure.door],
                reason=departure.reason,
                recommendation=recommendation,
                explanation=departure.detail,
                decided_by=decided_by.get(name, NOBODY_KNOWN),
                request_ids=request_ids.get(name, ()),
            )


def events_of_ended(ended: Iterable[EndedApplication]) -> Iterator[Event]:
    """Tell each application that was accepted and came to another end than being applied."""
    for each in ended:
        yield Event(
            detail_type=DetailType.FAILED,
            reason=each.end,
            recommendation=Recommendation(
                recommendation_id=each.recommendation_id,
                advertiser=each.advertiser,
                campaign_id=each.campaign_id,
            ),
            accepted_at=each.accepted_at,
        )


def _request_ids(report: Report) -> Mapping[str, tuple[str, ...]]:
    """Give Amazon's request ids by recommendation id: it is asked about before it is sent."""
    found: dict[str, tuple[str, ...]] = {}
    answers = [
        *((each.batch, each.request_ids) for each in report.status_results),
        *((each.batch, each.request_ids) for each in report.results),
    ]
    for batch, request_ids in answers:
        for name in batch.recommendation_ids:
            found[name] = found.get(name, ()) + request_ids
    return found

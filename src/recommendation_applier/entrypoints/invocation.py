"""One invocation of the apply function, whatever its parts are made of: an event in, an answer out.

The order is the promise: first the use case brings everything to a durable end that it can, then
what is retried is put off, and only the answer lets messages go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recommendation_applier.aws.sqs_records import (
    PartialBatchResponse,
    partial_batch_response,
    read_records,
    receipt_handles,
)
from recommendation_applier.domain.reasons import Door, RetryReason
from recommendation_applier.domain.retry_schedule import visibility_seconds
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.progress import Report


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of an event; *answer* is what Lambda reads."""

    deliveries: int
    report: Report
    answer: PartialBatchResponse


def run(
    event: Mapping[str, Any],
    use_case: ApplyRecommendations,
    *,
    change_visibility: Callable[[Mapping[str, int]], None],
    jitter: Callable[[float, float], float],
) -> Invocation:
    """Apply what the deliveries of *event* recommend.

    *change_visibility* is given seconds by receipt handle. Raises KeyError or TypeError for an
    event that is not of SQS; Lambda then keeps all of it.
    """
    deliveries = read_records(event)
    report = use_case.run(deliveries)
    change_visibility(_waits(report, event, jitter))
    answer = partial_batch_response(deliveries, finished=report.finished)
    return Invocation(len(deliveries), report, answer)


def _waits(
    report: Report, event: Mapping[str, Any], jitter: Callable[[float, float], float]
) -> Mapping[str, int]:
    """Say for how long what is retried stays invisible: longer, the more often it was received."""
    seconds: dict[str, int] = {}
    if all(door is not Door.RETRY for door, _ in report.reasons):
        return seconds
    handles = receipt_handles(event)
    for departure in report.departures:
        handle = handles.get(departure.part.delivery.message_id)
        if departure.door is not Door.RETRY or handle is None:
            continue
        wait = visibility_seconds(
            receive_count=departure.part.delivery.receive_count,
            reason=RetryReason(departure.reason),
            retry_after=departure.retry_after,
            jitter=jitter,
        )
        seconds[handle] = max(wait, seconds.get(handle, 0))
    return seconds

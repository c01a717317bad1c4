"""The metrics of our own: eight names, one dimension, because each is billed by the month."""

from collections import Counter
from typing import Final

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from recommendation_applier.domain.errors import CredentialsRefusedError
from recommendation_applier.domain.reasons import Door
from recommendation_applier.use_cases.progress import Report

DOOR_METRICS: Final = {
    Door.ACCEPTED: "AcceptedRecommendations",
    Door.NOT_APPLICABLE: "NotApplicableRecommendations",
    Door.HELD: "HeldRecommendations",
    Door.RETRY: "RetriedRecommendations",
    Door.DEAD_LETTERED: "DeadLetteredRecommendations",
}
APPLY_REQUESTS: Final = "ApplyRequests"
THROTTLED_REQUESTS: Final = "ThrottledRequests"
CREDENTIALS_REFUSED: Final = "CredentialsRefused"

METRIC_NAMES: Final = (
    *DOOR_METRICS.values(),
    APPLY_REQUESTS,
    THROTTLED_REQUESTS,
    CREDENTIALS_REFUSED,
)


def counts(report: Report) -> dict[str, int]:
    """Count what happened, by metric name; what did not happen is left out, and costs nothing."""
    doors = Counter(departure.door for departure in report.departures)
    found = {name: doors[door] for door, name in DOOR_METRICS.items()}
    found[APPLY_REQUESTS] = sum(result.attempts for result in report.results)
    found[THROTTLED_REQUESTS] = sum(result.throttled for result in report.results)
    errors = [each.error for each in report.results] + [
        each.error for each in report.status_results
    ]
    found[CREDENTIALS_REFUSED] = int(
        any(isinstance(error, CredentialsRefusedError) for error in errors)
    )
    return {name: count for name, count in found.items() if count}


def emit(report: Report, metrics: Metrics) -> None:
    """Write one EMF line for the invocation."""
    found = counts(report)
    for name, count in found.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    if found:
        metrics.flush_metrics()

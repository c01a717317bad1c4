"""The metrics of our own: few names, one dimension, because each is billed by the month."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools.metrics import MetricUnit

from recommendation_applier.domain.errors import CredentialsRefusedError
from recommendation_applier.domain.follow_up import ApplicationEnd
from recommendation_applier.domain.reasons import Door, RetryReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_lambda_powertools import Metrics

    from recommendation_applier.use_cases.check_subscriptions import CheckReport
    from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUpReport
    from recommendation_applier.use_cases.index_opportunities import IndexReport
    from recommendation_applier.use_cases.progress import Report
    from recommendation_applier.use_cases.timeliness import Timeliness
    from recommendation_applier.use_cases.warn_of_endings import Endings

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
POLICY_UNAVAILABLE: Final = "PolicyUnavailable"
APPLIED_RECOMMENDATIONS: Final = "AppliedRecommendations"
FAILED_APPLICATIONS: Final = "FailedApplications"
UNSETTLED_APPLICATIONS: Final = "UnsettledApplications"
HELD_RECOMMENDATIONS_ENDING: Final = "HeldRecommendationsEnding"
ACCEPTANCE_LAG: Final = "AcceptanceLag"
UNHEALTHY_SUBSCRIPTIONS: Final = "UnhealthySubscriptions"

METRIC_NAMES: Final = (
    *DOOR_METRICS.values(),
    APPLY_REQUESTS,
    THROTTLED_REQUESTS,
    CREDENTIALS_REFUSED,
    POLICY_UNAVAILABLE,
    APPLIED_RECOMMENDATIONS,
    FAILED_APPLICATIONS,
    UNSETTLED_APPLICATIONS,
    HELD_RECOMMENDATIONS_ENDING,
    ACCEPTANCE_LAG,
    UNHEALTHY_SUBSCRIPTIONS,
)

_UNITS: Final = {ACCEPTANCE_LAG: MetricUnit.Seconds}
"""Of those that are no counts."""


def counts(report: Report) -> dict[str, int]:
    """Count what happened, by metric name; what did not happen is left out, and costs nothing."""
    # What waits for a file waits as planned; there is an alarm on retries that last.
    doors: Counter[Door] = Counter()
    for (door, reason), count in report.reasons.items():
        if reason is not RetryReason.OPPORTUNITY_AWAITED:
            doors[door] += count
    found = {name: doors[door] for door, name in DOOR_METRICS.items()}
    found[APPLY_REQUESTS] = sum(result.attempts for result in report.results)
    found[POLICY_UNAVAILABLE] = int(report.policy_error is not None)
    found[THROTTLED_REQUESTS] = sum(result.throttled for result in report.results)
    errors = [
        *(each.error for each in report.results),
        *(each.error for each in report.status_results),
    ]
    return _those_that_happened(found | _credentials_refused(errors))


def lag(timeliness: Timeliness) -> dict[str, float]:
    """Give the lag of the invocation as one value: percentiles of it are then of invocations."""
    return {} if timeliness.lag is None else {ACCEPTANCE_LAG: timeliness.lag}


def follow_up_counts(report: FollowUpReport) -> dict[str, int]:
    """Count what one tick of the follow-up found, in the same way; see `ended_counts`."""
    found = {APPLIED_RECOMMENDATIONS: report.applied}
    return _those_that_happened(
        found | _credentials_refused([each.error for each in report.results])
    )


def ended_counts(ended: Iterable[EndedApplication]) -> dict[str, int]:
    """Count applications that came to another end than being applied."""
    ends = Counter(each.end for each in ended)
    return _those_that_happened(
        {
            FAILED_APPLICATIONS: ends[ApplicationEnd.FAILED] + ends[ApplicationEnd.REJECTED],
            UNSETTLED_APPLICATIONS: ends[ApplicationEnd.UNSETTLED],
        }
    )


def endings_counts(endings: Endings) -> dict[str, int]:
    """Count what is held and expires soon."""
    return _those_that_happened({HELD_RECOMMENDATIONS_ENDING: endings.count})


def index_counts(report: IndexReport) -> dict[str, int]:
    """Count what one tick of the index met that somebody has to act upon."""
    return _those_that_happened(_credentials_refused([report.failure]))


def subscription_counts(report: CheckReport) -> dict[str, int]:
    """Count the subscriptions that are wanted and do not deliver, as each was last found."""
    found = {UNHEALTHY_SUBSCRIPTIONS: report.unhealthy}
    return _those_that_happened(found | _credentials_refused([report.failure]))


def emit(found: Mapping[str, float], metrics: Metrics) -> None:
    """Write one EMF line for the invocation."""
    for name, value in found.items():
        metrics.add_metric(name=name, unit=_UNITS.get(name, MetricUnit.Count), value=value)
    if found:
        metrics.flush_metrics()


def _credentials_refused(errors: Iterable[Exception | None]) -> dict[str, int]:
    met = any(isinstance(error, CredentialsRefusedError) for error in errors)
    return {CREDENTIALS_REFUSED: int(met)}


def _those_that_happened(found: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in found.items() if count}

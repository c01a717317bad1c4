"""What an invocation says: a line a batch, a line an invocation, and a line for what failed.

Bodies, tokens and headers are never logged. At level DEBUG there is a line for every departure.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools import Logger

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import DeadLetter
from recommendation_applier.domain.outcome import ApplyResult, StatusResult
from recommendation_applier.domain.reasons import NotApplicableReason, RetryReason
from recommendation_applier.entrypoints.metrics import counts
from recommendation_applier.use_cases.progress import Departure, Report
from recommendation_applier.use_cases.timeliness import Timeliness

_WITHOUT_A_BATCH: Final = (
    RetryReason.CONFIRMATION_UNAVAILABLE,
    RetryReason.DEAD_LETTER_NOT_STORED,
)
"""Reasons to retry that no line about a batch tells of."""

_ABOUT_SUBSCRIPTIONS: Final = (
    NotApplicableReason.SUBSCRIPTION_CONFIRMED,
    NotApplicableReason.UNSUBSCRIBED,
)


def write(report: Report, timeliness: Timeliness, logger: Logger, *, deliveries: int) -> None:
    """Say what *report* holds."""
    for result in report.results:
        say = logger.warning if result.error or result.failures else logger.info
        say("apply request", extra=_batch(result) | _ways(report, result.batch))
    write_status_requests(report.status_results, logger)
    if report.policy_error is not None:
        logger.error("policy unavailable", extra={"error": str(report.policy_error)})
    for batch in report.held:
        logger.info(
            "apply request held",
            extra={
                "partnerOpportunityId": batch.partner_opportunity_id,
                "request": batch.request(),
                **_ways(report, batch),
            },
        )
    for letter in report.letters:
        logger.warning("dead letter", extra=_letter(letter))
    telling = {reason: _way_to_tell(reason, logger) for _, reason in report.reasons}
    for departure in report.departures if any(telling.values()) else ():
        if (tell := telling[departure.reason]) is not None:
            tell("departure", extra=_departure(departure, report))
    logger.info("invocation", extra=_summary(report, deliveries) | _seconds(timeliness))


def write_status_requests(results: Sequence[StatusResult], logger: Logger) -> None:
    """Say what Amazon said of earlier applications, request by request."""
    for result in results:
        say = logger.warning if result.error else logger.info
        say(
            "applicationStatus request",
            extra={
                "batch": str(result.batch),
                "statuses": dict(Counter(result.statuses.values())),
                "error": str(result.error) if result.error else None,
                "amazonRequestIds": result.request_ids,
            },
        )


def _way_to_tell(reason: StrEnum, logger: Logger) -> Callable[..., None] | None:
    """Choose how to tell of departures that no other line tells of; None: not at all."""
    if reason in _WITHOUT_A_BATCH:
        return logger.warning
    if reason in _ABOUT_SUBSCRIPTIONS:
        return logger.info
    return logger.debug if logger.log_level <= logging.DEBUG else None


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "account": letter.account,
        "reason": letter.reason.as_json(),
        "messageIds": letter.message_ids,
        "recommendationIds": letter.recommendation_ids,
    }


def _batch(result: ApplyResult) -> dict[str, Any]:
    return {
        "partnerOpportunityId": result.batch.partner_opportunity_id,
        "account": str(result.batch.advertiser),
        "recommendations": len(result.batch.recommendations),
        "accepted": len(result.accepted),
        "failed": len(result.failures),
        "unanswered": len(result.unanswered),
        "attempts": result.attempts,
        "httpStatus": result.http_status,
        "error": str(result.error) if result.error else None,
        "amazonRequestIds": result.request_ids,
        "seconds": round(result.seconds, 3),
    }


def _ways(report: Report, batch: ApplyBatch) -> dict[str, Any]:
    """Say how it was found that *batch* is of its opportunity."""
    return {"resolvedBy": _counted(report.ways[each] for each in batch.recommendation_ids)}


def _counted(words: Iterable[StrEnum]) -> dict[str, int]:
    return {word.value: count for word, count in Counter(words).items()}


def _departure(departure: Departure, report: Report) -> dict[str, Any]:
    recommendation = departure.part.recommendation
    way = report.ways.get(departure.part.recommendation_id or "")
    return {
        "door": departure.door.value,
        "reason": str(departure.reason),
        "detail": departure.detail,
        "messageId": departure.part.delivery.message_id,
        "part": departure.part.position,
        "recommendationId": departure.part.recommendation_id,
        "resolvedBy": way.value if way else None,
        "account": departure.part.account,
        "campaignId": recommendation.campaign_id if recommendation else None,
    }


def _summary(report: Report, deliveries: int) -> dict[str, Any]:
    reasons: dict[str, dict[str, int]] = {}
    for (door, reason), count in report.reasons.items():
        reasons.setdefault(door.value, {})[reason.value] = count
    return {
        "deliveries": deliveries,
        "finishedDeliveries": len(report.finished),
        "batches": len(report.results),
        "policyVersion": report.policy_version,
        "resolved": _counted(report.ways.values()),
        "reasons": reasons,
        "answers": _answers(report.results),
        **counts(report),
    }


def _answers(results: Sequence[ApplyResult]) -> dict[str, int]:
    """Count the requests that were made by what came of them.

    `repeated` are those that failed and were made again at once. All classes are always there, so
    that a chart has its zeros.
    """
    made = [each for each in results if each.attempts]
    ends = Counter(_class_of_end(each.http_status) for each in made)
    throttled = sum(each.throttled for each in made)
    # A request that ended with a 429 has it among those by which it was throttled.
    others = ends.total() - ends["throttled"]
    return {
        **{name: ends[name] for name in ("succeeded", "refused", "failed", "unanswered")},
        "throttled": throttled,
        "repeated": sum(each.attempts for each in made) - throttled - others,
    }


def _class_of_end(http_status: int | None) -> str:
    if http_status is None:
        return "unanswered"
    if http_status == HTTPStatus.TOO_MANY_REQUESTS:
        return "throttled"
    if http_status < HTTPStatus.BAD_REQUEST:
        return "succeeded"
    return "refused" if http_status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"


def _seconds(timeliness: Timeliness) -> dict[str, int]:
    """Say how late it was, where something was accepted that tells."""
    found = {
        "lagSeconds": timeliness.lag,
        "longestLagSeconds": timeliness.longest_lag,
        "slackSeconds": timeliness.slack,
    }
    return {name: round(seconds) for name, seconds in found.items() if seconds is not None}

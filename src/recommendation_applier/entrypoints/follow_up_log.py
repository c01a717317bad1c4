"""What a tick of the follow-up says: a line a request, a line a tick, and one for what failed.

And two for what is held: how much it is, and what of it expires soon.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.held import HeldOverview
from recommendation_applier.entrypoints.invocation_log import write_status_requests
from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUpReport
from recommendation_applier.use_cases.warn_of_endings import Endings


def tell(ended: Sequence[EndedApplication], logger: Logger) -> None:
    """Name each application that was accepted and came to another end than being applied."""
    for each in ended:
        logger.warning(
            "application not applied",
            extra={
                "end": each.end.value,
                "recommendationId": each.recommendation_id,
                "account": str(each.advertiser),
                "campaignId": each.campaign_id,
                "partnerOpportunityId": each.partner_opportunity_id,
                "acceptedAt": format_date(each.accepted_at),
            },
        )


def warn(endings: Endings, logger: Logger) -> None:
    """Name the first that are held and expire soon; where none is, nothing is said."""
    if endings.count:
        logger.warning(
            "held recommendations expire soon",
            extra={
                "count": endings.count,
                "first": [
                    {
                        "recommendationId": recommendation.recommendation_id,
                        "account": str(recommendation.advertiser),
                        "campaignId": recommendation.campaign_id,
                        "reason": hold.reason.value,
                        "until": format_date(hold.until) if hold.until else None,
                    }
                    for recommendation, hold in endings.first
                ],
            },
        )


def write_held(overview: HeldOverview, logger: Logger, *, now: datetime) -> None:
    """Say how much is held, for how long the oldest of the first to end, and until when."""
    since, end = overview.held_since, overview.ends_first
    logger.info(
        "held recommendations",
        extra={
            "count": overview.count,
            "isWhole": overview.is_whole,
            "hoursHeld": _hours(now - since) if since else None,
            "hoursLeft": _hours(end - now) if end else None,
        },
    )


def _hours(duration: timedelta) -> float:
    return round(duration / timedelta(hours=1), 2)


def write(report: FollowUpReport, logger: Logger) -> None:
    """Say what *report* holds; a tick that had nothing to do says nothing."""
    write_status_requests(report.results, logger)
    if report.failure is None and not report.checked:
        return
    say = logger.warning if report.failure else logger.info
    say(
        "follow-up",
        extra={
            "checked": report.checked,
            "applied": report.applied,
            "pending": report.pending,
            "ended": dict(Counter(each.end.value for each in report.ended)),
            "statusRequests": len(report.results),
            "error": str(report.failure) if report.failure else None,
        },
    )

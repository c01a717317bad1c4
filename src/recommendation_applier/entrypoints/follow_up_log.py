"""What a tick of the follow-up says: a line a request, a line a tick, and one for what failed."""

from collections import Counter
from collections.abc import Sequence

from aws_lambda_powertools import Logger

from recommendation_applier.domain.dates import format_date
from recommendation_applier.entrypoints.invocation_log import write_status_requests
from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUpReport


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

"""What a check of the subscriptions says: a line for each that does not deliver, and one a tick."""

from aws_lambda_powertools import Logger

from recommendation_applier.use_cases.check_subscriptions import CheckReport


def write(report: CheckReport, logger: Logger) -> None:
    """Say what *report* holds; a tick that had nothing to check says nothing."""
    for finding in report.findings:
        logger.warning(
            "subscription unhealthy",
            extra={
                "profileId": finding.profile.profile_id,
                "profileName": finding.profile.name or None,
                "subscriptionId": finding.subscription_id,
                "status": finding.status,
                "ailment": finding.ailment.value,
                "whatToDo": finding.advice,
            },
        )
    if report.failure is None and not report.wanted:
        return
    error = report.failure or report.example
    say = logger.warning if error or report.unhealthy else logger.info
    say(
        "subscriptions checked",
        extra={
            "wanted": report.wanted,
            "checked": report.checked,
            "unhealthy": report.unhealthy,
            "unanswered": report.unanswered,
            "error": str(error) if error else None,
        },
    )

"""What a tick of the index says: a line a file, and a line a tick."""

from aws_lambda_powertools import Logger

from recommendation_applier.use_cases.index_opportunities import IndexReport
from recommendation_applier.use_cases.opportunity_blocks import FileReport


def write(report: IndexReport, logger: Logger) -> None:
    """Say what *report* holds; a tick that had nothing to do says nothing."""
    for file in report.files:
        _write_file(file, logger)
    if report.failure is None and not report.files:
        return
    say = logger.warning if report.failure else logger.info
    say(
        "opportunity files",
        extra={
            "listed": report.listed,
            "read": len(report.files),
            "rows": sum(file.rows for file in report.files),
            "written": sum(file.written for file in report.files),
            "offered": sum(file.offered for file in report.files),
            "error": str(report.failure) if report.failure else None,
        },
    )


def _write_file(file: FileReport, logger: Logger) -> None:
    say = logger.warning if file.failure or file.refused else logger.info
    say(
        "opportunity file",
        extra={
            "partnerOpportunityId": file.partner_opportunity_id,
            "title": file.title,
            "rows": file.rows,
            "rowsBefore": file.skipped,
            "expired": file.expired,
            "written": file.written,
            "offered": file.offered,
            "refused": {reason.value: count for reason, count in file.refused.items()},
            "examples": {reason.value: message for reason, message in file.examples.items()},
            "done": file.is_done,
            "error": str(file.failure) if file.failure else None,
        },
    )

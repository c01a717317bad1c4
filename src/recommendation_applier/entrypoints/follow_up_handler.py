"""The Lambda function that looks, on a schedule, what became of what was accepted or held."""

import os
from collections.abc import Sequence
from contextlib import ExitStack

from aws_lambda_powertools import Logger, Metrics

from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.entrypoints import follow_up_log
from recommendation_applier.entrypoints import metrics as own_metrics
from recommendation_applier.entrypoints.follow_up_wiring import wire
from recommendation_applier.entrypoints.settings import FollowUpSettings, read_settings
from recommendation_applier.entrypoints.wiring import Context, Time, now
from recommendation_applier.use_cases.follow_up import EndedApplication
from recommendation_applier.use_cases.warn_of_endings import find_endings

settings = read_settings(os.environ, FollowUpSettings)
logger = Logger(service=settings.powertools_service_name, level=settings.powertools_log_level)
metrics = Metrics(
    service=settings.powertools_service_name, namespace=settings.powertools_metrics_namespace
)
follower = wire(settings)


def handler(event: object, context: Context) -> None:  # noqa: ARG001 - the schedule says nothing
    """Ask about everything that is due, and look what is held and expires soon.

    What there is no time for, the next tick does. Raises LedgerUnavailableError if the ledger could
    not be read: nothing else would tell of it.
    """
    logger.append_keys(requestId=getattr(context, "aws_request_id", None))
    time = Time.of(context)
    with ExitStack() as opened:
        report = follower.use_case(opened, time, tell=_tell, report_failure=_warn).run()
    follow_up_log.write(report, logger)
    own_metrics.emit(own_metrics.follow_up_counts(report), metrics)
    if follower.event_bus is not None:
        follower.event_bus.tell_ended(report.ended, time=time, report_failure=_warn)
    if isinstance(report.failure, LedgerUnavailableError):
        raise report.failure
    if not time.is_up():
        _tell_of_what_is_held(time)


def _tell_of_what_is_held(time: Time) -> None:
    held_entries, moment = follower.held_entries(time, report_failure=_warn), now()
    overview = held_entries.overview(after=moment)
    if not overview.count:
        return
    follow_up_log.write_held(overview, logger, now=moment)
    endings = find_endings(held_entries, now=moment)
    follow_up_log.warn(endings, logger)
    own_metrics.emit(own_metrics.endings_counts(endings), metrics)


def _tell(ended: Sequence[EndedApplication]) -> None:
    """Name them, and count them at once: what ends the tick later must not silence the alarm."""
    follow_up_log.tell(ended, logger)
    own_metrics.emit(own_metrics.ended_counts(ended), metrics)


def _warn(failure: str) -> None:
    logger.warning("aws call failed", extra={"failure": failure})

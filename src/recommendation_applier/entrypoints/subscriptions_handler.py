"""The Lambda function that checks, on a schedule, whether the subscriptions deliver."""

import os

from aws_lambda_powertools import Logger, Metrics

from recommendation_applier.domain.errors import OutOfTimeError
from recommendation_applier.entrypoints import metrics as own_metrics
from recommendation_applier.entrypoints import subscriptions_log
from recommendation_applier.entrypoints.settings import SubscriptionsSettings, read_settings
from recommendation_applier.entrypoints.subscriptions_wiring import wire
from recommendation_applier.entrypoints.wiring import Context, Time

settings = read_settings(os.environ, SubscriptionsSettings)
logger = Logger(service=settings.powertools_service_name, level=settings.powertools_log_level)
metrics = Metrics(
    service=settings.powertools_service_name, namespace=settings.powertools_metrics_namespace
)
checker = wire(settings)


def handler(event: object, context: Context) -> None:  # noqa: ARG001 - the schedule says nothing
    """Check what is wanted, until the time is up; the next tick goes on.

    Raises what ended the tick early, but for the time: nothing else would tell of it.
    """
    logger.append_keys(requestId=getattr(context, "aws_request_id", None))
    with checker.amazon.http() as http:
        report = checker.use_case(http, Time.of(context)).run()
    subscriptions_log.write(report, logger)
    own_metrics.emit(own_metrics.subscription_counts(report), metrics)
    if report.failure is not None and not isinstance(report.failure, OutOfTimeError):
        raise report.failure

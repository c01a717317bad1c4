"""The Lambda function of the ingress queue.

Settings are read when the execution environment starts, so that a missing variable stops the cold
start with its name instead of failing deliveries one by one. What speaks to AWS and to Amazon is
made when it is first used.
"""

import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from recommendation_applier.aws.sqs_records import PartialBatchResponse
from recommendation_applier.entrypoints import invocation, invocation_log
from recommendation_applier.entrypoints import metrics as own_metrics
from recommendation_applier.entrypoints.apply_wiring import wire
from recommendation_applier.entrypoints.garbage import spare_what_stays
from recommendation_applier.entrypoints.settings import Settings, read_settings
from recommendation_applier.entrypoints.wiring import Context, Time, now
from recommendation_applier.use_cases.timeliness import timeliness_of

settings = read_settings(os.environ, Settings)
logger = Logger(service=settings.powertools_service_name, level=settings.powertools_log_level)
metrics = Metrics(
    service=settings.powertools_service_name, namespace=settings.powertools_metrics_namespace
)
consumer = wire(settings)
spare_what_stays(os.environ)


def handler(event: Mapping[str, Any], context: Context) -> PartialBatchResponse:
    """Apply what the deliveries of *event* recommend.

    Names in `batchItemFailures` every message that has to stay on the queue. Raises for an event
    that is not of SQS; Lambda then keeps all of it.
    """
    logger.append_keys(requestId=getattr(context, "aws_request_id", None))
    time = Time.of(context)

    def change_visibility(seconds: Mapping[str, int]) -> None:
        failure = consumer.ingress_queue.change_visibility(seconds, time_is_up=time.is_up)
        if failure is not None:
            _warn(failure)

    with ExitStack() as opened:
        use_case = consumer.use_case(opened, time, report_failure=_warn)
        done = invocation.run(
            event,
            use_case,
            change_visibility=change_visibility,
            jitter=random.uniform,
        )
    timeliness = timeliness_of(done.report.departures, now=now())
    invocation_log.write(done.report, timeliness, logger, deliveries=done.deliveries)
    own_metrics.emit(own_metrics.counts(done.report) | own_metrics.lag(timeliness), metrics)
    if consumer.event_bus is not None:
        consumer.event_bus.tell(
            done.report, use_case.ledger.decided_by, time=time, report_failure=_warn
        )
    return done.answer


def _warn(failure: str) -> None:
    logger.warning("aws call failed", extra={"failure": failure})

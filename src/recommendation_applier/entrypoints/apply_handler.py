"""The Lambda function of the ingress queue.

Settings are read and clients are built when the execution environment starts, so that a missing
variable stops the cold start with its name instead of failing deliveries one by one.
"""

import os
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from aws_lambda_powertools import Logger, Metrics

from recommendation_applier.aws.sqs_records import (
    PartialBatchResponse,
    partial_batch_response,
    read_records,
    receipt_handles,
)
from recommendation_applier.domain.reasons import Door, RetryReason
from recommendation_applier.domain.retry_schedule import visibility_seconds
from recommendation_applier.entrypoints import invocation_log
from recommendation_applier.entrypoints import metrics as own_metrics
from recommendation_applier.entrypoints.settings import read_settings
from recommendation_applier.entrypoints.wiring import time_is_up_after, wire
from recommendation_applier.use_cases.progress import Report

settings = read_settings(os.environ)
logger = Logger(service=settings.powertools_service_name, level=settings.powertools_log_level)
metrics = Metrics(
    service=settings.powertools_service_name, namespace=settings.powertools_metrics_namespace
)
consumer = wire(settings)


class Context(Protocol):
    """What is used of the context that Lambda gives."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


def handler(event: Mapping[str, Any], context: Context) -> PartialBatchResponse:
    """Apply what the deliveries of *event* recommend.

    Names in `batchItemFailures` every message that has to stay on the queue. Raises for an event
    that is not of SQS; Lambda then keeps all of it.
    """
    logger.append_keys(requestId=getattr(context, "aws_request_id", None))
    deliveries = read_records(event)
    seconds_left = context.get_remaining_time_in_millis() / 1000
    time_is_up = time_is_up_after(seconds_left)
    with consumer.http() as http:
        use_case = consumer.use_case(
            http, seconds_left=seconds_left, time_is_up=time_is_up, report_failure=_warn
        )
        report = use_case.run(deliveries)
    _put_off(report, receipt_handles(event), time_is_up)
    invocation_log.write(report, logger, deliveries=len(deliveries))
    own_metrics.emit(report, metrics)
    return partial_batch_response(deliveries, finished=report.finished)


def _put_off(report: Report, handles: Mapping[str, str], time_is_up: Callable[[], bool]) -> None:
    """Keep what is retried invisible for longer, the more often it was received."""
    seconds: dict[str, int] = {}
    for departure in report.departures:
        handle = handles.get(departure.part.delivery.message_id)
        if departure.door is not Door.RETRY or handle is None:
            continue
        wait = visibility_seconds(
            receive_count=departure.part.delivery.receive_count,
            reason=RetryReason(departure.reason),
            retry_after=departure.retry_after,
            jitter=random.uniform,
        )
        seconds[handle] = max(wait, seconds.get(handle, 0))
    if failure := consumer.ingress_queue.change_visibility(seconds, time_is_up=time_is_up):
        _warn(failure)


def _warn(failure: str) -> None:
    logger.warning("aws call failed", extra={"failure": failure})

"""moto's SQS without the greater part of its work, and with the same answers."""

from typing import Any

from moto.core.utils import unix_time
from moto.sqs.models import SQSBackend


def read_retention_alone() -> None:
    """Let moto (5.2.5) read a queue's retention for each message that it hands out, and no more.

    By itself it makes up all attributes of the queue for that, and counts all of its messages three
    times: to receive 500 takes half a minute.
    """
    backend: Any = SQSBackend
    backend.is_message_valid_based_on_retention_period = _is_kept


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    retention: int = backend.get_queue(queue_name).message_retention_period
    return bool(retention + message.sent_timestamp / 1000 > unix_time())

"""What botocore and moto do anew each time, done once or cheaply; the answers are the same."""

import time
from functools import cache
from typing import Any

import botocore.session
from moto.sqs import models


def make_cheap() -> None:
    """Change both, for this process."""
    _make_cheap()
    _let_queues_count_cheaply()


def _make_cheap() -> None:
    """Let all sessions share what one of them has read, as the clients of one session do.

    Otherwise each reads megabytes of JSON anew: the greater part of what a test with moto costs.
    """
    sessions: Any = botocore.session
    sessions.create_loader = cache(sessions.create_loader)


def _let_queues_count_cheaply() -> None:
    """Let moto's queues read the clock, and for how long they keep a message, directly.

    moto 5.2.5 asks every message of a queue whether it is visible, several times for each one that
    is sent or received, and takes 5 µs to read the clock each time; and to learn how long a queue
    keeps a message it gathers all of its attributes, which are such counts.
    """
    queues: Any = models
    queues.unix_time = time.time
    queues.unix_time_millis = lambda: time.time() * 1000
    queues.SQSBackend.is_message_valid_based_on_retention_period = _is_kept


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    kept_seconds: float = backend.get_queue(queue_name).message_retention_period
    return bool(kept_seconds + message.sent_timestamp / 1000 > time.time())

"""What botocore and moto do anew each time, done once or cheaply; the answers are the same."""

import time
from functools import cache

import botocore.session
from moto.sqs import models


def make_cheap() -> None:
    """Change both, for this process."""
    _share_models()
    _let_queues_count_cheaply()


def _share_models() -> None:
    """Let all sessions share what one of them has read, as the clients of one session do.

    Otherwise each reads megabytes of JSON anew: the greater part of what a test with moto costs.
    """
    vars(botocore.session).update(create_loader=cache(botocore.session.create_loader))


def _let_queues_count_cheaply() -> None:
    """Let moto's queues read the clock, and for how long they keep a message, directly.

    moto 5.2.5 asks every message of a queue whether it is visible, several times for each one that
    is sent or received, and takes 5 µs to read the clock each time; and to learn how long a queue
    keeps a message it gathers all of its attributes, which are such counts.
    """
    vars(models).update(unix_time=time.time, unix_time_millis=lambda: time.time() * 1000)
    setattr(models.SQSBackend, "is_message_valid_based_on_retention_period", _is_kept)  # noqa: B010 - as mypy wants it


def _is_kept(queues: models.SQSBackend, queue_name: str, message: models.Message) -> bool:
    kept_seconds: float = vars(queues.get_queue(queue_name))["message_retention_period"]
    sent_at: float = vars(message)["sent_timestamp"]
    return kept_seconds + sent_at / 1000 > time.time()

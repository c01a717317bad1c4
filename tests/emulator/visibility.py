"""What moto knows of a queue's hidden messages, and SQS would tell nobody.

It counts the twelve hours that ChangeMessageVisibility allows from when a message was sent (5.2.5),
where SQS counts from when it was received: older ones are not hidden for longer than their queue
says, and the function logs that it could not. Works in the process that runs moto.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from moto.backends import get_backend
from moto.sqs.models import Message

_TICK = timedelta(milliseconds=1)
"""moto hides a message until the moment is past."""


def next_visible(queue_arn: str) -> datetime | None:
    """Return the moment from which a message of the queue is visible; None if it is empty.

    It is over already where one is visible now.
    """
    hidden_until = [message.visible_at / 1000 for message in _messages(queue_arn)]
    return datetime.fromtimestamp(min(hidden_until), UTC) + _TICK if hidden_until else None


def show_all(queue_arn: str) -> None:
    """Make every message of the queue visible at once."""
    for message in _messages(queue_arn):
        message.change_visibility(0)


def _messages(queue_arn: str) -> Sequence[Message]:
    _, _, _, region, account_id, name = queue_arn.split(":")
    return list(get_backend("sqs")[account_id][region].queues[name]._messages)  # noqa: SLF001

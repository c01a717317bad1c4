"""The dead-letter queue, as a person looks at it: all of it once, and nothing is taken away.

SQS has no way to peek. A message that is looked at is received, with a visibility timeout that
outlasts the look, and made visible again when the look is over. The receive is counted, which leads
nowhere: the queue has no redrive policy of its own (template.yaml).
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from recommendation_applier.aws.messages_in_hand import MessagesInHand
from recommendation_applier.aws.sqs_batches import MAX_ENTRIES
from recommendation_applier.domain.waiting_letter import QueueCount, QueuedMessage

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

_LEAST_SECONDS: Final = 120
_MOST_SECONDS: Final = 43_200
"""Twelve hours: SQS hides nothing for longer."""

_SECONDS_A_LETTER: Final = 0.05
"""To receive one and to put it back: two calls of some 100 ms for ten of them, and room."""

_LONG_POLL_SECONDS: Final = 2
"""Long enough for SQS to ask all of its servers, and not a sample of them."""

_MOST_IN_VAIN: Final = 3
"""Answers in a row without anything new, while SQS counts more than was seen."""

Clock = Callable[[], datetime]


class DeadLetterReader:
    """Makes looks. What boto3 raises goes to the operator."""

    def __init__(
        self,
        client: "SQSClient",
        *,
        queue_url: str,
        clock: Clock,
        report_failure: Callable[[str], None],
    ) -> None:
        """*client* needs sqs:GetQueueAttributes, ReceiveMessage and ChangeMessageVisibility.

        To delete it needs DeleteMessage as well. *report_failure* is told of what could not be put
        back.
        """
        self._client = client
        self._queue_url = queue_url
        self._clock = clock
        self._report_failure = report_failure

    @contextmanager
    def look(self, *, seconds_a_letter: float = 0.0) -> Iterator["DeadLetterLook"]:
        """Begin a look that takes *seconds_a_letter* for what is done with each.

        However it ends, what is still there is visible again afterwards. Only of a look that is
        killed, or that loses an answer, letters stay hidden until their timeout, two minutes at
        least, is over.
        """
        counted = self._count()
        needed = counted.visible * (_SECONDS_A_LETTER + seconds_a_letter)
        look = DeadLetterLook(
            self._client,
            queue_url=self._queue_url,
            clock=self._clock,
            counted=counted,
            seconds=min(_MOST_SECONDS, _LEAST_SECONDS + math.ceil(needed)),
        )
        try:
            yield look
        finally:
            if left := look.put_back():
                self._report_failure(left)

    def _count(self) -> QueueCount:
        counted = self._client.get_queue_attributes(
            QueueUrl=self._queue_url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "MessageRetentionPeriod",
            ],
        )["Attributes"]
        return QueueCount(
            visible=int(counted["ApproximateNumberOfMessages"]),
            hidden=int(counted["ApproximateNumberOfMessagesNotVisible"]),
            retention=timedelta(seconds=int(counted["MessageRetentionPeriod"])),
        )


class DeadLetterLook:
    """Fits the Look port: one way through the queue."""

    def __init__(
        self,
        client: "SQSClient",
        *,
        queue_url: str,
        clock: Clock,
        counted: QueueCount,
        seconds: int,
    ) -> None:
        """*counted* is what SQS counted before; letters are hidden for *seconds* each."""
        self.counted = counted
        self.seen: set[str] = set()
        """The message ids of all that was received."""
        self._client = client
        self._queue_url = queue_url
        self._clock = clock
        self._seconds = seconds
        self._hand = MessagesInHand(client, queue_url=queue_url, clock=clock)

    def messages(self) -> Iterator[Sequence[QueuedMessage]]:
        """Give every message that is visible once, up to ten at a time, and hide it.

        SQS answers with samples, and may say the same twice. All has been seen when an answer is
        empty, as many were seen as SQS had counted, and it counts no more; or when it has nothing
        new however often it is asked, thoroughly. What somebody else has in hand is not seen.
        """
        wait, in_vain = 0, 0
        while True:
            until = self._clock() + timedelta(seconds=self._seconds)
            received = self._receive(wait)
            new = [each for each in received if each["MessageId"] not in self.seen]
            for each in received:
                self.seen.add(each["MessageId"])
                self._hand.take(each["MessageId"], each["ReceiptHandle"], until=until)
            if new:
                in_vain = 0
                yield [_message(each) for each in new]
                continue
            if not received and self._is_all():
                return
            in_vain += 1
            # A look that lasts longer than letters are hidden meets all of them again.
            once_around = len(self.seen) // MAX_ENTRIES if received else 0
            if in_vain > _MOST_IN_VAIN + once_around:
                return
            wait = _LONG_POLL_SECONDS

    def in_hand(self, message_ids: Collection[str]) -> AbstractSet[str]:
        """Name those that stay hidden for half a minute; what would not is hidden anew first."""
        return self._hand.secure(message_ids)

    def delete(self, message_ids: Collection[str]) -> Mapping[str, str]:
        """Delete messages; say by id why one is not deleted for certain."""
        return self._hand.delete(message_ids)

    def put_back(self) -> str | None:
        """Make visible what is still in hand; say what could not be."""
        left = self._hand.put_back()
        if not left:
            return None
        return (
            f"{len(left)} dead letters could not be put back, and come back by themselves within "
            f"{self._seconds} s, if they are still there: {next(iter(left.values()))}"
        )

    def _receive(self, wait: int) -> "Sequence[MessageTypeDef]":
        return self._client.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=MAX_ENTRIES,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=[
                "SentTimestamp",
                "ApproximateReceiveCount",
                "DeadLetterQueueSourceArn",
            ],
            VisibilityTimeout=self._seconds,
            WaitTimeSeconds=wait,
        ).get("Messages", ())

    def _is_all(self) -> bool:
        if len(self.seen) < self.counted.visible:
            return False
        name: Final = "ApproximateNumberOfMessages"
        counted = self._client.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=[name]
        )["Attributes"]
        return int(counted[name]) == 0


def _message(received: "MessageTypeDef") -> QueuedMessage:
    system = received["Attributes"]
    return QueuedMessage(
        message_id=received["MessageId"],
        body=received["Body"],
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        receive_count=int(system["ApproximateReceiveCount"]),
        attributes={
            name: value["StringValue"]
            for name, value in received.get("MessageAttributes", {}).items()
            if "StringValue" in value
        },
        moved_by_sqs="DeadLetterQueueSourceArn" in system,
    )

"""An SQS event source mapping, as Lambda has it, over any SQS that boto3 can speak to.

moto's own sends one record an invocation, with made-up attributes, and ignores what the function
answers. This one fills batches, hands over real-shaped events, counts the time down, and deletes
only what Lambda would delete. Invocations follow one another, whatever the maximum concurrency:
no two of them share an execution environment, so that running them at once would show no more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from tests.emulator.invocation import Handler, Invocation, InvocationContext, invoke
from tests.emulator.partial_batch_response import failed_message_ids
from tests.emulator.sqs_event import (
    MAX_MESSAGES_PER_CALL,
    MAX_PAYLOAD_BYTES,
    Record,
    payload_bytes,
    to_record,
)
from tests.emulator.visibility import next_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from types_boto3_sqs import SQSClient

    from tests.emulator.clock import Clock
    from tests.emulator.stack import EmbeddedStack

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class EventSourceMapping:
    """Polls one queue for one function."""

    sqs: SQSClient
    queue_url: str
    queue_arn: str
    handler: Handler
    batch_size: int
    timeout_seconds: float
    batching_window_seconds: float = 0.0
    reports_batch_item_failures: bool = True
    function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:apply"
    clock: Callable[[], float] = time.monotonic
    _received: list[Record] = field(default_factory=list, init=False)
    _request_numbers: Iterator[int] = field(default_factory=lambda: count(1), init=False)

    @classmethod
    def of(
        cls, stack: EmbeddedStack, handler: Handler, *, clock: Callable[[], float] = time.monotonic
    ) -> EventSourceMapping:
        """Poll as *stack*'s template says, with *handler* in the function's place."""
        return cls(
            sqs=stack.sqs,
            queue_url=stack.ingress_queue_url,
            queue_arn=stack.event_source.queue_arn,
            handler=handler,
            batch_size=stack.event_source.batch_size,
            timeout_seconds=stack.apply.timeout_seconds,
            batching_window_seconds=stack.event_source.batching_window_seconds,
            reports_batch_item_failures=(
                "ReportBatchItemFailures" in stack.event_source.function_response_types
            ),
            function_arn=stack.apply.arn,
            clock=clock,
        )

    def poll(self) -> Invocation | None:
        """Receive a batch and invoke the function with it; None if nothing is visible."""
        records = self._next_batch()
        if not records:
            return None
        invoked = invoke(self.handler, {"Records": records}, self._context())
        everything = frozenset(invoked.message_ids)
        if invoked.error or invoked.timed_out:
            returned = everything
        elif self.reports_batch_item_failures:
            returned = failed_message_ids(invoked.answer, everything)
        else:
            returned = frozenset()
        deleted = everything - returned
        self._delete([each for each in records if each["messageId"] in deleted])
        return replace(invoked, deleted=deleted, returned=returned)

    def drain(self, *, most: int = 1000) -> list[Invocation]:
        """Poll until nothing is visible any more, or *most* batches are through."""
        invocations: list[Invocation] = []
        while len(invocations) < most and (invocation := self.poll()):
            invocations.append(invocation)
        return invocations

    def let_time_pass(self, clock: Clock) -> bool:
        """Move *clock* to where a batch comes together again; False if the queue is empty.

        That is the batching window after the next message becomes visible, however far the
        function stretched its visibility. Works over moto in this process only.
        """
        moment = next_visible(self.queue_arn)
        if moment is None:
            return False
        window = timedelta(seconds=self.batching_window_seconds)
        clock.go_on_to(max(moment, clock.now()) + window)
        return True

    def _next_batch(self) -> list[Record]:
        batch: list[Record] = []
        room = MAX_PAYLOAD_BYTES - len('{"Records":[]}')
        while len(batch) < self.batch_size:
            self._received = self._received or self._receive(self.batch_size - len(batch))
            if not self._received or payload_bytes(self._received[0]) > room:
                break
            record = self._received.pop(0)
            room -= payload_bytes(record)
            batch.append(record)
        return batch

    def _receive(self, wanted: int) -> list[Record]:
        answer = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(wanted, MAX_MESSAGES_PER_CALL),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return [to_record(each, queue_arn=self.queue_arn) for each in answer.get("Messages", [])]

    def _delete(self, records: Sequence[Record]) -> None:
        for some in _by_ten(records):
            self.sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": each["receiptHandle"]}
                    for number, each in enumerate(some)
                ],
            )

    def _context(self) -> InvocationContext:
        return InvocationContext(
            aws_request_id=f"00000000-0000-4000-8000-{next(self._request_numbers):012d}",
            function_name=self.function_arn.rpartition(":")[2],
            invoked_function_arn=self.function_arn,
            deadline=self.clock() + self.timeout_seconds,
            clock=self.clock,
        )


def redrive(sqs: SQSClient, *, dead_letter_queue_url: str, destination_url: str) -> int:
    """Move every visible dead letter to another queue, as StartMessageMoveTask does.

    Bodies and message attributes stay, message ids and receive counts are new. moto has no
    StartMessageMoveTask (5.2.5). Returns how many were moved.
    """
    moved = 0
    while letters := sqs.receive_message(
        QueueUrl=dead_letter_queue_url,
        MaxNumberOfMessages=MAX_MESSAGES_PER_CALL,
        MessageAttributeNames=["All"],
        WaitTimeSeconds=0,
    ).get("Messages"):
        for letter in letters:
            sqs.send_message(
                QueueUrl=destination_url,
                MessageBody=letter["Body"],
                MessageAttributes=letter.get("MessageAttributes", {}),
            )
            sqs.delete_message(
                QueueUrl=dead_letter_queue_url, ReceiptHandle=letter["ReceiptHandle"]
            )
            moved += 1
    return moved


def _by_ten(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), MAX_MESSAGES_PER_CALL):
        yield items[start : start + MAX_MESSAGES_PER_CALL]

"""Lambda's event source mapping: what it receives, how it batches, and what it deletes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recommendation_applier.entrypoints.invocation import Invocation as Done
from tests.emulator.partial_batch_response import failed_message_ids
from tests.simulation.effects import Effects
from tests.simulation.environment import Environment
from tests.simulation.function import Function
from tests.simulation.queues import Message, Queue

Received = tuple[Message, str]


@dataclass(slots=True)
class EventSourceMapping:
    """Polls one queue for one function, at most *concurrency* batches at a time."""

    effects: Effects
    queue: Queue
    function: Function[Done]
    batch_size: int
    window: float
    concurrency: int
    on_answer: Callable[[Sequence[Message], object], None]
    """Told of every answer, before anything is deleted."""
    on_delete: Callable[[Message, Sequence[Message]], None]
    """Told of each message that is about to be deleted, and of all that were received with it."""
    keeps: Callable[[Message], bool] = lambda _: False
    """Says of which messages the delete fails, beside those that are drawn."""
    busy: int = 0
    _watched: set[float] = field(default_factory=set)

    def watch(self, moment: float) -> None:
        """Poll at *moment*, when something will be visible."""
        if moment not in self._watched:
            self._watched.add(moment)
            self.effects.kernel.at(moment, lambda: self._look(moment))

    def _look(self, moment: float) -> None:
        self._watched.discard(moment)
        self._poll()

    def _poll(self) -> None:
        random = self.effects.kernel.random
        while self.busy < self.concurrency:
            received = self.queue.receive(random.randint(1, self.batch_size))
            if not received:
                return
            self.busy += 1
            if len(received) >= self.batch_size:
                self._invoke(received)
            else:
                self._wait(received)

    def _wait(self, received: list[Received]) -> None:
        """Wait for company, as long as the window lasts."""

        def fill() -> None:
            received.extend(self.queue.receive(self.batch_size - len(received)))
            self._invoke(received)

        kernel = self.effects.kernel
        kernel.after(kernel.random.uniform(0.0, self.window), fill)

    def _invoke(self, received: list[Received]) -> None:
        kernel = self.effects.kernel
        throttled = self.effects.faults.chance("invocation throttled", kernel.now)
        if throttled and kernel.random.random() < throttled:
            self.effects.story.fault(kernel.now, "mapping", "invocation throttled")
            self._free()
            return
        event = {"Records": [_record(message, receipt) for message, receipt in received]}

        def run(environment: Environment, running: Any) -> Done:
            return environment.apply(running, event)

        running = self.function.invoke(
            run,
            bodies=tuple(message.body for message, _ in received),
            then=lambda done: self._conclude([message for message, _ in received], done),
        )
        self.effects.story.tell(
            kernel.now,
            running.name,
            "is given",
            [receipt for _, receipt in received],
        )

    def _conclude(self, messages: Sequence[Message], done: Done | None) -> None:
        kernel = self.effects.kernel
        if done is not None:
            # What the function returns is serialised by the runtime.
            answer = json.loads(json.dumps(done.answer))
            self.on_answer(messages, answer)
            names = {message.message_id for message in messages}
            returned = failed_message_ids(answer, names)
            chance = self.effects.faults.chance("delete fails", kernel.now)
            for message in dict.fromkeys(messages):
                if message.message_id in returned:
                    continue
                if self.keeps(message) or (chance and kernel.random.random() < chance):
                    self.effects.story.fault(
                        kernel.now, "mapping", "delete fails", message.message_id
                    )
                    continue
                self.on_delete(message, messages)
                self.effects.story.tell(kernel.now, "mapping", "deletes", message.message_id)
                self.queue.delete(message)
        self._free()

    def _free(self) -> None:
        self.busy -= 1
        self.watch(self.effects.kernel.now)


def _record(message: Message, receipt: str) -> Mapping[str, Any]:
    """Hand a message over as Lambda does, as far as the function looks."""
    sent = str(int(message.sent_at * 1000))
    return {
        "messageId": message.message_id,
        "receiptHandle": receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": receipt.rpartition("/")[2],
            "SentTimestamp": sent,
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:ingress",
        "awsRegion": "us-east-1",
    }

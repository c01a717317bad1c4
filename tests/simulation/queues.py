"""Standard SQS queues: at least once, in no order, by visibility, with a redrive policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel
from tests.simulation.story import Story


@dataclass(eq=False, slots=True)
class Message:
    """A message that is on a queue, or was."""

    message_id: str
    body: str
    attributes: Mapping[str, str]
    sent_at: float
    """Kept by the redrive policy, set anew by a move task: retention counts from here."""
    visible_at: float
    receive_count: int = 0
    receipts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Queue:
    """One standard queue."""

    name: str
    kernel: Kernel
    faults: Faults
    story: Story
    visibility: float
    retention: float
    max_receive_count: int | None = None
    dead_letters: "Queue | None" = None
    watch: Callable[[float], None] = lambda _: None
    """Told when a message will be visible."""
    on_duplicate: Callable[[Message], None] = lambda _: None
    """Told when it delivers a message that somebody has in hand."""
    on_expired: Callable[[Message], None] = lambda _: None
    messages: dict[str, Message] = field(default_factory=dict)
    _hidden: list[tuple[float, int, Message]] = field(default_factory=list)
    _visible: dict[str, Message] = field(default_factory=dict)
    _count: int = 0
    _sent: int = 0

    def send(self, body: str, *, attributes: Mapping[str, str]) -> Message:
        """Put a new message on the queue."""
        self._sent += 1
        message = Message(
            f"{self.name}-{self._sent}",
            body,
            attributes,
            sent_at=self.kernel.now,
            visible_at=self.kernel.now,
        )
        self._put(message)
        return message

    def receive(self, most: int) -> list[tuple[Message, str]]:
        """Receive up to *most* visible messages with their receipt handles, in no order."""
        now, random = self.kernel.now, self.kernel.random
        self._expire(now)
        visible = self._show(now)
        random.shuffle(visible)
        received: list[tuple[Message, str]] = []
        for message in visible:
            if self.dead_letters and message.receive_count >= (self.max_receive_count or 0):
                self._redrive(message, self.dead_letters)
                continue
            if len(received) == most:
                break
            del self._visible[message.message_id]
            message.receive_count += 1
            receipt = f"{message.message_id}/{message.receive_count}"
            message.receipts.append(receipt)
            message.visible_at = now + self.visibility
            if random.random() < self.faults.chance("duplicate delivery", now):
                message.visible_at = now + random.choice((0.0, 1.0, 20.0, 90.0, 400.0))
                self.on_duplicate(message)
                self.story.fault(now, self.name, "duplicate delivery", message.message_id)
            self._hide(message)
            received.append((message, receipt))
        return received

    def delete(self, message: Message) -> None:
        """Delete *message*; a receipt of an earlier receive deletes it as well."""
        self.messages.pop(message.message_id, None)
        self._visible.pop(message.message_id, None)

    def change_visibility(self, receipt: str, seconds: int) -> bool:
        """Hide the message of *receipt* for *seconds* from now, if it is still in flight."""
        message = self.messages.get(receipt.partition("/")[0])
        if message is None or receipt not in message.receipts:
            return False
        message.visible_at = self.kernel.now + seconds
        self._visible.pop(message.message_id, None)
        self._hide(message)
        return True

    def move_all(self, to: "Queue") -> int:
        """Move everything to another queue, as a move task does: new ids, new retention."""
        moved = list(self.messages.values())
        self.messages.clear()
        self._visible.clear()
        for message in moved:
            new = to.send(message.body, attributes=message.attributes)
            self.story.tell(self.kernel.now, self.name, "moved", message.message_id, new.message_id)
        return len(moved)

    def _put(self, message: Message) -> None:
        self.messages[message.message_id] = message
        self._hide(message)

    def _hide(self, message: Message) -> None:
        """Keep it from being received until it is visible."""
        self._count += 1
        heappush(self._hidden, (message.visible_at, self._count, message))
        self.watch(message.visible_at)

    def _show(self, now: float) -> list[Message]:
        """Give what is visible."""
        while self._hidden and self._hidden[0][0] <= now:
            moment, _, message = heappop(self._hidden)
            if message.visible_at == moment and message.message_id in self.messages:
                self._visible[message.message_id] = message
        return list(self._visible.values())

    def _redrive(self, message: Message, dead_letters: "Queue") -> None:
        """Move it as the redrive policy does: with its id and its age."""
        self.delete(message)
        self.story.tell(
            self.kernel.now, self.name, "moved by SQS after its last receive", message.message_id
        )
        message.receive_count = 0
        message.visible_at = self.kernel.now
        dead_letters._put(message)  # noqa: SLF001 - one queue to another

    def _expire(self, now: float) -> None:
        while self.messages:
            oldest = next(iter(self.messages.values()))
            if oldest.sent_at + self.retention > now:
                return
            self.delete(oldest)
            self.on_expired(oldest)

"""The dead-letter queue in memory: fits the Look, IngressBodies and LetterCopies ports.

tests/contract/test_dead_letter_look.py holds it and the adapters of SQS to one contract.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from recommendation_applier.domain.waiting_letter import QueuedMessage


def _nothing(_: str) -> None:
    """Do nothing at a step."""


@dataclass
class MemoryLetterQueue:
    """Holds messages, in their order; *at* is called before each step, and may raise.

    The steps: receive, send, sent, delete, deleted, copy. *refuses* says by step and text why
    something is not done.
    """

    waiting: dict[str, QueuedMessage] = field(default_factory=dict)
    ingress: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """Message ids that somebody else has by now."""
    at: Callable[[str], None] = _nothing
    refuses: Callable[[str, str], str | None] = lambda _, __: None

    @classmethod
    def of(cls, messages: Sequence[QueuedMessage]) -> "MemoryLetterQueue":
        """Put *messages* on it."""
        return cls({each.message_id: each for each in messages})

    def messages(self) -> Iterator[Sequence[QueuedMessage]]:
        """See the port."""
        waiting = list(self.waiting.values())
        for start in range(0, len(waiting), 10):
            self.at("receive")
            yield waiting[start : start + 10]

    def in_hand(self, message_ids: Collection[str]) -> AbstractSet[str]:
        """See the port."""
        return frozenset(message_ids) - self.taken

    def delete(self, message_ids: Collection[str]) -> Mapping[str, str]:
        """See the port."""
        self.at("delete")
        failed = {each: why for each in message_ids if (why := self.refuses("delete", each))}
        for each in frozenset(message_ids) - failed.keys():
            del self.waiting[each]
        self.at("deleted")
        return failed

    def send(self, bodies: Sequence[str]) -> Mapping[int, str]:
        """See the port."""
        self.at("send")
        failed = {
            place: why for place, body in enumerate(bodies) if (why := self.refuses("send", body))
        }
        self.ingress += [body for place, body in enumerate(bodies) if place not in failed]
        self.at("sent")
        return failed

    def keep(self, letters: Sequence[QueuedMessage]) -> None:
        """See the port."""
        self.at("copy")
        self.copies += [each.body for each in letters]

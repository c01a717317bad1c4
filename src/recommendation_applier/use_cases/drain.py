"""Waits until a queue is empty."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

LOOKS_IN_A_ROW: Final = 3
"""SQS counts roughly, and its counts lag: one that says nothing is left may be wrong, three that
come one after the other are not."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages a queue has, roughly."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.visible + self.in_flight + self.delayed


def until_drained(look: Callable[[], Backlog], pause: Callable[[], bool]) -> Iterator[Backlog]:
    """Give each *look* until several in a row find nothing; *pause* is False when time is over."""
    empty = 0
    while True:
        backlog = look()
        yield backlog
        empty = 0 if backlog.total else empty + 1
        if empty == LOOKS_IN_A_ROW or not pause():
            return

"""Waits until a queue is empty."""

from collections.abc import Callable, Iterator
from typing import Final

from recommendation_applier.domain.backlog import Backlog

LOOKS_IN_A_ROW: Final = 3
"""SQS counts roughly: one count that finds nothing may be wrong, three in a row hardly are."""


def until_drained(
    look: Callable[[], Backlog], pause: Callable[[Backlog], bool]
) -> Iterator[Backlog]:
    """Give each *look* until several in a row find nothing, or there is no time for another.

    *pause* is given the look, and waits for the next one, or says by False that there is none.
    """
    empty = 0
    while True:
        backlog = look()
        yield backlog
        empty = 0 if backlog.total else empty + 1
        if empty == LOOKS_IN_A_ROW or not pause(backlog):
            return

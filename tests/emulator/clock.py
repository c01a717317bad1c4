"""The wall clock of this process, which can be told that time has passed.

What runs here reads the real clock (`datetime.now`, `time.time`), moto's queues among it; they all
read this one instead. Between jumps it ticks as it always does. `time.monotonic` is left alone, and
with it the deadline of an invocation, every timeout and every sleep: nobody may jump during an
invocation, and nothing here does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine


class Clock:
    """Shows the time that it has come to."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        """Take over; `travelling` makes one."""
        self._traveller = traveller

    def now(self) -> datetime:
        """Tell the time, as everything else in this process sees it."""
        return datetime.now(UTC)

    def let_pass(self, duration: timedelta) -> None:
        """Go on by *duration*, in no time."""
        self._traveller.shift(duration)

    def go_on_to(self, moment: datetime) -> None:
        """Go on until *moment*; where that is over already, nothing happens."""
        self.let_pass(max(timedelta(), moment - self.now()))


@contextmanager
def travelling() -> Iterator[Clock]:
    """Give a clock that starts now; at the end it is now again, whatever passed meanwhile."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield Clock(traveller)

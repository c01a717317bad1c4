"""How long something took, for any number of times in bounded memory. No I/O."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

BINS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""Where one bar of a histogram ends and the next begins: each counts what is shorter than it."""

_EXACT_BELOW: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Delays:
    """Counts lengths of time, rounded down to seconds, and from an hour on to minutes.

    What would be negative, by clocks that differ, counts as none.
    """

    counted: Counter[timedelta] = field(default_factory=Counter)

    def add(self, length: timedelta) -> None:
        """Count one more."""
        unit = _SECOND if length < _EXACT_BELOW else _MINUTE
        self.counted[max(length // unit * unit, timedelta())] += 1

    @property
    def count(self) -> int:
        """How many there are."""
        return self.counted.total()

    @property
    def longest(self) -> timedelta | None:
        """The longest; None where there is none."""
        return max(self.counted, default=None)

    def at(self, percent: int) -> timedelta | None:
        """Give the shortest length which *percent* of all do not exceed: 50 for the median."""
        so_far = 0
        for length in sorted(self.counted):
            so_far += self.counted[length]
            if so_far * 100 >= self.count * percent:
                return length
        return None

    def histogram(self) -> tuple[int, ...]:
        """Count what is shorter than each of BINS and not than the one before; then the rest."""
        bars = [0] * (len(BINS) + 1)
        for length, count in self.counted.items():
            bars[sum(length >= end for end in BINS)] += count
        return tuple(bars)

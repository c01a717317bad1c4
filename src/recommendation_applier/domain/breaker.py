"""When an API that does not answer is left alone, across invocations. No I/O.

Deliveries keep coming while Amazon is down: with partial batch responses Lambda does not poll any
slower. The breaker is what all invocations know together.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

STRIKES: Final = 3
"""Invocations in a row that end without one answer, before the API is left alone."""

FAILING_ACCOUNTS: Final = 3
"""Accounts that fail in one invocation, none succeeding, before it is left alone at once."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=15)
"""The pauses double from the first to the longest. A quarter of an hour is nothing to
recommendations that live for two weeks, and makes about a hundred probes of a day's outage."""

LONGEST_WAIT: Final = timedelta(hours=12)
"""However long Amazon asks to wait, it is tried again after half a day."""

PROBE: Final = timedelta(minutes=5)
"""So long one invocation alone may find out whether the API is back: longer than it can last."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of the API's health.

    *strikes* are invocations in a row without any answer, *pauses* those that it was left alone
    for since its last answer; until *open_until* nobody sends anything. *version* counts changes;
    *because* is what was met last, for people.
    """

    strikes: int = 0
    pauses: int = 0
    open_until: datetime | None = None
    version: int = 0
    because: str = field(default="", compare=False)

    def seconds_open(self, now: datetime) -> float:
        """For how much longer nobody sends anything; 0 where somebody may."""
        return max(0.0, (self.open_until - now).total_seconds()) if self.open_until else 0.0

    @property
    def is_shaken(self) -> bool:
        """Tell whether the first one to send must only try."""
        return self.pauses > 0

    def probed(self, now: datetime) -> "Breaker":
        """Keep the others away while one tries."""
        return replace(self, open_until=now + PROBE, version=self.version + 1)

    def untried(self) -> "Breaker":
        """Let the next one try, since this one had nothing to send."""
        return replace(self, open_until=None, version=self.version + 1)

    def answered(self) -> "Breaker":
        """Forget the failures: the API answers."""
        return Breaker(version=self.version + 1)

    def asked_to_wait(self, now: datetime, seconds: float) -> "Breaker":
        """Leave the API alone for as long as it asked for (Retry-After)."""
        return replace(self, open_until=now + _wait(seconds), version=self.version + 1)

    def failed(self, now: datetime, *, accounts: int, seconds: float = 0.0) -> "Breaker":
        """Count an invocation in which *accounts* failed and nothing was answered.

        *seconds* is what Amazon asked to wait for, if it did.
        """
        strikes = self.strikes + 1
        if not self.is_shaken and strikes < STRIKES and accounts < FAILING_ACCOUNTS and not seconds:
            return replace(self, strikes=strikes, version=self.version + 1)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.pauses, 10))
        return Breaker(
            strikes=strikes,
            pauses=self.pauses + 1,
            open_until=now + max(pause, _wait(seconds)),
            version=self.version + 1,
        )


def _wait(seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))

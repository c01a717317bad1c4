"""How long to wait, and until when: the time that one invocation can give to HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

BACKOFF_BASE_SECONDS: Final = 1.0
BACKOFF_CAP_SECONDS: Final = 20.0
"""Amazon's guide for its Ads APIs advises 1 s, doubled, with jitter from 0. It caps at 60 s, which
is for callers that have more time than an invocation."""

LEAST_SECONDS_FOR_A_REQUEST: Final = 2.0
"""A request that gets less than this is too likely to end in a lost answer to be worth starting."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """A deadline, and the ways to look at the clock, to wait and to draw lots.

    *deadline* is a moment of *monotonic*; *jitter* draws uniformly from two bounds.
    """

    deadline: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[float, float], float]

    def seconds_left(self) -> float:
        """Seconds until the deadline; never negative."""
        return max(0.0, self.deadline - self.monotonic())

    def allows_a_request(self) -> bool:
        """Tell whether a request started now has a fair chance to be answered in time."""
        return self.seconds_left() >= LEAST_SECONDS_FOR_A_REQUEST

    def backoff(self, attempt: int) -> float:
        """Draw the wait after the *attempt*-th try (from 1): full jitter under a doubling cap."""
        ceiling = min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2 ** (attempt - 1))
        return self.jitter(0.0, ceiling)

    def has_time_for(self, wait: float) -> bool:
        """Tell whether a request could still be made after waiting *wait* seconds."""
        return self.seconds_left() - wait >= LEAST_SECONDS_FOR_A_REQUEST

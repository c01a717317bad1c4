"""When a delivery that has to be tried again comes back."""

from collections.abc import Callable
from typing import Final

from recommendation_applier.domain.reasons import RetryReason

FIRST_CEILING_SECONDS: Final = 60
CEILING_SECONDS: Final = 3 * 60 * 60
"""Hours at most. The ceiling is reached at the ninth receive; from then on a delivery comes back
every 1.5 hours on average, so that a day's outage costs about 23 of its 100 receives."""

CREDENTIALS_BOUNDS_SECONDS: Final = (5 * 60, 15 * 60)
"""Minutes, since a person is about to mend it; 100 receives last for about 16 hours."""

LEAST_SECONDS: Final = 5
"""So that full jitter, which may draw nothing at all, does not bring a delivery back at once."""

ANSWER_LOST_LEAST_SECONDS: Final = 60
"""Longer than Amazon's slowest synchronous calls take (30 s at P99): asked about any earlier, a
request that is still being processed would look as if it had never arrived."""

MOST_SECONDS: Final = 11 * 60 * 60
"""SQS allows 12 hours from the moment of the receive (ChangeMessageVisibility)."""


def visibility_seconds(
    *,
    receive_count: int,
    reason: RetryReason,
    retry_after: float,
    jitter: Callable[[float, float], float],
) -> int:
    """Draw for how long a delivery stays invisible: longer with each receive, full jitter.

    Never less than *retry_after*, the seconds that Amazon asked for; *jitter* draws uniformly
    from two bounds.
    """
    if reason is RetryReason.CREDENTIALS_REFUSED:
        wait = jitter(*CREDENTIALS_BOUNDS_SECONDS)
    else:
        doublings = min(receive_count - 1, 16)
        ceiling = min(CEILING_SECONDS, FIRST_CEILING_SECONDS * 2**doublings)
        wait = jitter(0.0, ceiling)
    least = ANSWER_LOST_LEAST_SECONDS if reason is RetryReason.ANSWER_LOST else LEAST_SECONDS
    return int(min(MOST_SECONDS, max(least, wait, retry_after * jitter(1.0, 1.1))))

"""When a delivery that has to be tried again comes back."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.reasons import RetryReason
from recommendation_applier.domain.retry_schedule import visibility_seconds

HOURS = 60 * 60
REASONS = [one for one in RetryReason if one is not RetryReason.CREDENTIALS_REFUSED]


def shortest(low: float, _: float) -> float:
    """Draw the lower bound."""
    return low


def longest(_: float, high: float) -> float:
    """Draw the upper bound."""
    return high


@pytest.mark.parametrize(
    ("receive_count", "ceiling"),
    [
        (1, 60),
        (2, 120),
        (3, 240),
        (4, 480),
        (5, 960),
        (6, 1_920),
        (7, 3_840),
        (8, 7_680),
        (9, 3 * HOURS),
        (10, 3 * HOURS),
        (100, 3 * HOURS),
        (100_000, 3 * HOURS),
    ],
)
@pytest.mark.parametrize("reason", REASONS)
def test_the_wait_doubles_with_each_receive(
    receive_count: int, ceiling: int, reason: RetryReason
) -> None:
    """A minute at most at first, three hours from the ninth receive on."""
    most = visibility_seconds(
        receive_count=receive_count, reason=reason, retry_after=0.0, jitter=longest
    )

    assert most == ceiling


@pytest.mark.parametrize("receive_count", [1, 9, 100])
@pytest.mark.parametrize("reason", [one for one in REASONS if one is not RetryReason.ANSWER_LOST])
def test_the_wait_may_be_as_short_as_five_seconds(receive_count: int, reason: RetryReason) -> None:
    """Full jitter: deliveries that failed together do not come back together."""
    least = visibility_seconds(
        receive_count=receive_count, reason=reason, retry_after=0.0, jitter=shortest
    )

    assert least == 5


@pytest.mark.parametrize("receive_count", [1, 9, 100])
def test_a_lost_answer_is_not_asked_about_within_a_minute(receive_count: int) -> None:
    """By then even Amazon's slowest calls have ended, one way or the other."""
    least = visibility_seconds(
        receive_count=receive_count,
        reason=RetryReason.ANSWER_LOST,
        retry_after=0.0,
        jitter=shortest,
    )

    assert least == 60


def test_a_wait_is_drawn_from_nothing_to_its_ceiling() -> None:
    """Full jitter spreads better than a wait with a little noise."""
    bounds: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        bounds.append((low, high))
        return low

    visibility_seconds(receive_count=3, reason=RetryReason.THROTTLED, retry_after=0.0, jitter=draw)

    assert bounds[0] == (0, 240)


@pytest.mark.parametrize("receive_count", [1, 9, 100])
def test_refused_credentials_wait_for_minutes_at_any_receive(receive_count: int) -> None:
    """5 to 15 minutes: a person is about to mend it."""
    waits = [
        visibility_seconds(
            receive_count=receive_count,
            reason=RetryReason.CREDENTIALS_REFUSED,
            retry_after=0.0,
            jitter=jitter,
        )
        for jitter in (shortest, longest)
    ]

    assert waits == [5 * 60, 15 * 60]


@pytest.mark.parametrize(
    ("retry_after", "jitter", "seconds"),
    [
        pytest.param(3.0, shortest, 5, id="below-the-least"),
        pytest.param(30.0, shortest, 30, id="what-was-asked-for"),
        pytest.param(30.0, longest, 60, id="below-the-wait"),
        pytest.param(100.0, longest, 110, id="a-tenth-more-at-most"),
        pytest.param(10.0 * HOURS, longest, 11 * HOURS, id="the-most"),
        pytest.param(12.0 * HOURS, shortest, 11 * HOURS, id="more-than-sqs-allows"),
        pytest.param(float("inf"), shortest, 11 * HOURS, id="for-ever"),
    ],
)
def test_amazons_own_wait_is_honoured(
    retry_after: float, jitter: Callable[[float, float], float], seconds: int
) -> None:
    """Never earlier than asked for, spread a little, and never beyond 11 hours."""
    waited = visibility_seconds(
        receive_count=1, reason=RetryReason.THROTTLED, retry_after=retry_after, jitter=jitter
    )

    assert waited == seconds


@given(
    receive_count=st.integers(1, 1_000),
    reason=st.sampled_from(RetryReason),
    retry_after=st.floats(0, 20 * HOURS),
    seed=st.integers(),
)
def test_a_wait_is_always_within_what_sqs_allows(
    receive_count: int, reason: RetryReason, retry_after: float, seed: int
) -> None:
    """Whole seconds, at least 5, at most 11 hours, and no less than Amazon asked for."""
    seconds = visibility_seconds(
        receive_count=receive_count,
        reason=reason,
        retry_after=retry_after,
        jitter=random.Random(seed).uniform,  # noqa: S311
    )

    assert isinstance(seconds, int)
    assert 5 <= seconds <= 11 * HOURS
    assert seconds + 1 > min(retry_after, 11 * HOURS)


def test_an_outage_of_a_day_leaves_most_receives_unused() -> None:
    """A delivery that comes back after the average wait uses about 23 of its 100 receives."""
    receives, elapsed = 0, 0
    while elapsed < 24 * HOURS:
        receives += 1
        elapsed += visibility_seconds(
            receive_count=receives,
            reason=RetryReason.UNAVAILABLE,
            retry_after=0.0,
            jitter=lambda low, high: (low + high) / 2,
        )

    assert receives == 23

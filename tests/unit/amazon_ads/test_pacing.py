"""How long to wait, and until when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.amazon_ads.pacing import BACKOFF_CAP_SECONDS, Pacing
from tests.fakes import FakeClock


def pacing(seconds: float = 10.0, *, clock: FakeClock | None = None) -> Pacing:
    """Build a pacing that has *seconds* left; jitter draws the upper bound."""
    clock = clock or FakeClock()
    return Pacing(clock.now + seconds, clock.monotonic, clock.sleep, max)


def test_the_time_left_counts_down_to_nothing() -> None:
    """It is never negative, however late it is."""
    clock = FakeClock()
    paced = pacing(10.0, clock=clock)

    clock.sleep(4.0)
    assert paced.seconds_left() == 6.0
    clock.sleep(100.0)
    assert paced.seconds_left() == 0.0


@pytest.mark.parametrize(("seconds", "allowed"), [(10.0, True), (2.0, True), (1.99, False)])
def test_a_request_needs_two_seconds(seconds: float, *, allowed: bool) -> None:
    """With less than that no request is started."""
    assert pacing(seconds).allows_a_request() is allowed


@pytest.mark.parametrize(("wait", "allowed"), [(8.0, True), (8.01, False), (0.0, True)])
def test_a_wait_must_leave_time_for_a_request(wait: float, *, allowed: bool) -> None:
    """Of ten seconds, eight may be spent waiting."""
    assert pacing(10.0).has_time_for(wait) is allowed


def test_the_ceiling_of_the_backoff_doubles_up_to_its_cap() -> None:
    """1, 2, 4, 8 and 16 seconds, then 20 for ever."""
    paced = pacing()

    assert [paced.backoff(attempt) for attempt in range(1, 8)] == [1, 2, 4, 8, 16, 20, 20]


@given(attempt=st.integers(1, 60), draw=st.floats(0, 1))
def test_the_backoff_is_drawn_from_zero_to_its_ceiling(attempt: int, draw: float) -> None:
    """Full jitter: any wait between nothing and the ceiling can come."""
    clock = FakeClock()
    paced = Pacing(0.0, clock.monotonic, clock.sleep, lambda low, high: low + draw * (high - low))

    assert paced.backoff(attempt) == draw * min(BACKOFF_CAP_SECONDS, 2 ** (attempt - 1))

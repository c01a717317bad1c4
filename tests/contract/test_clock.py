"""The clock of the emulator: everybody sees its jumps, and nothing that is timed does."""

import time
from datetime import UTC, datetime, timedelta
from threading import Thread

from tests.emulator.clock import travelling

A_MOMENT = timedelta(seconds=30)
"""More than a test of this file takes on a busy machine."""


def test_everything_in_the_process_sees_the_same_time() -> None:
    """However the clock is read, and on whichever thread."""
    seen: list[float] = []

    with travelling() as clock:
        before = datetime.now(UTC)
        clock.let_pass(timedelta(hours=3))
        thread = Thread(target=lambda: seen.append(time.time()))
        thread.start()
        thread.join()
        read = [clock.now(), datetime.now(UTC), datetime.fromtimestamp(seen[0], UTC)]

    assert all(timedelta(hours=3) <= each - before < timedelta(hours=3) + A_MOMENT for each in read)


def test_it_goes_on_by_itself_between_jumps() -> None:
    """It is no stopped clock: what is measured with it takes time."""
    with travelling() as clock:
        clock.let_pass(timedelta(hours=3))
        before, started = clock.now(), time.monotonic()
        while time.monotonic() - started < 0.02:
            pass

        assert clock.now() - before >= timedelta(seconds=0.02)


def test_deadlines_and_timeouts_do_not_see_a_jump() -> None:
    """They are of the monotonic clock."""
    with travelling() as clock:
        before = time.monotonic()
        clock.let_pass(timedelta(days=7))

        assert time.monotonic() - before < A_MOMENT.total_seconds()


def test_it_never_goes_back() -> None:
    """A moment that is over is not returned to."""
    with travelling() as clock:
        clock.let_pass(timedelta(hours=1))
        reached = clock.now()

        clock.go_on_to(reached - timedelta(minutes=30))
        assert clock.now() >= reached
        clock.go_on_to(reached + timedelta(minutes=30))
        assert clock.now() >= reached + timedelta(minutes=30)


def test_what_passed_did_not_pass_outside() -> None:
    """Afterwards it is as late as it would have been."""
    before = datetime.now(UTC)

    with travelling() as clock:
        clock.let_pass(timedelta(days=30))

    assert before <= datetime.now(UTC) < before + A_MOMENT

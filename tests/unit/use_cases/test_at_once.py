"""Several at a time, and no more than that."""

import threading

import pytest

from recommendation_applier.use_cases.at_once import at_once


def test_all_of_it_is_done_and_never_more_than_so_many_at_a_time() -> None:
    """Three threads meet, and there is no fourth."""
    together = threading.Barrier(3, timeout=10)
    threads = set()

    def do(number: int) -> int:
        together.wait()
        threads.add(threading.get_ident())
        return number * number

    assert sorted(at_once(do, range(9), most=3)) == [number * number for number in range(9)]
    assert len(threads) == 3


class Slow:
    """Does the first at once, and all others when it may."""

    def __init__(self, *, raises: bool) -> None:
        """With *raises*, the first goes wrong."""
        self.raises = raises
        self.begun: list[int] = []
        self.go_on = threading.Event()

    def __call__(self, number: int) -> int:
        """Do one."""
        self.begun.append(number)
        if number:
            self.go_on.wait(10)
        elif self.raises:
            raise ValueError("enough")
        return number

    def go_on_soon(self) -> None:
        """Let it go on when whoever waits for it does."""
        threading.Timer(0.05, self.go_on.set).start()


def test_what_is_raised_ends_it() -> None:
    """What has not begun by then never does; what has is waited for."""
    do = Slow(raises=True)
    do.go_on_soon()

    with pytest.raises(ValueError, match="enough"):
        list(at_once(do, range(50), most=1))
    assert len(do.begun) <= 2


def test_whoever_stops_asking_ends_it_as_well() -> None:
    """The first result is all that is wanted: one more may be under way."""
    do = Slow(raises=False)
    results = at_once(do, range(50), most=1)

    assert next(results) == 0
    do.go_on_soon()
    results.close()
    assert len(do.begun) <= 2

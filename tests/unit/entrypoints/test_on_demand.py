"""What is made on demand is made once, and not before anything is asked of it."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from recommendation_applier.entrypoints.on_demand import on_demand


class Bell:
    """Something to be made."""

    def __init__(self) -> None:
        self.rung = 0

    def ring(self) -> int:
        """Ring once more."""
        self.rung += 1
        return self.rung


def counting() -> tuple[list[Bell], Callable[[], Bell]]:
    """Give a list, and what makes a bell that is then in it."""
    made: list[Bell] = []

    def make() -> Bell:
        made.append(Bell())
        return made[-1]

    return made, make


def test_nothing_is_made_before_it_is_used() -> None:
    """To hand it on is no use."""
    made, make = counting()

    bell = on_demand(make)

    assert made == []
    assert [bell.ring(), bell.ring()] == [1, 2]
    assert len(made) == 1


def test_two_threads_make_one() -> None:
    """Whichever comes first makes it, and the other one waits."""
    made, make = counting()
    bell, both = on_demand(make), Barrier(2)

    def use() -> None:
        both.wait()
        bell.ring()

    threads = [Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each.rung for each in made] == [2]


def test_what_could_not_be_made_is_made_the_next_time() -> None:
    """The error is the user's; nothing is remembered of it."""
    tries: list[int] = []

    def make() -> Bell:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no bell")
        return Bell()

    bell = on_demand(make)

    with pytest.raises(OSError, match=r"^no bell$"):
        bell.ring()
    assert bell.ring() == 1

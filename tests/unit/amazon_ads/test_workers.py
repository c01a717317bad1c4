"""Threads that are kept, but for those that something hangs in."""

from collections.abc import Callable, Iterable, Iterator
from threading import Barrier, Event, current_thread
from typing import Final

import pytest

from recommendation_applier.amazon_ads.workers import WorkerThreads

MOST: Final = 3


def run(
    workers: WorkerThreads,
    do: Callable[[int], object],
    work: Iterable[int],
    *,
    seconds: float = 10,
) -> Iterator[object]:
    """Run *do* for each of *work*; what is given up names itself."""
    return workers.run(
        do,
        work,
        seconds_left=lambda: seconds,
        not_begun=lambda each: f"{each} not begun",
        not_done=lambda each: f"{each} not done",
    )


def threads_of(workers: WorkerThreads) -> set[object]:
    """Let all of the threads work at once, and name them."""
    barrier = Barrier(MOST, timeout=10)

    def meet(_: int) -> str:
        barrier.wait()
        return current_thread().name

    return set(run(workers, meet, range(MOST)))


def test_every_piece_of_work_has_a_result() -> None:
    """Also where there are more than threads, or none at all."""
    workers = WorkerThreads(MOST)

    assert sorted(map(str, run(workers, str, range(20)))) == sorted(map(str, range(20)))
    assert list(run(workers, str, [])) == []


def test_so_many_are_at_work_at_once() -> None:
    """Each in a thread of its own."""
    assert len(threads_of(WorkerThreads(MOST))) == MOST


def test_work_is_done_while_more_of_it_is_asked_for() -> None:
    """The next wave takes its time to be claimed."""
    begun = Event()

    def work() -> Iterator[int]:
        yield 1
        assert begun.wait(10)
        yield 2

    def do(each: int) -> int:
        begun.set()
        return each

    assert sorted(map(str, run(WorkerThreads(MOST), do, work()))) == ["1", "2"]


def test_threads_are_kept_from_one_run_to_the_next() -> None:
    """To start them takes longer than what they do."""
    workers = WorkerThreads(MOST)

    assert threads_of(workers) == threads_of(workers)


def test_two_runs_at_a_time_do_not_wait_for_each_other() -> None:
    """The second has threads of its own while the first is under way."""
    workers, over = WorkerThreads(1), Event()
    first = run(workers, lambda each: each == 1 or over.wait(10), [1, 2])

    assert next(first) is True
    assert list(run(workers, str, [3])) == ["3"]
    over.set()
    assert list(first) == [True]


def test_a_mistake_is_raised_where_its_result_is_asked_for() -> None:
    """The threads have nothing to do with it."""
    workers = WorkerThreads(MOST)
    threads = threads_of(workers)

    with pytest.raises(ZeroDivisionError):
        list(run(workers, lambda each: 1 // each, [0]))
    assert threads_of(workers) == threads


def test_what_hangs_is_given_up_with_its_thread() -> None:
    """It must not keep a thread from what comes next."""
    workers, over = WorkerThreads(MOST), Event()
    threads = threads_of(workers)

    def do(each: int) -> object:
        return current_thread().name if each else over.wait(10)

    found = list(run(workers, do, range(2), seconds=0.1))

    assert found[1] == "0 not done"
    assert found[0] in threads
    assert not threads & threads_of(workers)
    over.set()


def test_what_waits_behind_what_hangs_is_never_begun() -> None:
    """Not even once there is a thread for it."""
    over, done = Event(), list[int]()

    def do(each: int) -> None:
        assert over.wait(10)
        done.append(each)

    found = run(WorkerThreads(1), do, [1, 2], seconds=0.05)

    assert list(found) == ["1 not done", "2 not begun"]
    over.set()
    assert 2 not in done


def test_what_ends_while_the_rest_is_given_up_counts() -> None:
    """Its answer is there: it would be a pity to ask for it again."""
    ends, over, follows = Event(), Event(), Event()

    def do(each: int) -> int:
        if each == 2:
            assert ends.wait(10)
            return each
        if each == 3:
            follows.set()  # in the same thread, so that the one before it has ended
        assert over.wait(10)
        return each

    found = run(WorkerThreads(2), do, [1, 2, 3], seconds=0.05)

    assert next(found) == "1 not done"
    ends.set()
    assert follows.wait(10)
    assert list(found) == [2, "3 not done"]
    over.set()


def test_what_is_begun_is_left_behind_where_no_more_work_can_be_had() -> None:
    """Whatever went wrong is raised at once, and what has not begun never begins."""
    workers, over, begun = WorkerThreads(MOST), Event(), list[int]()
    threads = threads_of(workers)
    barrier = Barrier(MOST + 1, timeout=10)

    def do(each: int) -> None:
        begun.append(each)
        barrier.wait()
        assert over.wait(10)

    def work() -> Iterator[int]:
        yield from range(MOST + 1)
        barrier.wait()
        raise LookupError("no more work")

    with pytest.raises(LookupError, match=r"^no more work$"):
        next(run(workers, do, work()))
    assert not threads & threads_of(workers)
    over.set()
    assert sorted(begun) == list(range(MOST))


def test_threads_are_kept_where_no_work_could_be_had_at_all() -> None:
    """Nothing is left behind in them."""
    workers = WorkerThreads(MOST)
    threads = threads_of(workers)

    nothing: dict[str, int] = {}

    with pytest.raises(KeyError, match=r"^'work'$"):
        next(run(workers, str, map(nothing.__getitem__, ["work"])))
    assert threads_of(workers) == threads

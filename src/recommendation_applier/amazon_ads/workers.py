"""Several requests at a time, and none that outlasts the invocation."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


class Workers(Protocol):
    """Whoever does the requests of one invocation."""

    def run(
        self,
        do: Callable[[Work], Result],
        work: Iterable[Work],
        *,
        seconds_left: Callable[[], float],
        not_begun: Callable[[Work], Result],
        not_done: Callable[[Work], Result],
    ) -> Iterator[Result]:
        """*do* everything of *work* and give each result as it comes, one for each.

        The next of *work*, which may take its time to come, is asked for while others are done.
        Once there are no *seconds_left* the rest is given up, with the results that *not_begun* and
        *not_done* make.
        """


class WorkerThreads:
    """So many threads."""

    def __init__(self, most: int) -> None:
        """*most* are at work at once."""
        self._most = most

    def run(
        self,
        do: Callable[[Work], Result],
        work: Iterable[Work],
        *,
        seconds_left: Callable[[], float],
        not_begun: Callable[[Work], Result],
        not_done: Callable[[Work], Result],
    ) -> Iterator[Result]:
        """See the protocol."""
        pool = ThreadPoolExecutor(self._most)
        try:
            # All of it before the first result: who waits for a request waits for what comes next.
            futures = {pool.submit(do, each): each for each in work}
            try:
                for future in as_completed(futures, timeout=seconds_left()):
                    del futures[future]
                    yield future.result()
            except TimeoutError:
                for future, each in futures.items():
                    if future.cancel():
                        yield not_begun(each)
                    else:
                        yield future.result() if future.done() else not_done(each)
        finally:
            # Not waited for: a request that hangs must not take the invocation with it.
            pool.shutdown(wait=False, cancel_futures=True)

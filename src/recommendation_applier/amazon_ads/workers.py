"""Several requests at a time, and none that outlasts the invocation."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
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
    """So many threads, which are kept from one run to the next.

    But for those of a run that something was left behind in: a request that hangs must not keep a
    thread from what comes next.
    """

    def __init__(self, most: int) -> None:
        """*most* are at work at once."""
        self._most = most
        self._idle: ThreadPoolExecutor | None = None

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
        pool, self._idle = self._idle or ThreadPoolExecutor(self._most), None
        futures: dict[Future[Result], Work] = {}
        try:
            # All of it before the first result: who waits for a request waits for what comes next.
            for each in work:
                futures[pool.submit(do, each)] = each
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
            if all(future.done() for future in futures):
                self._idle = pool
            else:  # not waited for: a request that hangs must not take the invocation with it
                pool.shutdown(wait=False, cancel_futures=True)

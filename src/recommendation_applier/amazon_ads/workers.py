"""Several requests at a time, and none that outlasts the invocation."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from time import monotonic
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
        futures: dict[Future[Result], Work] = {}
        done: SimpleQueue[Future[Result]] = SimpleQueue()
        try:
            for each in work:
                future = pool.submit(do, each)
                futures[future] = each
                future.add_done_callback(done.put)
                while not done.empty():
                    yield _result(done.get(), futures)
            until = monotonic() + seconds_left()
            while futures:
                yield _result(done.get(timeout=max(0.0, until - monotonic())), futures)
        except Empty:
            for future, each in futures.items():
                if future.cancel():
                    yield not_begun(each)
                else:
                    yield future.result() if future.done() else not_done(each)
        finally:
            # Not waited for: a request that hangs must not take the invocation with it.
            pool.shutdown(wait=False, cancel_futures=True)


def _result(future: "Future[Result]", futures: "dict[Future[Result], Work]") -> Result:
    del futures[future]
    return future.result()

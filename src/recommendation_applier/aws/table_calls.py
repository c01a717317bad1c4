"""Calling DynamoDB: several calls at a time, no patience with a table that does not answer."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.domain.errors import LedgerUnavailableError

MAX_CALLS_AT_ONCE: Final = 8
"""Eight threads at about 5 ms a call write 1,600 entries a second. Two invocations at once stay
below the 4,000 that a new on-demand table takes. The functions' client has as many connections."""

MAX_FAILURES_IN_A_ROW: Final = 3
"""A call that fails has had its tries and its seconds: a table that hangs must not eat the
invocation."""

_MOST_REASONS: Final = 5

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class TableCalls:
    """The calls of one invocation to one table.

    Once three in a row have failed, or the time is up, no further one is made. A condition that
    fails is an answer and not a failure. Safe to be used by several threads.
    """

    def __init__(
        self,
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*report_failure* is told once of every set of calls of which any failed."""
        self._table_name = table_name
        self._report_failure = report_failure
        self._time_is_up = time_is_up
        self._lock = Lock()
        self._failures_in_a_row = 0
        self._given_up = False

    def make(self, what: str, call: Callable[[], Answer]) -> Answer:
        """Make one call. Raises LedgerUnavailableError saying *what* failed and why."""
        try:
            return self._make(lambda _: call(), None)
        except LedgerUnavailableError as error:
            raise LedgerUnavailableError(f"{what} in {self._table_name} failed: {error}") from error

    def attempt(self, what: str, call: Callable[[], Answer]) -> Answer | None:
        """Make one call; None if it failed, which is told of."""
        try:
            return self.make(what, call)
        except LedgerUnavailableError as error:
            self._report_failure(str(error))
            return None

    def each(
        self, what: str, keys: Collection[Key], call: Callable[[Key], Answer]
    ) -> dict[Key, Answer]:
        """Make a call for each of *keys*; those whose call failed are left out, and told of."""
        made: dict[Key, Answer] = {}
        reasons: Counter[str] = Counter()

        def make_all(waiting: Iterator[Key]) -> None:
            for key in waiting:
                try:
                    made[key] = self._make(call, key)
                except LedgerUnavailableError as error:
                    with self._lock:
                        reasons[str(error)] += 1

        if len(keys) > 1:
            _share(keys, make_all, threads=min(MAX_CALLS_AT_ONCE, len(keys)))
        else:
            make_all(iter(keys))
        if reasons:
            self._report_failure(
                f"{what} in {self._table_name} failed for {reasons.total()} of {len(keys)}: "
                + "; ".join(f"{why} ({count})" for why, count in reasons.most_common(_MOST_REASONS))
            )
        return {key: made[key] for key in keys if key in made}

    def _make(self, call: Callable[[Key], Answer], key: Key) -> Answer:
        if self._given_up:
            raise LedgerUnavailableError("not tried, the table does not answer")
        if self._time_is_up():
            raise LedgerUnavailableError("not tried, the invocation's time was up")
        try:
            answer = call(key)
        except ClientError as error:
            # DynamoDB's own sentence is left out: it may quote what was to be written.
            self._count_failure()
            raise LedgerUnavailableError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            self._count_failure()
            raise LedgerUnavailableError(type(error).__name__) from error
        self._failures_in_a_row = 0
        return answer

    def _count_failure(self) -> None:
        with self._lock:
            self._failures_in_a_row += 1
            self._given_up |= self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW


_THREADS: Final = ThreadPoolExecutor(MAX_CALLS_AT_ONCE - 1, thread_name_prefix="table-calls")
"""Started with the first calls, and kept: to start them takes longer than to make a call."""


def _share(keys: Collection[Key], take: Callable[[Iterator[Key]], None], *, threads: int) -> None:
    """Let *threads*, this one among them, each take the next of *keys* until none is left.

    A future for each key would cost more than all else that the project does for a call; each
    thread calls the next one, so that none is called where all is done at once.
    """
    waiting = iter(keys)  # taking the next one of a collection is one step of the interpreter
    others: list[Future[None]] = []
    is_done = False

    def join() -> None:
        nonlocal is_done
        if not is_done and len(others) < threads - 1:
            others.append(_THREADS.submit(join))
        take(waiting)
        is_done = True

    try:
        join()
    finally:
        for each in others:  # a thread has called the next one before it is done itself
            if not each.cancel():  # where none of them has begun, there is nothing to wait for
                each.result()

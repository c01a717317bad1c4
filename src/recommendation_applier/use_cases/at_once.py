"""Several requests at a time, each by itself."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def at_once(
    do: Callable[[Work], Result], work: Sequence[Work], *, most: int
) -> Generator[Result, None, None]:
    """*do* all of *work*, *most* of it at a time, and give each result as it comes.

    What *do* raises ends it, and so does whoever stops asking: nothing more is begun, and what is
    under way is waited for.
    """
    if not work:
        return
    pool = ThreadPoolExecutor(min(most, len(work)))
    try:
        for future in as_completed([pool.submit(do, each) for each in work]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)

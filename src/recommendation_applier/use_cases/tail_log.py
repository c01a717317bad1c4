"""What several functions log, in one order: what there is, or also what comes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from typing import Final, Protocol

from recommendation_applier.domain.log_event import LogEvent

LATE: Final = timedelta(minutes=2)
"""An event may become readable so much later than a younger one of another stream or function.
CloudWatch Logs publishes no bound; seconds are usual."""

_MANY: Final = 10_000
"""Told events that are remembered before those are forgotten that will not be met again."""


class FunctionLogs(Protocol):
    """The logs of a stack's functions."""

    def events(self, function: str, *, since: datetime) -> Iterator[LogEvent]:
        """Give what *function* has logged at *since* or later, the first first."""
        ...


def read_log(
    logs: FunctionLogs, functions: Sequence[str], *, since: datetime
) -> Iterator[LogEvent]:
    """Give what *functions* have logged at *since* or later, in the order in which it happened."""
    return merge(*(logs.events(each, since=since) for each in functions))


def follow_log(
    logs: FunctionLogs, functions: Sequence[str], *, since: datetime, wait: Callable[[], None]
) -> Iterator[LogEvent]:
    """Give the same, then whatever comes, each event once; never ends by itself.

    *wait* is called before each further look. What becomes readable late is told late, and not
    lost, if it is not more than LATE behind.
    """
    told: dict[tuple[str, str], datetime] = {}
    newest = since
    while True:
        for event in read_log(logs, functions, since=max(since, newest - LATE)):
            key = (event.function, event.event_id)
            if key in told:
                continue
            told[key] = event.at
            newest = max(newest, event.at)
            if len(told) > _MANY:
                told = _worth_remembering(told, newest)
            yield event
        told = _worth_remembering(told, newest)
        wait()


def _worth_remembering(
    told: dict[tuple[str, str], datetime], newest: datetime
) -> dict[tuple[str, str], datetime]:
    return {key: at for key, at in told.items() if at >= newest - LATE}

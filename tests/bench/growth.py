"""CPU of a delivery, however many there are and of however many accounts: it stays what it is."""

import gc
import time
from collections.abc import Iterator, Sequence
from typing import Final

from recommendation_applier.domain.batching import into_batches
from recommendation_applier.domain.delivery import Publication
from recommendation_applier.domain.reading import read_body
from tests.bench.answered_at_once import Network, Table
from tests.bench.consumer import OPPORTUNITY, Consumer
from tests.bench.deliveries import bodies, event
from tests.bench.page import Cell, Page

DELIVERIES: Final = (1_000, 10_000, 50_000)
PURE: Final = (10_000, 1_000_000)
ACCOUNTS: Final = (1, 10, 100, 1_000, 10_000)
OF_AN_INVOCATION: Final = 500
SOME: Final = 2_000
_FEW_ACCOUNTS: Final = 10

Measured = tuple[int, int, int, float]
"""Deliveries, accounts, requests, and microseconds a delivery."""


def measure(
    deliveries: Sequence[int] = DELIVERIES,
    pure: Sequence[int] = PURE,
    accounts: Sequence[int] = ACCOUNTS,
    some: int = SOME,
) -> Page:
    """Let so many *deliveries* come; *pure* ones are only read and put into batches.

    *accounts* are those of *some* deliveries each time.
    """
    _whole(OF_AN_INVOCATION, _FEW_ACCOUNTS)  # what is made once is made by now
    gc.freeze()  # as on Lambda; this process has more that stays
    try:
        return _page(deliveries, pure, accounts, some)
    finally:
        gc.unfreeze()


def _page(
    deliveries: Sequence[int], pure: Sequence[int], accounts: Sequence[int], some: int
) -> Page:
    return Page(
        name="growth",
        title=f"CPU as it grows, in invocations of {OF_AN_INVOCATION} deliveries",
        columns=("what", "deliveries", "accounts", "requests", "µs a delivery", "of a line"),
        rows=[
            *_of_a_line("whole", [_whole(count, _FEW_ACCOUNTS) for count in deliveries]),
            *_of_a_line("read and batched", [_pure(count, _FEW_ACCOUNTS) for count in pure]),
            *_of_a_line("whole", [_whole(some, count) for count in accounts]),
        ],
        notes=(
            "AWS and Amazon answer at once, and keep nothing.",
            "The line goes through the first row of its kind. Where accounts grow, it goes from",
            "the first to the last by the number of requests: each is about one account.",
        ),
    )


def _of_a_line(what: str, those: Sequence[Measured]) -> Iterator[tuple[Cell, ...]]:
    """Compare each with what a straight line makes of it."""
    (count, _, first_requests, first), (last_count, _, last_requests, last) = those[0], those[-1]
    rise = (last - first) / (last_requests - first_requests) if count == last_count else 0.0
    for deliveries, accounts, requests, each in those:
        line = first + rise * (requests - first_requests)
        yield what, deliveries, accounts, requests, round(each, 1), round(each / line, 2)


def _whole(deliveries: int, accounts: int) -> Measured:
    """Take them through the consumer."""
    network = Network()
    consumer = Consumer(dynamodb=Table(keeps=False), network=network)
    seconds = 0.0
    requests = 0
    for start in range(0, deliveries, OF_AN_INVOCATION):
        asked = event(min(OF_AN_INVOCATION, deliveries - start), accounts=accounts, start=start)
        begun = time.process_time()
        consumer.handle(asked)
        seconds += time.process_time() - begun
        requests += len(network.requests)
        network.requests.clear()
        consumer.dynamodb.calls.clear()
        consumer.log.seek(0)
        consumer.log.truncate()
    return deliveries, accounts, requests, seconds / deliveries * 1e6


def _pure(deliveries: int, accounts: int) -> Measured:
    """Read them and put them into batches, as domain code alone does; each invocation the same."""
    seconds = 0.0
    batches = 0
    statuses = frozenset({"PUBLISHED"})
    texts = list(bodies(min(OF_AN_INVOCATION, deliveries), accounts))
    for _ in range(0, deliveries, OF_AN_INVOCATION):
        begun = time.process_time()
        contents = [
            each for text in texts for each in read_body(text, actionable_statuses=statuses)
        ]
        found = into_batches(
            (OPPORTUNITY, each.recommendation) for each in contents if isinstance(each, Publication)
        )
        batches += len(list(found))
        seconds += time.process_time() - begun
    return deliveries, accounts, batches, seconds / deliveries * 1e6

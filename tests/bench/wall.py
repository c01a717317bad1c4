"""How long an invocation takes, beside the least that latency and concurrency allow.

The real code, its threads included, against a ledger and an API that take their time and nothing
else: each call to DynamoDB and each apply request sleeps.
"""

import time
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from tests.bench.answered_at_once import Network, Table
from tests.bench.consumer import REQUESTS_AT_ONCE, Consumer
from tests.bench.deliveries import event
from tests.bench.page import Page

REQUEST_SECONDS: Final = 0.150
CALL_SECONDS: Final = 0.005
CALLS_AT_ONCE: Final = 8
ACCOUNTS: Final = (10, 40, 100)
RUNS: Final = 3
"""The least counts: a request that begins a moment too late for one round of eight waits for the
next, which is another 150 ms."""


def measure(
    deliveries: int = 1_000,
    accounts: tuple[int, ...] = ACCOUNTS,
    *,
    request_seconds: float = REQUEST_SECONDS,
    call_seconds: float = CALL_SECONDS,
) -> Page:
    """Let *deliveries* deliveries be applied, of so many *accounts* each time."""
    rows = []
    for count in accounts:
        asked = event(deliveries, accounts=count)
        took, table, network = min(
            (_handled(asked, call_seconds, request_seconds) for _ in range(RUNS)), key=itemgetter(0)
        )
        requests, calls = len(network.requests), len(table.calls)
        claims = -(-deliveries // CALLS_AT_ONCE) * call_seconds
        sending = -(-requests // REQUESTS_AT_ONCE) * request_seconds
        # The breaker is read first; nothing is sent that is not claimed, and what was sent last is
        # recorded. Between them claims and requests may be under way at once.
        best = 2 * call_seconds + max(
            claims + request_seconds, _first_claims(requests, claims) + sending
        )
        figures = (claims, sending, best, took)
        rows.append(
            (
                count,
                requests,
                calls,
                *(round(each, 2) for each in figures),
                round(took / best, 2),
                round(took / (claims + sending), 2),
            )
        )
    return Page(
        name="wall",
        title=f"Wall time of {deliveries:,} deliveries",
        columns=(
            "accounts",
            "apply requests",
            "DynamoDB calls",
            "s of claims",
            "s of requests",
            "s at best",
            "s",
            "of the best",
            "of one after the other",
        ),
        rows=rows,
        notes=(
            f"An apply request takes {request_seconds * 1_000:.0f} ms, {REQUESTS_AT_ONCE} at once.",
            f"A call to DynamoDB takes {call_seconds * 1_000:.0f} ms, {CALLS_AT_ONCE} at once.",
            "At best: the first requests go out once they are claimed, the last once all are.",
            f"The least of {RUNS} runs.",
        ),
    )


def _handled(
    asked: Mapping[str, Any], call_seconds: float, request_seconds: float
) -> tuple[float, Table, Network]:
    """Say how long it took, and what was asked of whom meanwhile."""
    table, network = Table(seconds=call_seconds), Network(seconds=request_seconds)
    began = time.monotonic()
    Consumer(dynamodb=table, network=network).handle(asked)
    return time.monotonic() - began, table, network


def _first_claims(requests: int, claims: float) -> float:
    """Say how long it takes to claim for as many requests as are under way at once."""
    return claims * min(1.0, REQUESTS_AT_ONCE / requests)

"""How full invocations and apply requests get, with the template's defaults and with others.

By the formulas of domain/filling.py, and beside them by a simulation, message by message.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from recommendation_applier.domain.filling import DAYS, Filling, filling_of
from recommendation_applier.domain.workload import Arrival, Workload
from tests.bench.filling_simulation import simulated
from tests.bench.page import Cell, Page

VOLUMES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
"""Recommendations a month."""

ACCOUNTS: Final = (5, 25, 250)

TURNED: Final[Mapping[str, Mapping[str, Any]]] = {
    "defaults": {},
    "BatchSize 10": {"batch_size": 10},
    "BatchSize 100": {"batch_size": 100},
    "BatchSize 500": {"batch_size": 500},
    "BatchSize 1000": {"batch_size": 1_000},
    "BatchingWindowSeconds 1": {"batching_window_seconds": 1},
    "BatchingWindowSeconds 60": {"batching_window_seconds": 60},
    "BatchingWindowSeconds 300": {"batching_window_seconds": 300},
    "MaximumConcurrency 2": {"maximum_concurrency": 2},
    "MaximumConcurrency 5": {"maximum_concurrency": 5},
    "MaximumConcurrency 10": {"maximum_concurrency": 10},
}
"""One parameter of the template at a time. What is the default already is left out."""

_USUAL: Final = Workload(recommendations=1_000_000)

COMES: Final = {
    Arrival.BURST: f"within {_USUAL.burst_minutes} minutes a day",
    Arrival.EVEN: "all day long",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A workload, and how full its requests are."""

    turned: str
    workload: Workload
    filling: Filling

    @property
    def requests_a_day(self) -> float:
        """On the average of a month."""
        return self.filling.requests / DAYS


def by_volume(arrival: Arrival, accounts: int) -> Iterator[Filled]:
    """Fill with the template's defaults, at each volume."""
    for recommendations in VOLUMES:
        yield _filled(
            "defaults",
            replace(_USUAL, recommendations=recommendations, accounts=accounts, arrival=arrival),
        )


def by_parameter(arrival: Arrival, recommendations: int) -> Iterator[Filled]:
    """Fill at one volume, with each parameter as it is, and as it might be."""
    usual = replace(_USUAL, recommendations=recommendations, arrival=arrival)
    for turned, knobs in TURNED.items():
        other = replace(usual, **knobs)
        if turned == "defaults" or other != usual:
            yield _filled(turned, other)


def measure(
    *, messages: int = 3_000, volumes: Sequence[int] = (100_000, 1_000_000), most: int = 10**6
) -> Page:
    """Fill everything; *messages* are simulated for each, a day at least, up to *most* a month."""
    found = [
        each
        for arrival in Arrival
        for accounts in ACCOUNTS
        for each in by_volume(arrival, accounts)
    ]
    found += [
        each
        for arrival in Arrival
        for recommendations in volumes
        for each in by_parameter(arrival, recommendations)
        if each.turned != "defaults"
    ]
    return Page(
        name="filling",
        title="How full apply requests get, of 100 ids at most",
        columns=(
            "with",
            "recommendations a month",
            "which come",
            "of accounts",
            "deliveries an invocation",
            "ids a request",
            "the same, simulated",
            "requests a day",
            "for the least possible",
        ),
        rows=[
            _row(each, messages if each.workload.recommendations <= most else 0) for each in found
        ],
        notes=(
            _defaults(),
            "The least possible: each account's recommendations of a day, a hundred in a request.",
            "Accounts in equal shares, drawn by lot; a request takes a second, a delivery 4 ms.",
        ),
    )


def _defaults() -> str:
    return (
        f"Defaults: BatchSize {_USUAL.batch_size}, BatchingWindowSeconds "
        f"{_USUAL.batching_window_seconds}, MaximumConcurrency {_USUAL.maximum_concurrency}."
    )


def _filled(turned: str, workload: Workload) -> Filled:
    return Filled(turned, workload, filling_of(workload))


def _row(filled: Filled, messages: int) -> tuple[Cell, ...]:
    workload, filling = filled.workload, filled.filling
    an_account = workload.recommendations / DAYS / workload.accounts
    least = workload.accounts * max(min(1.0, an_account), an_account / 100)
    seen = simulated(workload, messages=messages).ids_a_request if messages else None
    return (
        filled.turned,
        workload.recommendations,
        COMES[workload.arrival],
        workload.accounts,
        round(workload.recommendations / filling.invocations, 1),
        round(filling.ids_a_request, 2),
        "" if seen is None else round(seen, 2),
        round(filled.requests_a_day),
        round(filled.requests_a_day / least, 1),
    )

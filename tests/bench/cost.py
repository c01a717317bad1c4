"""What a million recommendations cost, line by line: measured units times published prices.

The same functions as `applier costs`. tests/integration/test_bench.py holds the units of the ledger
to what is counted, as the page aws-calls shows it.
"""

from dataclasses import replace
from typing import Final

from recommendation_applier.domain.costs import MonthlyCosts, monthly_costs
from recommendation_applier.domain.filling import Filling, filling_of
from recommendation_applier.domain.prices import PRICES, Billed
from recommendation_applier.domain.usage import ledger_units
from recommendation_applier.domain.workload import Arrival, Workload
from tests.bench.page import Cell, Page

A_MILLION: Final = Workload(recommendations=1_000_000)
_FULL: Final = Filling(
    invocations=1,
    requests=10,
    requests_an_invocation=10,
    ids_a_request=100,
    held_requests=0,
    ids_a_held_request=0,
)
"""A thousand deliveries of ten accounts, as the page aws-calls has them."""


def write_units_an_id() -> float:
    """Reckon what the ledger writes for each id, of 100 in a request, until it is applied.

    Claimed, sent, recorded, and followed up twice: once while it is in progress, once when applied.
    """
    thousand = Workload(recommendations=1_000)
    return ledger_units(thousand, _FULL)[Billed.WRITE_UNITS] / thousand.recommendations


def measure() -> Page:
    """Reckon a month of a million, as it is by default, and with full requests."""
    month = monthly_costs(A_MILLION)
    evenly = monthly_costs(replace(A_MILLION, arrival=Arrival.EVEN))
    rows: list[tuple[Cell, ...]] = [
        (
            f"{line.service}: {line.billed.value}",
            _units(line.variable_units),
            f"{PRICES[line.billed].usd * 1_000_000:,.3f}",
            round(line.variable, 2),
        )
        for line in month.lines
        if line.variable_units
    ]
    rows.append(("variable, a million", "", "", round(month.a_million, 2)))
    rows.append(("the same, if they come all day long", "", "", round(evenly.a_million, 2)))
    rows.append(("fixed, a month", "", "", round(month.fixed, 2)))
    rows.append(("both, with AWS's free tiers", "", "", round(_with_free_tiers(month), 2)))
    rows.append(("write units an id, 100 ids a request", round(write_units_an_id(), 2), "", ""))
    ids = filling_of(A_MILLION).ids_a_request
    return Page(
        name="cost",
        title="What a million recommendations a month cost",
        columns=("what is billed", "units", "USD a million units", "USD"),
        rows=rows,
        notes=(
            f"25 accounts, whose day comes within ten minutes: {ids:.1f} ids a request.",
            "Units an id: 1 claim, and of 100 ids 6 for the record, 7 and 6 for two follow-ups.",
            "`applier costs` has other volumes, the fixed part and the sources of the prices.",
        ),
    )


def _with_free_tiers(month: MonthlyCosts) -> float:
    return monthly_costs(month.workload, free_tiers=True).total


def _units(units: float) -> str:
    return f"{units:,.0f}" if units >= 100 else f"{units:.2f}"

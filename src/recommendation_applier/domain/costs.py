"""What a month costs: units times prices. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recommendation_applier.domain.prices import PRICES, Billed, Price
from recommendation_applier.domain.usage import Usage, usage_of
from recommendation_applier.domain.workload import (
    Arrival,
    LogLevel,
    OpportunityFiles,
    StackSize,
    Workload,
)

THIS_STACK: Final = StackSize()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What one thing that is billed comes to, in USD a month."""

    billed: Billed
    fixed_units: float
    variable_units: float
    fixed: float
    variable: float

    @property
    def service(self) -> str:
        """Whose bill it is on."""
        return PRICES[self.billed].service


@dataclass(frozen=True, slots=True)
class MonthlyCosts:
    """What a workload costs a month, in USD; *lines* are what is billed, in the order of Billed."""

    workload: Workload
    lines: Sequence[CostLine]

    @property
    def fixed(self) -> float:
        """What is paid for if nothing comes."""
        return sum(line.fixed for line in self.lines)

    @property
    def variable(self) -> float:
        """What is paid for because something came."""
        return sum(line.variable for line in self.lines)

    @property
    def total(self) -> float:
        """All of it."""
        return self.fixed + self.variable

    @property
    def a_million(self) -> float:
        """The variable part for each million recommendations; 0 where there is none."""
        count = self.workload.recommendations
        return self.variable / count * 1_000_000 if count else 0.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """One *knob* turned *to* another value, and how much dearer that is in USD a month."""

    knob: str
    to: str
    difference: float


def monthly_costs(
    workload: Workload,
    *,
    free_tiers: bool = False,
    stack: StackSize = THIS_STACK,
    prices: Mapping[Billed, Price] = PRICES,
) -> MonthlyCosts:
    """Reckon what *workload* costs a month, at list prices.

    With *free_tiers*, as if nothing else in the account used its free units: the fixed part uses
    them first.
    """
    usage = usage_of(workload, stack)
    lines = [_line(billed, usage, prices[billed], free_tiers=free_tiers) for billed in Billed]
    return MonthlyCosts(
        workload, [line for line in lines if line.fixed_units or line.variable_units]
    )


def alternatives(workload: Workload, *, free_tiers: bool = False) -> Sequence[Alternative]:
    """Turn one knob at a time, and say by how much it changes the month's cost: the most first."""
    now = monthly_costs(workload, free_tiers=free_tiers).total
    found = [
        Alternative(knob, to, monthly_costs(other, free_tiers=free_tiers).total - now)
        for knob, to, other in _turned(workload)
        if other != workload
    ]
    return sorted(found, key=lambda each: -abs(each.difference))


def _line(billed: Billed, usage: Usage, price: Price, *, free_tiers: bool) -> CostLine:
    fixed, variable = usage.fixed.get(billed, 0.0), usage.variable.get(billed, 0.0)
    free = price.free if free_tiers else 0.0
    cost_of_fixed = max(0.0, fixed - free) * price.usd
    return CostLine(
        billed=billed,
        fixed_units=fixed,
        variable_units=variable,
        fixed=cost_of_fixed,
        variable=max(0.0, fixed + variable - free) * price.usd - cost_of_fixed,
    )


def _turned(workload: Workload) -> Iterator[tuple[str, str, Workload]]:
    arrival, files = "arrival, BatchingWindowSeconds", "OpportunityFiles"
    evenly = replace(workload, arrival=Arrival.EVEN)
    slowly = replace(evenly, batching_window_seconds=300)
    accounts, memory = workload.accounts * 10, workload.memory_mb * 2
    yield arrival, "a day's within minutes", replace(workload, arrival=Arrival.BURST)
    yield arrival, "over the whole day", evenly
    yield arrival, "over the whole day, 300", slowly
    yield "accounts", f"{accounts:,}", replace(workload, accounts=accounts)
    for each in OpportunityFiles:
        yield files, each.value, replace(workload, opportunity_files=each)
    yield "LedgerRetentionDays", "365", replace(workload, ledger_retention_days=365)
    yield "BatchSize", "100", replace(workload, batch_size=100)
    yield "share that is held", "all", replace(workload, held_share=1.0)
    yield "share delivered again", "all", replace(workload, repeated_share=1.0)
    yield "memory, and no faster", f"{memory:,} MB", replace(workload, memory_mb=memory)
    for level in LogLevel:
        yield "LogLevel", level.value, replace(workload, log_level=level)

"""How the page of a report calls things and writes numbers, the same everywhere on it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Final

from recommendation_applier.domain.amounts import ARITHMETIC
from recommendation_applier.domain.currencies import decimals_of
from recommendation_applier.domain.delays import BINS
from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.movements import Kind
from recommendation_applier.domain.report_figures import Account, Tally

OUTCOMES: Final = {
    Outcome.APPLIED: "applied",
    Outcome.PENDING: "pending",
    Outcome.HELD: "held",
    Outcome.FAILED: "failed",
    Outcome.DEAD_LETTERED: "refused",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.IGNORED: "ignored",
    Outcome.EXPIRED: "expired",
    Outcome.WAITING: "on its way",
}
"""Headings, in the order of tables."""

MEANINGS: Final = {
    Outcome.APPLIED: "Amazon accepted and applied it, or had done so before.",
    Outcome.PENDING: "Amazon accepted it, and has not said yet that it is applied.",
    Outcome.HELD: "It waits for a person, or a person has released it and it is on its way.",
    Outcome.FAILED: "Amazon accepted it, and it failed, was rejected, or was not settled in time.",
    Outcome.DEAD_LETTERED: "Amazon refused it; it was dead-lettered. Charts count it as failed.",
    Outcome.WITHDRAWN: "Removed, rejected, or applied by another way, before it was sent.",
    Outcome.IGNORED: "The policy says to leave it alone.",
    Outcome.EXPIRED: "Its expiry date passed before it was sent.",
    Outcome.WAITING: "On the queue, or in the hands of an invocation.",
}


@dataclass(frozen=True, slots=True)
class Series:
    """What is shown as one bar: the recommendations that stand at any of *outcomes*."""

    name: str
    colour: str
    outcomes: Collection[Outcome]

    def of(self, tally: Tally) -> int:
        """Count them in *tally*."""
        return sum(tally[each] for each in self.outcomes)


SERIES: Final = (
    Series("Came", "var(--came)", tuple(Outcome)),
    Series("Applied", "var(--applied)", (Outcome.APPLIED,)),
    Series("Pending", "var(--pending)", (Outcome.PENDING,)),
    Series("Held", "var(--held)", (Outcome.HELD,)),
    Series("Failed", "var(--failed)", (Outcome.FAILED, Outcome.DEAD_LETTERED)),
)
"""What every chart of recommendations shows, in this order and these colours."""

KINDS: Final = {
    Kind.BUDGET: "daily budgets",
    Kind.BUDGET_RULE: "budgets under rules",
    Kind.BID: "bids",
}

_UNITS: Final = (("d", 24 * 60 * 60), ("h", 60 * 60), ("min", 60), ("s", 1))
_SHORT: Final = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))
_LONG: Final = 10_000
_DIGITS: Final = 3
_MONEY_LENGTH: Final = 14
"""Of 10 million with decimals, and a sign."""


def show_count(count: int) -> str:
    """Write a number in whole, with commas."""
    return f"{count:,}"


def show_briefly(count: int) -> str:
    """Write a number in at most six characters, up to a trillion: 9,999, 12.3k, 4.56M."""
    if count < _LONG:
        return show_count(count)
    rounded = round(count, _DIGITS - len(str(count)))
    size, letter = next(each for each in _SHORT if rounded >= each[0])
    return f"{(Decimal(rounded) / size).normalize():,f}{letter}"


def show_money(amount: Decimal, currency: str, *, with_sign: bool = False) -> str:
    """Write an amount as people do in *currency*, rounded to its decimals."""
    unit = Decimal(1).scaleb(-decimals_of(currency))
    rounded = amount.quantize(unit, rounding=ROUND_HALF_EVEN, context=ARITHMETIC)
    return f"{'+' if with_sign and rounded > 0 else ''}{rounded:z,f}"


def show_money_briefly(amount: Decimal, currency: str, *, with_sign: bool = False) -> str:
    """Write an amount so that it fits beside a bar, however large it is."""
    shown = show_money(amount, currency, with_sign=with_sign)
    if len(shown) <= _MONEY_LENGTH:
        return shown
    sign = "-" if amount < 0 else "+" if with_sign else ""
    return f"{sign}{show_briefly(abs(int(amount)))}"


def show_length(length: timedelta | None) -> str:
    """Write a length of time in its two largest units: 3 d 4 h, 25 min 10 s."""
    if length is None:
        return "none"
    left = int(length.total_seconds())
    parts: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def bin_names() -> Sequence[str]:
    """Name the bars of a histogram of lengths of time."""
    ends = [show_length(each) for each in BINS]
    between = [f"{start} to {end}" for start, end in pairwise(ends)]
    return [f"under {ends[0]}", *between, f"{ends[-1]} or more"]


def account_names(accounts: Sequence[Account]) -> Sequence[str]:
    """Name accounts briefly; where two would have the same name, with their entities."""
    taken = Counter(map(str, accounts))
    return [
        f"{each} ({each.entity_id})" if taken[str(each)] > 1 else str(each) for each in accounts
    ]

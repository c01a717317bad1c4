"""How much money recommendations move: bids and budgets, each currency by itself. No I/O."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.change import Change, Setting
from recommendation_applier.domain.currencies import currency_of
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.setting_changes import changes_of

_EXACT: Final = Context(prec=200, traps=[Inexact])
"""Sums are exact, so that no order of adding makes another sum of them."""

_LARGEST: Final = Decimal(10) ** 15
_SMALLEST_EXPONENT: Final = -30
"""What is beyond these is no money: it is counted, and not added."""


class Kind(StrEnum):
    """What is added up: numbers of one kind and one currency."""

    BUDGET = "BUDGET"
    """What campaigns may spend in a day."""
    BUDGET_RULE = "BUDGET_RULE"
    """What they may spend in a day while a budget rule raises it."""
    BID = "BID"
    """What a click, or a thousand views, may cost."""


@dataclass(frozen=True, slots=True)
class Movement:
    """All numbers of one kind and currency that change, and what they add up to.

    *before* and *after* are sums of the *changed* numbers, of which *raised* rise and *lowered*
    fall; one that is changed in another way may do neither. *new* numbers have nothing to be
    compared with; *new_sum* adds those up. *unknown* counts the changes of which only a percentage
    is known, or a number that can be no money.
    """

    changed: int = 0
    raised: int = 0
    lowered: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    new: int = 0
    new_sum: Decimal = Decimal(0)
    unknown: int = 0

    @property
    def difference(self) -> Decimal:
        """By how much the sum of the *changed* numbers changes."""
        return _EXACT.subtract(self.after, self.before)

    def with_one_more(self, change: Change) -> "Movement":
        """Add one changed number."""
        before, after = change.before, change.after
        if after is None or not _is_money(after) or (before is not None and not _is_money(before)):
            return replace(self, unknown=self.unknown + 1)
        if before is None:
            return replace(self, new=self.new + 1, new_sum=_EXACT.add(self.new_sum, after))
        return replace(
            self,
            changed=self.changed + 1,
            raised=self.raised + (after > before),
            lowered=self.lowered + (after < before),
            before=_EXACT.add(self.before, before),
            after=_EXACT.add(self.after, after),
        )


@dataclass(frozen=True, slots=True)
class Movements:
    """Adds up movements by currency and kind, of any number of recommendations.

    Where nobody knows the currency of a marketplace, it is called by that. *uncomputable* counts
    the recommendations of which something cannot be computed, by currency as well.
    """

    sums: dict[tuple[str, Kind], Movement] = field(default_factory=dict)
    uncomputable: Counter[str] = field(default_factory=Counter)

    def add(self, recommendation: Recommendation) -> None:
        """Add all that *recommendation* changes."""
        marketplace = recommendation.advertiser.marketplace
        currency = currency_of(marketplace) or f"currency of {marketplace}"
        found = changes_of(recommendation)
        for change in found.changes:
            key = (currency, _kind_of(change))
            self.sums[key] = self.sums.get(key, Movement()).with_one_more(change)
        if found.uncomputable:
            self.uncomputable[currency] += 1


def _kind_of(change: Change) -> Kind:
    if change.setting is Setting.BID:
        return Kind.BID
    return Kind.BUDGET if change.place.increase_after is None else Kind.BUDGET_RULE


def _is_money(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return number < _LARGEST and isinstance(exponent, int) and exponent >= _SMALLEST_EXPONENT

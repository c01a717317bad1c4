"""One number of money that changes, or one that nobody can compute."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.amounts import (
    ARITHMETIC,
    parse_amount,
    percent_between,
    show_amount,
    show_percent,
    show_value,
)
from recommendation_applier.domain.value import value


class Setting(StrEnum):
    """What money a number is."""

    BID = "BID"
    """What one click, or a thousand views, may cost."""
    BUDGET = "BUDGET"
    """What a campaign may spend in a day."""


@value(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the campaign a number stands, in Amazon's ids and words, as far as they are told.

    *text* and *match_type* are a keyword's. *increase_before* and *increase_after* are what a
    budget rule says, from which its budgets are computed.
    """

    ad_group_id: str | None = None
    target_id: str | None = None
    text: str | None = None
    match_type: str | None = None
    budget_rule_id: str | None = None
    increase_before: str | None = None
    increase_after: str | None = None


NOWHERE: Final = Place()
"""In the campaign itself."""


@value(frozen=True, slots=True)
class Change:
    """One number that would change; *what* names it for whoever manages the campaign.

    *before* is None for something new. *relative* is by how many percent it changes where that is
    all there is, as for a budget rule whose budget is not told; *before* and *after* are None then.
    *place* is for whoever wants to find it; changes are equal wherever they are.
    """

    setting: Setting
    what: str
    before: Decimal | None
    after: Decimal | None
    relative: Decimal | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_new(self) -> bool:
        """Tell whether there is no current value to compare with."""
        return self.before is None and self.relative is None

    @property
    def difference(self) -> Decimal | None:
        """By how much it changes; None where that cannot be computed."""
        if self.before is None or self.after is None:
            return None
        return ARITHMETIC.subtract(self.after, self.before)

    @property
    def percent(self) -> Decimal | None:
        """By how many percent it changes, never understated; None if that cannot be computed."""
        if self.after is None or not self.before:
            return self.relative
        return percent_between(self.before, self.after)

    def __str__(self) -> str:
        """Say what changes, from what to what, and by how much."""
        numbers = [show_amount(each) for each in (self.before, self.after) if each is not None]
        said = f"{self.what} {' -> '.join(numbers)}".rstrip()
        if self.is_new:
            return f"{said} is new"
        return said if self.percent is None else f"{said} is {show_percent(self.percent)}"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a recommendation does to numbers of money.

    *changes* are numbers that change or are new; *uncomputable* says in sentences what else there
    is that may cost money, and why nobody can say how much.
    """

    changes: tuple[Change, ...] = ()
    uncomputable: tuple[str, ...] = ()


Findings = Iterator[Change | str | None]
"""Numbers that change, sentences on what cannot be computed, and None for a number that stays."""


def compare(
    setting: Setting, what: str, recommended: object, current: object, place: Place = NOWHERE
) -> Findings:
    """Compare a number of the settings with what it is now, both as JSON holds them.

    Nothing comes of one that is not recommended.
    """
    if recommended is None:
        return
    try:
        after = parse_amount(recommended)
        before = None if current is None else parse_amount(current)
    except ValueError as error:
        yield f"{what} {show_value(current)} -> {show_value(recommended)}: each {error}"
    else:
        yield None if before == after else Change(setting, what, before, after, place=place)

"""By how much a budget rule raises a budget while it is in force."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommendation_applier.domain.amounts import ARITHMETIC, parse_amount

INCREASE_RULE: Final = "must be a number with its unit, such as '25%' or '20.00 USD'"

_WRITTEN: Final = re.compile(r"\s*([\d.,]+)\s*(%|[A-Za-z]+)\s*", re.ASCII)
_PERCENT: Final = ("%", "PERCENT", "PERCENTAGE")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Increase:
    """A share of the budget, or an amount on top of it."""

    number: Decimal
    in_percent: bool

    def on(self, budget: Decimal) -> Decimal:
        """Give what *budget* becomes."""
        share = ARITHMETIC.divide(ARITHMETIC.multiply(budget, self.number), Decimal(100))
        return ARITHMETIC.add(budget, share if self.in_percent else self.number)


def parse_increase(value: object) -> Increase:
    """Read the `increase_by` of a budget rule.

    The dataset guide calls it a string, "Amount to increase the budget by", and says nothing of the
    unit; the budget rules of Amazon's APIs are `{"type": "PERCENT", "value": 25}`. A number alone
    is not guessed at: of a budget of 20, an increase by 50 is 70 or 30. Raises ValueError.
    """
    if isinstance(value, dict):
        number, unit = value.get("value"), value.get("type")
    elif isinstance(value, str) and (written := _WRITTEN.fullmatch(value)):
        number, unit = written.groups()
    else:
        raise ValueError(INCREASE_RULE)
    if unit in _PERCENT:
        return Increase(parse_amount(number), in_percent=True)
    if isinstance(unit, str) and _CURRENCY.fullmatch(unit):
        return Increase(parse_amount(number), in_percent=False)
    raise ValueError(INCREASE_RULE)

"""Numbers as Amazon's settings write them, and as people read them. Never raises for odd ones."""

import json
import re
from decimal import ROUND_UP, Context, Decimal
from typing import Final

from recommendation_applier.domain.stream_message import shorten

AMOUNT_RULE: Final = "must be a number, 0 or more, such as 2.5 or '1,234.50'"

ARITHMETIC: Final = Context(prec=50, rounding=ROUND_UP, Emin=-9_999_999, Emax=9_999_999, traps=[])
"""Rounds away from zero, so that a change is never taken for a smaller one than it is."""

_WRITTEN: Final = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SHOWN_DIGITS: Final = 15


def parse_amount(value: object) -> Decimal:
    """Read a number of a campaign's settings.

    A JSON number, or a string of one, with or without thousands commas (data files have both). A
    comma anywhere else might be a decimal one, and is refused. Raises ValueError with AMOUNT_RULE.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
        if number.is_finite() and number >= 0:
            return number
    elif isinstance(value, str) and _WRITTEN.fullmatch(value.strip()):
        return Decimal(value.strip().replace(",", ""))
    raise ValueError(AMOUNT_RULE)


def percent_between(before: Decimal, after: Decimal) -> Decimal:
    """Say by how many percent of *before*, which is not nought, *after* differs from it."""
    difference = ARITHMETIC.subtract(after, before)
    return ARITHMETIC.divide(ARITHMETIC.multiply(difference, Decimal(100)), before)


def show_amount(number: Decimal) -> str:
    """Write *number* as people do: without trailing zeros, and short however large it is."""
    if number and abs(number.adjusted()) >= _SHOWN_DIGITS:
        return f"{number:.3e}"
    return f"{number.normalize(ARITHMETIC):f}"


def show_percent(percent: Decimal) -> str:
    """Write *percent* with its sign and at most two decimals, rounded away from zero."""
    if percent.adjusted() < _SHOWN_DIGITS:
        percent = percent.quantize(Decimal("0.01"), context=ARITHMETIC)
    return f"{'+' if percent > 0 else ''}{show_amount(percent)} %"


def show_value(value: object) -> str:
    """Show anything that JSON can hold in a sentence, however deep or long it is."""
    if isinstance(value, str):
        return shorten(readable(value))
    if isinstance(value, list | tuple):
        return "an array" if value else "an empty array"
    if isinstance(value, int) and not isinstance(value, bool):
        return show_amount(Decimal(value))
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    return str(value) if isinstance(value, Decimal) else "an object"


def readable(text: str) -> str:
    """Give *text* fit for a log: half an emoji or a line break could not be written everywhere."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else "?" for each in text)

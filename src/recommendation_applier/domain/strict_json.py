"""JSON that a person wrote, read so that nothing in it is lost or guessed at."""

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from recommendation_applier.domain.amounts import show_value


def read_strictly(text: str) -> object:
    """Read *text*, with every fraction as it is written (Decimal).

    Raises ValueError for what is no JSON, NaN and infinities included, and for a name that stands
    twice in one object, of which every other reader would keep the last.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_decimal, parse_float=_decimal
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{show_value(repeated)} is there twice in one object")
    return found


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # an exponent of twenty digits
        raise ValueError(f"{text} is no number") from error
    if number.is_finite():
        return number
    raise ValueError(f"{text} is no number")

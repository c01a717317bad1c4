"""Numbers of the settings that no guide documents: nobody knows which of them are money."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import zip_longest
from typing import Any, Final

from recommendation_applier.domain.amounts import show_value

_NUMBER: Final = re.compile(
    r"\W*\d[\d.,]*(?:e[-+]?\d+)?\s*(?:%|[a-z]{1,10})?", re.ASCII | re.IGNORECASE
)
_ID: Final = re.compile(r"ids?|.*(?:_ids?|Ids?)", re.DOTALL)


def other_numbers(
    recommended: Mapping[str, Any], current: Mapping[str, Any], *, documented: AbstractSet[str]
) -> Iterator[str]:
    """Name every field beyond the *documented* ones in which a number would change.

    A new bidding rule or placement may cost as much as any bid, so each of them is told. However
    deep they are nested; what is equal in both settings, an id or a text changes no number.
    """
    for name in recommended:
        if name not in documented and _changes(name, recommended[name], current.get(name)):
            yield f"{show_value(name)} has a number that changes, and nobody knows what it costs"


def _changes(name: str, recommended: object, current: object) -> bool:
    waiting = [(name, recommended, current)]
    while waiting:  # a loop, since JSON can be nested deeper than Python can call
        name, there, here = waiting.pop()
        if isinstance(there, dict):
            fields = here if isinstance(here, dict) else {}
            waiting += [(key, each, fields.get(key)) for key, each in there.items()]
        elif isinstance(there, list):
            values = here[: len(there)] if isinstance(here, list) else []
            waiting += [(name, each, value) for each, value in zip_longest(there, values)]
        elif _is_number(there) and there != here and not _ID.fullmatch(name):
            return True
    return False


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)

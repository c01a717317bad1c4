"""The conditions of a policy's statement, held against what is known of a request.

Source: IAM user guide, "Condition operators" and "Single-valued vs. multivalued context keys". A
verdict is True, False, or None where it depends on what nobody here knows.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

Verdict = bool | None

Context = Mapping[str, str | None]
"""A request's keys in lower case, with their values; None is for one that is not known."""

_LENGTH_OF_ARN: Final = 6


def listed(value: object) -> list[str]:
    """Read what may stand alone or in a list; numbers and truth values as JSON writes them."""
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True if all are, False if one is not, None if it depends."""
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True if one is, False if none is, None if it depends."""
    return negated(all_of(negated(each) for each in verdicts))


def negated(verdict: Verdict) -> Verdict:
    """Turn it round; what depends still depends."""
    return None if verdict is None else not verdict


def is_like(pattern: str, value: str) -> bool:
    """Match `*` and `?`, and everything else as it is."""
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def hold(conditions: Mapping[str, Mapping[str, object]], context: Context) -> Verdict:
    """Tell whether all *conditions* hold.

    What is not in *context*, the request has not.
    """
    return all_of(
        _holds(operator.lower(), context, key.lower(), listed(wanted))
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
    )


def _holds(operator: str, context: Context, key: str, wanted: list[str]) -> Verdict:
    quantifier, _, name = operator.rpartition(":")
    is_optional, name = name.endswith("ifexists"), name.removesuffix("ifexists")
    if name == "null":
        return any((key not in context) == (each == "true") for each in wanted)
    is_negated = "not" in name
    if key not in context:
        return is_optional or quantifier == "forallvalues" or (is_negated and not quantifier)
    compare = _COMPARE.get(name.replace("not", ""))
    value = context[key]
    if compare is None or value is None:
        return None
    found = any_of(None if "${" in each else compare(each, value) for each in wanted)
    return negated(found) if is_negated else found


def _is_like_arn(pattern: str, value: str) -> Verdict:
    """Match each of the six parts alone; a wildcard does not reach over a colon."""
    parts = pattern.split(":", _LENGTH_OF_ARN - 1)
    if len(parts) != _LENGTH_OF_ARN:
        return True if pattern == "*" else None
    return all(map(is_like, parts, value.split(":", _LENGTH_OF_ARN - 1)))


_COMPARE: Final[Mapping[str, Callable[[str, str], Verdict]]] = {
    "arnequals": _is_like_arn,
    "arnlike": _is_like_arn,
    "bool": lambda wanted, value: wanted.lower() == value.lower(),
    "stringequals": lambda wanted, value: wanted == value,
    "stringequalsignorecase": lambda wanted, value: wanted.lower() == value.lower(),
    "stringlike": is_like,
}
"""Without the `not` of their opposites. All others (addresses, dates, numbers) nobody can tell."""

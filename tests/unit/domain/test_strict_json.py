"""JSON that a person wrote, read so that nothing in it is lost."""

from decimal import Decimal

import pytest

from recommendation_applier.domain.strict_json import read_strictly


def test_what_is_written_is_read() -> None:
    """Fractions exactly, and everything else as JSON has it."""
    text = '{"a": [0.1, 1, 1e2, -0.5], "b": {"c": null, "d": true, "e": "\\u00e9"}}'

    assert read_strictly(text) == {
        "a": [Decimal("0.1"), 1, Decimal(100), Decimal("-0.5")],
        "b": {"c": None, "d": True, "e": "é"},
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", r"Expecting value: line 1 column 1"),
        ("{'a': 1}", r"Expecting property name"),
        ('{"a": 1,}', r"(Expecting property name|Illegal trailing comma)"),
        ('{"a": NaN}', r"^NaN is no number$"),
        ('{"a": -Infinity}', r"^-Infinity is no number$"),
        ('{"a": 1e99999999999999999999}', r"^1e99999999999999999999 is no number$"),
        ('{"a": 1, "b": 2, "a": 1}', r"^'a' is there twice in one object$"),
        ('{"b": 1, "a": 1, "a": 2}', r"^'a' is there twice in one object$"),
        ('[{"b": {"a": 1, "a": 2}}]', r"^'a' is there twice in one object$"),
        ("[" * 200_000, r"^it is nested too deeply$"),
        ("9" * 5_000, r"Exceeds the limit"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str, why: str) -> None:
    """So is a name that stands twice, of which one value would be lost."""
    with pytest.raises(ValueError, match=why):
        read_strictly(text)

"""Numbers as Amazon's settings write them, and as people read them."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.amounts import (
    AMOUNT_RULE,
    ARITHMETIC,
    parse_amount,
    readable,
    show_amount,
    show_percent,
    show_value,
)
from tests.unit.domain.documents import json_values


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (0, "0"),
        (5, "5"),
        (0.1, "0.1"),
        (2.64, "2.64"),
        (1e22, "1e22"),
        (10**400, "1e400"),
        ("0.75", "0.75"),
        (" 2.50 ", "2.50"),
        ("1800", "1800"),
        ("1,234.50", "1234.50"),
        ("12,345,678", "12345678"),
        ("999,999", "999999"),
    ],
)
def test_a_number_is_read_as_it_is_written(written: object, number: str) -> None:
    """JSON numbers and strings, with thousands commas or without, exactly."""
    assert parse_amount(written) == Decimal(number)


@pytest.mark.parametrize(
    "written",
    [
        None, True, False, "", " ", "abc", "NaN", "Infinity", "1e3", "-1", "+1", ".5", "5.",
        "1.2.3", "2,50", "1,23", "1,2345", ",100", "1,234,5", "1.234,50", "2.50 USD", "$2", "1_000",
        "1 234", -1, -0.01, float("nan"), float("inf"), [], [1], {}, {"amount": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_what_may_be_another_number_is_refused(written: object) -> None:
    """A decimal comma, a currency, a sign: nothing is guessed at."""
    with pytest.raises(ValueError, match=f"^{re.escape(AMOUNT_RULE)}$"):
        parse_amount(written)


def test_other_digits_are_no_number() -> None:
    """Amazon writes none, whatever Python can read."""
    with pytest.raises(ValueError, match=r"^must be a number"):
        parse_amount("\N{ARABIC-INDIC DIGIT THREE}")


def test_arithmetic_never_understates() -> None:
    """A third is a little more than a third, on both sides of nought; what is exact stays so."""
    assert ARITHMETIC.divide(Decimal(1), Decimal(3)) > Decimal("0." + "3" * 49)
    assert ARITHMETIC.divide(Decimal(-1), Decimal(3)) < Decimal("-0." + "3" * 49)
    assert ARITHMETIC.divide(Decimal(80), Decimal(100)) == Decimal("0.8")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0", "0"),
        ("0.00", "0"),
        ("0." + "0" * 30, "0"),
        ("2.50", "2.5"),
        ("100", "100"),
        ("1E+2", "100"),
        ("100.0", "100"),
        ("0.05", "0.05"),
        ("123456789012345", "123456789012345"),
        ("1234567890123456", "1.235e+15"),
        ("1E+400", "1.000e+400"),
        ("1E-14", "0.00000000000001"),
        ("0.1234567890123456789012345678901234567", "0.1234567890123456789012345678901234567"),
        ("1E-15", "1.000e-15"),
    ],
)
def test_an_amount_is_shown_as_people_write_it(number: str, shown: str) -> None:
    """However large it is, it does not fill the page."""
    assert show_amount(Decimal(number)) == shown


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        ("80", "+80 %"),
        ("-80", "-80 %"),
        ("0", "0 %"),
        ("252.000", "+252 %"),
        ("33.333333", "+33.34 %"),
        ("-33.333333", "-33.34 %"),
        ("50.001", "+50.01 %"),
        ("0.00001", "+0.01 %"),
        ("999999999999999.99", "+999999999999999.99 %"),
        ("1E+15", "+1.000e+15 %"),
        ("1E+300", "+1.000e+300 %"),
    ],
)
def test_percent_are_shown_with_their_sign(percent: str, shown: str) -> None:
    """What is just above a limit never looks as if it were at it."""
    assert show_percent(Decimal(percent)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (-1, "-1"),
        (2.5, "2.5"),
        (float("nan"), "NaN"),
        (Decimal("1.0"), "1.0"),
        ("abc", "'abc'"),
        ("a\nb\ud83d", "'a?b?'"),
        ("a" * 70, f"'{'a' * 60}' and 10 more characters"),
        ([], "an empty array"),
        ([1], "an array"),
        ((1,), "an array"),
        ({}, "an object"),
        ({"a": 1}, "an object"),
    ],
)  # fmt: skip
def test_a_value_is_shown_in_a_few_words(value: object, shown: str) -> None:
    """Whatever it is, and however long."""
    assert show_value(value) == shown


def test_a_number_of_thousands_of_digits_is_read_and_shown() -> None:
    """Python refuses to write it out, which must not be how a recommendation ends."""
    assert show_amount(parse_amount(10**5000)) == show_value(10**5000) == "1.000e+5000"


@given(json_values)
def test_anything_can_be_shown(value: Any) -> None:
    """In one line that every log can hold."""
    shown = show_value(value)

    assert len(shown) < 120
    assert shown.isprintable()


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_readable_can_be_written_everywhere(text: str) -> None:
    """Letter by letter, without halves of emojis and line breaks."""
    shown = readable(text)

    assert len(shown) == len(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown

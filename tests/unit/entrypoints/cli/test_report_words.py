"""How the page of a report calls things and writes numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from recommendation_applier.domain.delays import BINS
from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.movements import Kind
from recommendation_applier.domain.report_figures import Account
from recommendation_applier.entrypoints.cli.report_words import (
    KINDS,
    MEANINGS,
    OUTCOMES,
    SERIES,
    account_names,
    bin_names,
    show_briefly,
    show_count,
    show_length,
    show_money,
    show_money_briefly,
)


def test_every_outcome_and_every_kind_has_its_words() -> None:
    """And the first series has all of what came."""
    assert OUTCOMES.keys() == MEANINGS.keys() == set(Outcome)
    assert KINDS.keys() == set(Kind)
    assert set(SERIES[0].outcomes) == set(Outcome)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_345, "12.3k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_234_567, "1.23M"),
        (999_999_999, "1G"),
        (12_345_678_901, "12.3G"),
        (12_345_678_901_234, "12,300G"),
    ],
)
def test_a_number_is_short_beside_its_bar(count: int, shown: str) -> None:
    """However large it is; in whole it stands in the table."""
    assert show_briefly(count) == shown
    assert show_count(count).replace(",", "") == str(count)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234567.891", "USD", "1,234,567.89"),
        ("2", "EUR", "2.00"),
        ("1234.5", "JPY", "1,234"),
        ("1E+3", "currency of BE", "1,000.00"),
        ("-0.001", "USD", "0.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: str, currency: str, shown: str) -> None:
    """Yen have none."""
    assert show_money(Decimal(amount), currency) == shown


def test_a_difference_has_its_sign() -> None:
    """None at all has none."""
    amounts = map(Decimal, ("1.5", "-1.5", "0", "0.001"))
    shown = [show_money(each, "USD", with_sign=True) for each in amounts]

    assert shown == ["+1.50", "-1.50", "0.00", "0.00"]


def test_money_is_short_beside_its_bar() -> None:
    """Only what is very much is rounded."""
    amounts = [Decimal(each) for each in ("12345678.90", "12345678901.2", "-12345678901.2")]

    assert [show_money_briefly(each, "USD") for each in amounts] == [
        "12,345,678.90",
        "12.3G",
        "-12.3G",
    ]
    assert show_money_briefly(amounts[1], "JPY", with_sign=True) == "+12.3G"
    assert show_money_briefly(amounts[0], "USD", with_sign=True) == "+12,345,678.90"


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (None, "none"),
        (timedelta(), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=4, seconds=5), "3 h 4 min"),
        (timedelta(days=2, minutes=4), "2 d"),
        (timedelta(days=2, hours=1), "2 d 1 h"),
    ],
)
def test_a_length_of_time_has_its_two_largest_units(length: timedelta | None, shown: str) -> None:
    """The rest does not matter then."""
    assert show_length(length) == shown


def test_the_bars_of_a_histogram_are_named_by_their_ends() -> None:
    """One more than there are ends."""
    names = bin_names()

    assert len(names) == len(BINS) + 1
    assert (names[0], names[1], names[-1]) == ("under 1 min", "1 min to 5 min", "7 d or more")


def test_accounts_have_names_that_differ() -> None:
    """The entity is told where advertiser and marketplace are the same."""
    accounts = [Account("A1", "E1", "US"), Account("A1", "E2", "US"), Account("A1", "E1", "CA")]

    assert account_names(accounts) == ["A1 US (E1)", "A1 US (E2)", "A1 CA"]

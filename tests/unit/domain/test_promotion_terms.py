"""The terms of a promotion: what a file may say, and how it is read."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.errors import TermsError
from recommendation_applier.domain.promotion_terms import read_terms
from tests.promotion_builders import TERMS_TEXT, at, terms

SECOND = timedelta(seconds=1)


def changed(line: str) -> str:
    """Put *line* in the place of the shipped file's line of that field, or after all of them."""
    name = line.partition(" ")[0]
    text, count = re.subn(rf"^{name} = .*$", line, TERMS_TEXT, flags=re.MULTILINE)
    return text if count else f"{text}\n{line}\n"


# --- What is shipped -----------------------------------------------------------------------------


def test_the_terms_of_2022_are_shipped() -> None:
    """Window, weeks, days, fourteen marketplaces, three ad products and the amounts."""
    read = read_terms(TERMS_TEXT, source="the package")

    assert (read.opening, read.closing) == (at("2022-08-22 07:00"), at("2022-12-31 20:00"))
    assert (read.weeks, read.consecutive_weeks, read.week_begins) == (4, False, "MONDAY")
    assert (read.active_days, read.active_time) == (28, timedelta(days=28))
    assert read.advertiser_types == {"SELLER"}
    assert " ".join(sorted(read.marketplaces)) == "AE AU CA DE ES FR IT JP NL PL SG TR UK US"
    assert read.ad_products == ("SP", "SB", "SD")
    assert read.reward == 200
    assert read.most_per_marketplace == 600
    assert read.currency == "USD"
    assert read.dated == date(2022, 8, 22)
    assert len(read.other_conditions) == 4


def test_the_window_opens_by_pacific_daylight_time() -> None:
    """The terms call it 15:00 in China, which is 15 hours ahead of PDT, and 16 of PST."""
    assert terms().opening == datetime.fromisoformat("2022-08-22T15:00:00+08:00")
    assert terms().opening.tzinfo is UTC


def test_the_window_closes_at_noon_by_pacific_standard_time() -> None:
    """The opening is part of the window, the closing is not."""
    assert terms().closing == datetime.fromisoformat("2022-12-31T12:00:00-08:00")
    assert [
        terms().is_open(moment)
        for moment in (
            terms().opening - SECOND,
            terms().opening,
            terms().closing - SECOND,
            terms().closing,
        )
    ] == [False, True, True, False]


def test_what_decides_ambiguities_has_a_default() -> None:
    """Weeks begin on Monday and need not follow each other; further conditions may be none."""
    kept = [
        line
        for line in TERMS_TEXT.split("other_conditions")[0].splitlines()
        if not line.startswith(("week_begins", "consecutive_weeks"))
    ]

    read = read_terms("\n".join(kept), source="a file")

    assert (read.week_begins, read.consecutive_weeks, read.other_conditions) == (
        "MONDAY",
        False,
        (),
    )


# --- Weeks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        pytest.param("2022-08-22 07:00:00", date(2022, 8, 22), id="the-opening"),
        pytest.param("2022-08-29 06:59:59", date(2022, 8, 22), id="sunday-by-daylight-time"),
        pytest.param("2022-08-29 07:00:00", date(2022, 8, 29), id="monday-by-daylight-time"),
        # Clocks go back on Sunday, 6 November 2022.
        pytest.param("2022-10-31 06:59:59", date(2022, 10, 24), id="sunday-before-they-go-back"),
        pytest.param("2022-10-31 07:00:00", date(2022, 10, 31), id="monday-before-they-go-back"),
        pytest.param("2022-11-06 08:30:00", date(2022, 10, 31), id="01:30-daylight-time"),
        pytest.param("2022-11-06 09:30:00", date(2022, 10, 31), id="01:30-standard-time"),
        pytest.param("2022-11-07 07:00:00", date(2022, 10, 31), id="23:00-as-they-went-back"),
        pytest.param("2022-11-07 07:59:59", date(2022, 10, 31), id="sunday-as-they-went-back"),
        pytest.param("2022-11-07 08:00:00", date(2022, 11, 7), id="monday-after-they-went-back"),
        # Clocks go forward on Sunday, 12 March 2023.
        pytest.param("2023-03-06 07:59:59", date(2023, 2, 27), id="sunday-before-they-go-forward"),
        pytest.param("2023-03-06 08:00:00", date(2023, 3, 6), id="monday-before-they-go-forward"),
        pytest.param("2023-03-13 06:59:59", date(2023, 3, 6), id="sunday-as-they-went-forward"),
        pytest.param("2023-03-13 07:00:00", date(2023, 3, 13), id="monday-as-they-went-forward"),
    ],
)
def test_a_week_ends_with_sunday_in_pacific_time(moment: str, week: date) -> None:
    """23:59:59 on a Sunday and 00:00:00 on a Monday are two weeks, whatever the clocks do."""
    assert terms().week_of(at(moment)) == week


def test_the_week_in_which_clocks_change_is_an_hour_longer_or_shorter() -> None:
    """It ends at midnight all the same."""
    year = terms(closes="2023-12-31T00:00")

    assert year.end_of(date(2022, 10, 24)) == at("2022-10-31 07:00")
    assert year.end_of(date(2022, 10, 31)) == at("2022-11-07 08:00")
    assert year.end_of(date(2023, 3, 6)) == at("2023-03-13 07:00")


def test_the_last_week_ends_when_the_window_closes() -> None:
    """Noon on Saturday, the 31st."""
    assert terms().end_of(date(2022, 12, 26)) == at("2022-12-31 20:00")


def test_a_week_can_begin_on_any_day() -> None:
    """Seven days counted from an opening on a Thursday are weeks that begin on Thursdays."""
    thursdays = terms(opens="2022-09-01T00:00", week_begins="THURSDAY")

    assert thursdays.window_weeks()[0] == date(2022, 9, 1)
    assert thursdays.week_of(at("2022-09-08 06:59:59")) == date(2022, 9, 1)
    assert thursdays.week_of(at("2022-09-08 07:00:00")) == date(2022, 9, 8)


def test_a_week_that_the_window_cuts_is_a_week() -> None:
    """The nineteen weeks of 2022, of which the last has five and a half days."""
    weeks = terms().window_weeks()

    assert len(weeks) == 19
    assert (weeks[0], weeks[1], weeks[-1]) == (
        date(2022, 8, 22),
        date(2022, 8, 29),
        date(2022, 12, 26),
    )


def test_a_window_that_closes_at_midnight_has_no_part_of_the_next_week() -> None:
    """The closing is not part of the window."""
    until_monday = terms(closes="2022-12-26T00:00")

    assert until_monday.window_weeks()[-1] == date(2022, 12, 19)


@given(hours=st.integers(0, 24 * 131 + 12))
def test_every_moment_of_the_window_is_in_one_of_its_weeks(hours: int) -> None:
    """And before the end of that week, but not before the end of the one before."""
    moment = terms().opening + timedelta(hours=hours) * 0.999

    week = terms().week_of(moment)

    assert week in terms().window_weeks()
    assert terms().end_of(week - timedelta(days=7)) <= moment < terms().end_of(week)


# --- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("weeks = 0", "Input should be greater than or equal to 1"),
        ("weeks = 20", "the window has 19"),
        ('weeks = "4"', "Input should be a valid integer"),
        ("weeks = true", "Input should be a valid integer"),
        ("week = 4", "Extra inputs are not permitted"),
        ("active_days = -1", "Input should be greater than or equal to 0"),
        ("active_days = 3661", "Input should be less than or equal to 3660"),
        ("active_days = 132", "the window is shorter than that"),
        ('consecutive_weeks = "no"', "Input should be a valid boolean"),
        ("closes = 2022-08-22T00:00:00", "must be later than opens"),
        ("closes = 2022-12-31T12:00:00Z", "Input should not have timezone info"),
        ("closes = 2990-01-01T00:00:00", "Input should be less than 2990-01-01"),
        ("opens = 1989-12-31T23:59:59", "Input should be greater than or equal to 1990-01-01"),
        ('advertiser_types = ["BRAND"]', "Input should be 'SELLER' or 'VENDOR'"),
        ("advertiser_types = []", "Frozenset should have at least 1 item"),
        ('marketplaces = ["XX"]', "must be the code of a marketplace, such as US"),
        ('marketplaces = ["us"]', "must be the code of a marketplace, such as US"),
        ("marketplaces = []", "Frozenset should have at least 1 item"),
        ('ad_products = ["SP", "DSP"]', "must be one of SP SB SD ST"),
        ("ad_products = []", "Tuple should have at least 1 item"),
        ("reward = 0", "Input should be greater than 0"),
        ("reward = inf", "Input should be a finite number"),
        ("most_per_marketplace = -1", "Input should be greater than 0"),
        ('currency = "usd"', "String should match pattern"),
        ('week_begins = "Monday"', "Input should be 'MONDAY', 'TUESDAY'"),
        ('dated = "in summer"', "Input should be a valid date"),
    ],
)
def test_a_field_that_is_wrong_is_named(line: str, why: str) -> None:
    """With its rule, and with the file that it stands in."""
    field = line.partition(" ")[0]

    with pytest.raises(
        TermsError,
        match=rf"^reading the terms of a promotion from my\.toml failed: {field}(\.\d)?: {why}",
    ):
        read_terms(changed(line), source="my.toml")


def test_a_file_that_is_no_toml_is_refused() -> None:
    """With the place of the first mistake."""
    with pytest.raises(
        TermsError, match=r"from my\.toml failed: it is not TOML: Invalid value \(at line 1, col"
    ):
        read_terms("weeks = \n", source="my.toml")


def test_an_unknown_time_zone_may_be_a_machine_without_time_zones() -> None:
    """What to install is said, since the name may well be right."""
    with pytest.raises(
        TermsError,
        match=r"time_zone: invalid timezone: PST \(if that is its name, this machine has no time "
        r"zone data: install tzdata\)$",
    ):
        read_terms(changed('time_zone = "PST"'), source="my.toml")


def test_every_wrong_field_is_named_at_once() -> None:
    """Nobody has to try once for each."""
    with pytest.raises(
        TermsError, match=r"name: String should have.*; source: Field required; .*currency: Field"
    ):
        read_terms('name = ""', source="my.toml")


def test_amounts_are_exact() -> None:
    """A tenth stays a tenth."""
    read = read_terms(changed("reward = 0.1"), source="my.toml")

    assert read.reward * 3 == Decimal("0.3")


def test_marketplaces_and_ad_products_may_be_written_in_amazons_other_way() -> None:
    """GB is UK, and a name is its code."""
    read = terms(marketplaces=["GB", "UK", "BE"], ad_products=["SPONSORED_BRANDS"])

    assert read.marketplaces == {"UK", "BE"}
    assert read.ad_products == ("SB",)


def test_the_whole_window_may_be_asked_for() -> None:
    """A campaign that is active all the time, and a change in every week."""
    read = terms(active_days=131, weeks=19)

    assert (read.active_days, read.weeks) == (131, 19)

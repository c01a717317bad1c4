"""Days put together so that they fit on a page."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.report_figures import Tally
from recommendation_applier.domain.report_periods import MOST, periods

FIRST = date(2026, 11, 2)  # a Monday
DAY = timedelta(days=1)


def one() -> Tally:
    """Make the tally of one recommendation."""
    return Counter({Outcome.HELD: 1})


def test_days_in_which_nothing_came_are_there() -> None:
    """Or else the next day would stand for them."""
    shown = periods({FIRST: one(), FIRST + 2 * DAY: one()})

    assert shown.unit == "day"
    assert shown.beginnings == ("2026-11-02", "2026-11-03", "2026-11-04")
    assert [tally.total() for _, tally in shown.rows] == [1, 0, 1]


def test_of_nothing_there_is_none() -> None:
    """And nothing is made up."""
    assert periods({}).rows == ()


def test_the_unit_is_the_shortest_that_fits() -> None:
    """From the first day to the last."""
    for last, unit, count, beginning in (
        (FIRST + (MOST - 1) * DAY, "day", MOST, "2026-11-02"),
        (FIRST + MOST * DAY, "week", 9, "2026-11-02"),
        (FIRST + (MOST * 7 - 1) * DAY, "week", MOST, "2026-11-02"),
        (FIRST + MOST * 7 * DAY, "month", 14, "2026-11"),
        (date(2031, 10, 31), "month", MOST, "2026-11"),
        (date(2031, 11, 1), "year", 2, "2026"),
    ):
        shown = periods({FIRST: one(), last: one()})
        assert (shown.unit, len(shown.rows), shown.beginnings[0]) == (unit, count, beginning)
        assert sum(tally.total() for _, tally in shown.rows) == 2


def test_a_week_is_named_by_its_monday() -> None:
    """Also where nothing came on it; the first of all days is one."""
    wednesday = FIRST + 2 * DAY

    assert periods({wednesday: one(), wednesday + 100 * DAY: one()}).beginnings[0] == "2026-11-02"
    assert periods({date.min: one(), date.min + 100 * DAY: one()}).beginnings[0] == "0001-01-01"


def test_years_between_are_left_out() -> None:
    """There may be thousands of them."""
    shown = periods({date.min: one(), FIRST: one(), date.max: one()})

    assert shown.beginnings == ("0001", "2026", "9999")
    assert [start for start, _ in shown.rows] == [
        date.min,
        date(2026, 1, 1),
        date(9999, 1, 1),
    ]


def test_months_follow_each_other() -> None:
    """Over the end of a year as well, and each from its first day."""
    shown = periods({date(2025, 1, 31): one(), date(2026, 12, 31): one()})

    assert [start for start, _ in shown.rows] == [
        date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)
    ]


@given(st.dictionaries(st.dates(), st.integers(1, 5), max_size=8))
def test_the_periods_add_up_to_the_days(days: dict[date, int]) -> None:
    """In order, each once."""
    shown = periods({day: Counter({Outcome.APPLIED: count}) for day, count in days.items()})

    assert sum(tally.total() for _, tally in shown.rows) == sum(days.values())
    assert sorted(set(shown.beginnings)) == list(shown.beginnings)

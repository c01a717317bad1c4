"""Moments and lengths of time, as an operator types and reads them."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from recommendation_applier.entrypoints.cli.times import (
    parse_duration,
    parse_moment,
    show_duration,
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90m", timedelta(minutes=90)),
        (" 24h ", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
    ],
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    """Minutes, hours, days or weeks."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1h30m", "999999d"])
def test_no_other_length_is_understood(text: str) -> None:
    """What may be written instead is said."""
    with pytest.raises(typer.BadParameter, match="90m, 24h, 7d or 2w"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["2026-11-01", "2026-11-01T00:00", "2026-11-01T00:00:00Z", "2026-11-01T01:00+01:00"]
)
def test_a_moment_is_a_date_in_utc(text: str) -> None:
    """Unless it names another zone."""
    assert parse_moment(text) == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_moment_may_be_said_by_how_long_ago() -> None:
    """Before now."""
    assert datetime.now(UTC) - parse_moment("7d") - timedelta(days=7) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "7y"])
def test_no_other_moment_is_understood(text: str) -> None:
    """What may be written instead is said."""
    with pytest.raises(typer.BadParameter, match="is no moment such as 2026-11-01"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(0), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(hours=24), "1 d"),
        (timedelta(days=9, hours=20), "9 d"),
    ],
)
def test_a_length_is_shown_in_its_largest_unit(duration: timedelta, shown: str) -> None:
    """Rounded down: there is no less time than is said."""
    assert show_duration(duration) == shown

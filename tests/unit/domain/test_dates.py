"""Every notation in which Amazon writes a moment."""

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.dates import DATE_RULE, format_date, parse_date

SEPTEMBER = datetime(2026, 9, 18, 17, 11, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

moments = st.datetimes(timezones=st.just(UTC))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(minutes * MINUTE))


@pytest.fixture(scope="module", autouse=True)
def _machine_in_kathmandu() -> Iterator[None]:
    """No test here passes only because its machine's clock shows UTC."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "NPT-05:45")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        pytest.param("2026-09-18T17:11:14 UTC", SEPTEMBER, id="stream"),
        pytest.param(" 2026-09-18T17:11:14 UTC\n", SEPTEMBER, id="stream-with-spaces-around"),
        pytest.param("2026-09-18T17:11:14.000 UTC", SEPTEMBER, id="stream-with-milliseconds"),
        pytest.param("2026-09-18 UTC", datetime(2026, 9, 18, tzinfo=UTC), id="stream-day"),
        pytest.param("2026-09-18T17:11:14Z", SEPTEMBER, id="iso-z"),
        pytest.param("2026-09-18T17:11:14.000Z", SEPTEMBER, id="iso-milliseconds"),
        pytest.param("2026-09-18T19:11:14+02:00", SEPTEMBER, id="iso-offset-east"),
        pytest.param("2026-09-18T12:41:14-04:30", SEPTEMBER, id="iso-offset-west"),
        pytest.param("2026-09-18T17:11:14", SEPTEMBER, id="iso-without-offset-is-utc"),
        pytest.param(SEPTEMBER, SEPTEMBER, id="moment"),
        pytest.param(SEPTEMBER.replace(tzinfo=None), SEPTEMBER, id="moment-without-offset-is-utc"),
        pytest.param(
            SEPTEMBER.astimezone(timezone(90 * MINUTE)), SEPTEMBER, id="moment-with-offset"
        ),
        pytest.param(
            datetime(1970, 2, 3, tzinfo=UTC), datetime(1970, 2, 3, tzinfo=UTC), id="moment-of-1970"
        ),
        pytest.param("2026-09-18", datetime(2026, 9, 18, tzinfo=UTC), id="iso-day"),
        pytest.param("20260918", datetime(2026, 9, 18, tzinfo=UTC), id="iso-day-of-eight-digits"),
        pytest.param(1789751474, SEPTEMBER, id="seconds"),
        pytest.param(1789751474.0, SEPTEMBER, id="seconds-as-float"),
        pytest.param("1789751474", SEPTEMBER, id="seconds-as-digits"),
        pytest.param(1789751474000, SEPTEMBER, id="milliseconds"),
        pytest.param("1789751474000", SEPTEMBER, id="milliseconds-as-digits"),
        pytest.param(1789751474000000, SEPTEMBER, id="microseconds"),
        pytest.param("1789751474000000", SEPTEMBER, id="microseconds-as-digits"),
        pytest.param("2/12/25", datetime(2025, 2, 12, tzinfo=UTC), id="month-day-year"),
        pytest.param("12/31/26", datetime(2026, 12, 31, tzinfo=UTC), id="month-day-year-of-two"),
        pytest.param("1/2/05", datetime(2005, 1, 2, tzinfo=UTC), id="year-with-a-zero"),
        pytest.param(
            "1970-01-01T00:28:57.668088Z",
            datetime(2025, 1, 23, 21, 34, 48, tzinfo=UTC),
            id="seconds-that-a-writer-took-for-microseconds",
        ),
    ],
)
def test_every_notation_of_a_moment_is_read(value: Any, moment: datetime) -> None:
    """Stream messages, data files and ISO 8601 all give the same moment, in UTC."""
    read = parse_date(value)

    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        ("123456789", "1973-11-29T21:33:09Z"),
        (99_999_999_999, "5138-11-16T09:46:39Z"),
        (100_000_000_000, "1973-03-03T09:46:40Z"),
        (99_999_999_999_999, "5138-11-16T09:46:39Z"),
        (100_000_000_000_000, "1973-03-03T09:46:40Z"),
        ("12345678901234567", "2361-03-21T19:15:01Z"),
    ],
)
def test_the_size_of_an_epoch_says_its_unit(value: Any, written: str) -> None:
    """Below 1e11 it counts seconds, below 1e14 milliseconds, and microseconds from there."""
    assert format_date(parse_date(value).replace(microsecond=0)) == written


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="null"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param([], id="array"),
        pytest.param({}, id="object"),
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("tomorrow", id="word"),
        pytest.param("UTC", id="only-a-zone"),
        pytest.param("2026-02-30T00:00:00Z", id="no-such-day"),
        pytest.param("13/1/25", id="no-such-month"),
        pytest.param("2/30/25", id="no-such-day-of-a-deal"),
        pytest.param("2/12/2025", id="year-of-four"),
        pytest.param("2-12-25", id="dashes"),
        pytest.param("12345678", id="eight-digits-that-are-no-day"),
        pytest.param("123456789012345678", id="eighteen-digits"),
        pytest.param("1e9", id="exponent-as-text"),
        pytest.param("0001-01-01T00:00:00+05:00", id="before-the-first-year-in-utc"),
        pytest.param("9999-12-31T23:59:59-05:00", id="after-the-last-year-in-utc"),
        pytest.param(math.inf, id="infinity"),
        pytest.param(math.nan, id="not-a-number"),
        pytest.param(1e300, id="huge"),
        pytest.param(-1e300, id="huge-negative"),
        pytest.param(10**400, id="whole-number-beyond-any-float"),
        pytest.param(-(10**400), id="negative-whole-number-beyond-any-float"),
    ],
)
def test_anything_else_is_refused_with_the_rule(value: Any) -> None:
    """What is no moment in a known notation raises ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r"^must be a date such as '2026-09-18T17:11:14 UTC'"):
        parse_date(value)


@pytest.mark.parametrize(
    "value", [1789751474.25, 1789751474250, 1789751474250000, "2026-09-18T17:11:14.25Z"]
)
def test_parts_of_a_second_are_kept(value: Any) -> None:
    """Every notation that has them keeps them."""
    assert parse_date(value) == SEPTEMBER + timedelta(milliseconds=250)


def test_our_own_documents_write_iso_in_utc() -> None:
    """A moment of any offset is written with a `Z`."""
    moment = datetime(2026, 9, 18, 19, 11, 14, 500, tzinfo=timezone(120 * MINUTE))

    assert format_date(moment) == "2026-09-18T17:11:14.000500Z"


# Amazon's mis-scaled epochs stand in 1970, so no other moment of that year can be written.
@given(moment=moments.filter(lambda moment: moment.year != 1970))
def test_a_moment_survives_writing_and_reading(moment: datetime) -> None:
    """What we write we read as the same moment."""
    assert parse_date(format_date(moment)) == moment


@given(
    moment=st.datetimes(min_value=datetime(1971, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    offset=offsets,
)
def test_an_offset_changes_the_notation_and_not_the_moment(
    moment: datetime, offset: timezone
) -> None:
    """Any offset is brought to UTC."""
    expected = moment.replace(tzinfo=UTC)

    assert parse_date(expected.astimezone(offset).isoformat()) == expected


@given(seconds=st.integers(100_000_000, 99_999_999_999), as_digits=st.booleans())
def test_the_three_units_of_an_epoch_agree(seconds: int, as_digits: bool) -> None:  # noqa: FBT001
    """One moment in seconds, milliseconds or microseconds, as number or digits, is one moment."""
    spellings = [seconds, seconds * 1_000, seconds * 1_000_000]

    assert {parse_date(str(one) if as_digits else one) for one in spellings} == {
        datetime.fromtimestamp(seconds, UTC)
    }


@given(
    value=st.text()
    | st.integers()
    | st.floats()
    | st.text("0123456789-/:TZ+. UTC", max_size=32)
    | st.lists(st.integers())
)
def test_whatever_is_read_is_a_moment_in_utc_or_refused(value: object) -> None:
    """Reading ends in a moment or in ValueError with the rule, for any value."""
    try:
        offset = parse_date(value).utcoffset()
    except ValueError as error:
        assert str(error) == DATE_RULE  # noqa: PT017
    else:
        assert offset == timedelta(0)

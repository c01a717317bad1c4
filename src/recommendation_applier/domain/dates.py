"""The notations in which Amazon writes a moment."""

import re
from datetime import UTC, datetime
from typing import Final

FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""Later than every moment that Amazon writes."""

_SECONDS_BELOW = 100_000_000_000
_MILLISECONDS_BELOW = 100_000_000_000_000
_STREAM_LENGTH = len("2026-09-18T17:11:14 UTC")
_DIGITS = re.compile(r"\d{9,17}")
_MONTH_DAY_YEAR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2})")

DATE_RULE = (
    "must be a date such as '2026-09-18T17:11:14 UTC', '2026-09-18T17:11:14.000Z', "
    "or an epoch in seconds, milliseconds or microseconds"
)


def parse_date(value: object) -> datetime:
    """Read a moment in any notation that Amazon's messages and data files use, as UTC.

    The notations: `2024-09-04T17:11:14 UTC` (Stream), ISO 8601 with `Z`, with an offset or with
    none (UTC then), epochs of seconds, milliseconds or microseconds as number or digits (data
    files), `2/12/25` (month, day and year: deals in data files), and `1970-01-01T00:28:57.668088Z`,
    which is an epoch of seconds that Amazon's file writer took for microseconds.

    Raises ValueError for anything else.
    """
    if isinstance(value, str):
        if len(value) == _STREAM_LENGTH and value.endswith(" UTC"):  # as in nearly all messages
            return _from_iso(f"{value[:-4]}Z")
        text = value.strip()
        return _from_iso(text) if text[4:5] == "-" else _from_text(text)
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    raise ValueError(DATE_RULE)


def format_date(moment: datetime) -> str:
    """Write *moment* the way our own documents do: ISO 8601 in UTC, with a `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _from_text(text: str) -> datetime:
    if _DIGITS.fullmatch(text):
        return _from_epoch(int(text))
    if slashes := _MONTH_DAY_YEAR.fullmatch(text):
        month, day, year = (int(part) for part in slashes.groups())
        return _from_iso(f"20{year:02}-{month:02}-{day:02}")
    return _from_iso(text)


def _from_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
        if moment.tzinfo is not UTC:
            moment = _in_utc(moment)
    except (ValueError, OverflowError) as error:
        raise ValueError(DATE_RULE) from error
    # No recommendation dates from 1970: the writer of the data files divides seconds by a million.
    return _from_epoch(moment.timestamp() * 1_000_000) if moment.year == 1970 else moment  # noqa: PLR2004


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_epoch(number: float) -> datetime:
    try:
        if number < _SECONDS_BELOW:
            return datetime.fromtimestamp(number, UTC)
        unit = 1_000 if number < _MILLISECONDS_BELOW else 1_000_000
        return datetime.fromtimestamp(number / unit, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(DATE_RULE) from error

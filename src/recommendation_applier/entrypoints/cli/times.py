"""Moments and lengths of time, as an operator types them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Read `90m`, `24h`, `7d` or `2w`. Raises BadParameter."""
    found = re.fullmatch(r"(\d{1,5})([mhdw])", text.strip())
    if found is None:
        raise typer.BadParameter(f"'{text}' is no length of time such as 90m, 24h, 7d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_moment(text: str) -> datetime:
    """Read a date, a date and time (UTC if it names no zone), or how long ago. BadParameter."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            return datetime.now(UTC) - parse_duration(text)
        except typer.BadParameter as error:
            raise typer.BadParameter(
                f"'{text}' is no moment such as 2026-11-01, 2026-11-01T12:00:00Z, or 7d (ago)"
            ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def show_duration(duration: timedelta) -> str:
    """Write *duration* in its largest unit, rounded down: 3 d, 5 h, 12 min."""
    minutes = int(duration.total_seconds() // 60)
    for length, unit in ((24 * 60, "d"), (60, "h")):
        if minutes >= length:
            return f"{minutes // length} {unit}"
    return f"{minutes} min"

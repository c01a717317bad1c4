"""Virtual moments as the real code sees them: dates, and a clock that a freeze stops."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

BEGINNING: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""The date of the virtual moment 0."""


def date_of(moment: float) -> datetime:
    """Give the date of a virtual moment."""
    return BEGINNING + timedelta(seconds=moment)


def moment_of(date: datetime) -> float:
    """Give the virtual moment of a date."""
    return (date - BEGINNING).total_seconds()


def http_date(moment: float) -> str:
    """Write a moment the way Retry-After may."""
    return format_datetime(date_of(moment), usegmt=True)


def stream_date(moment: float) -> str:
    """Write a moment the way the Stream does."""
    return date_of(moment).strftime("%Y-%m-%dT%H:%M:%S UTC")

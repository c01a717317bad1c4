"""Days put together so that they fit on a page. No I/O."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from recommendation_applier.domain.report_figures import Tally

MOST: Final = 60
"""Periods beside each other that can still be told apart."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Tallies by period, the first first; *unit* says how long each is, *rows* when it begins."""

    unit: str
    rows: tuple[tuple[date, Tally], ...]

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Name each period by when it begins."""
        length = {"month": len("2026-11"), "year": len("2026")}.get(self.unit)
        return tuple(start.isoformat()[:length] for start, _ in self.rows)


def periods(by_day: Mapping[date, Tally]) -> Periods:
    """Put days together by the shortest unit that makes no more than MOST of them.

    Those in which nothing came are there as well, but for years, of which there may be thousands:
    a date is what somebody has written.
    """
    for unit, (start_of, next_of) in _UNITS.items():
        found = _put_together(by_day, start_of)
        filled = _filled(sorted(found), next_of)
        if len(filled) <= MOST:
            return Periods(unit, tuple((each, found.get(each, Counter())) for each in filled))
    found = _put_together(by_day, lambda day: date(day.year, 1, 1))
    return Periods("year", tuple(sorted(found.items())))


def _put_together(
    by_day: Mapping[date, Tally], start_of: Callable[[date], date]
) -> dict[date, Tally]:
    found: dict[date, Tally] = {}
    for day, tally in by_day.items():
        found.setdefault(start_of(day), Counter()).update(tally)
    return found


def _filled(starts: Iterable[date], next_of: Callable[[date], date]) -> list[date]:
    """Give all from the first to the last, or one more than MOST of them."""
    filled: list[date] = []
    for start in starts:
        while filled and len(filled) <= MOST and (following := next_of(filled[-1])) < start:
            filled.append(following)
        filled.append(start)
    return filled


def _monday(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - day.weekday(), 1))


def _next_month(start: date) -> date:
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


_UNITS: Final[Mapping[str, tuple[Callable[[date], date], Callable[[date], date]]]] = {
    "day": (lambda day: day, lambda day: day + timedelta(days=1)),
    "week": (_monday, lambda day: day + timedelta(days=7)),
    "month": (lambda day: day.replace(day=1), _next_month),
}

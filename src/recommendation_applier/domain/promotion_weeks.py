"""In which weeks of a promotion's window a change is still needed. No I/O."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime

from recommendation_applier.domain.promotion_terms import PromotionTerms


def weeks_needed(
    terms: PromotionTerms, done: AbstractSet[date], *, now: datetime
) -> tuple[date, ...] | None:
    """Name the weeks that need a change besides those that are *done*, each as late as can be.

    Empty where enough is done, None where it no longer can be. Of weeks that must follow each
    other, those are meant of which the fewest are missing.
    """
    ahead = _weeks_ahead(terms, now)
    if terms.consecutive_weeks:
        return _needed_in_a_row(terms, done, ahead)
    missing = max(0, terms.weeks - len(done))
    free = [week for week in ahead if week not in done]
    if missing > len(free):
        return None
    return tuple(free[len(free) - missing :])


def _weeks_ahead(terms: PromotionTerms, now: datetime) -> tuple[date, ...]:
    if now >= terms.closing:
        return ()
    return tuple(week for week in terms.window_weeks() if week >= terms.week_of(now))


def _needed_in_a_row(
    terms: PromotionTerms, done: AbstractSet[date], ahead: tuple[date, ...]
) -> tuple[date, ...] | None:
    weeks = terms.window_weeks()
    rows = [weeks[start : start + terms.weeks] for start in range(len(weeks) - terms.weeks + 1)]
    lacking = [tuple(week for week in row if week not in done) for row in rows]
    possible = [row for row in lacking if set(row) <= set(ahead)]
    return min(reversed(possible), key=len, default=None)  # of equal ones the latest

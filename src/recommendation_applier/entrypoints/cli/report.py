"""What a report is about, and its figures as programs read them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic.alias_generators import to_camel

from recommendation_applier.domain.delays import BINS, Delays
from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.movements import Movements
from recommendation_applier.domain.report_figures import Account, Figures, Ranking, Tally

NO_REASON: Final = "(no reason)"
"""Of a letter that SQS itself moved, or that says none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a page of it says.

    *filters* says in words which recommendations are counted, empty for all. *letters* counts what
    is on the dead-letter queue by reason, None where nobody looked.
    """

    stack: str
    region: str
    written_at: datetime
    filters: str
    figures: Figures
    letters: Counter[str] | None = None


def report_facts(report: Report) -> Mapping[str, Any]:
    """Write all figures of *report* for programs; days are those in which something came."""
    figures = report.figures
    return {
        "stack": report.stack,
        "region": report.region,
        "writtenAt": report.written_at,
        "since": figures.span.since,
        "until": figures.span.until,
        "filters": report.filters or None,
        "recommendations": _tally(figures.total),
        "onlyRemoved": figures.unseen.total(),
        "days": [
            {"day": day.isoformat()} | _tally(tally)
            for day, tally in sorted(figures.by_day.items())
        ],
        "types": _ranking(figures.types()),
        "accounts": _ranking(figures.accounts()),
        "money": [
            *_money(figures.applied, Outcome.APPLIED),
            *_money(figures.pending, Outcome.PENDING),
        ],
        "notComputable": {
            "applied": figures.applied.uncomputable.total(),
            "pending": figures.pending.uncomputable.total(),
        },
        "publicationToAcceptance": {
            **_delays(figures.delays),
            "released": _delays(figures.released),
            "publishedAtUnknownTime": figures.undated.total(),
        },
        "failures": _reasons(figures.failures, "recommendations"),
        "held": _reasons(figures.holds, "recommendations"),
        "deadLetters": None if report.letters is None else _reasons(report.letters, "letters"),
    }


def ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    """Put the largest first, and those of the same size in the order of their names."""
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _reasons(counted: Counter[str], what: str) -> list[Mapping[str, Any]]:
    return [{"reason": reason, what: count} for reason, count in ranked(counted)]


def _tally(tally: Tally) -> dict[str, int]:
    return {"came": tally.total()} | {to_camel(each.value.lower()): tally[each] for each in Outcome}


def _ranking(ranking: Ranking[str] | Ranking[Account]) -> Mapping[str, Any]:
    return {
        "rows": [
            {
                **(
                    {to_camel(name): value for name, value in asdict(key).items()}
                    if isinstance(key, Account)
                    else {"type": key}
                ),
                **_tally(tally),
            }
            for key, tally in ranking.rows
        ],
        "others": ranking.others,
        "rest": _tally(ranking.rest),
    }


def _money(movements: Movements, outcome: Outcome) -> Iterator[Mapping[str, Any]]:
    for (currency, kind), sums in sorted(movements.sums.items()):
        yield {
            "outcome": outcome.value,
            "currency": currency,
            "kind": kind.value,
            "changed": sums.changed,
            "raised": sums.raised,
            "lowered": sums.lowered,
            "before": sums.before,
            "after": sums.after,
            "difference": sums.difference,
            "new": sums.new,
            "newSum": sums.new_sum,
            "unknown": sums.unknown,
        }


def _delays(delays: Delays) -> dict[str, Any]:
    return {
        "recommendations": delays.count,
        "medianSeconds": _seconds(delays.at(50)),
        "p90Seconds": _seconds(delays.at(90)),
        "maxSeconds": _seconds(delays.longest),
        "histogram": [
            {"belowSeconds": end and _seconds(end), "recommendations": count}
            for end, count in zip((*BINS, None), delays.histogram(), strict=True)
        ],
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())

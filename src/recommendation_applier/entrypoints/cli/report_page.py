"""The page of a report: one HTML file that needs nothing else, and loads nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime

from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.report_figures import Span
from recommendation_applier.entrypoints.cli.report import Report
from recommendation_applier.entrypoints.cli.report_html import Html, element, section, tiles
from recommendation_applier.entrypoints.cli.report_money import money_section
from recommendation_applier.entrypoints.cli.report_sections import (
    accounts_section,
    days_section,
    delays_section,
    failures_section,
    types_section,
)
from recommendation_applier.entrypoints.cli.report_style import POLICY, STYLE
from recommendation_applier.entrypoints.cli.report_words import (
    MEANINGS,
    OUTCOMES,
    SERIES,
    show_count,
)

_REST = (Outcome.WITHDRAWN, Outcome.IGNORED, Outcome.EXPIRED, Outcome.WAITING)
_EXPLAINED = {
    "Came": "each counted once",
    "Applied": "Amazon says so",
    "Pending": "accepted by Amazon, and followed",
    "Held": "waiting for a person",
    "Failed": "refused, or accepted and then failed",
}


def page(report: Report) -> str:
    """Write the page. Every name in it may be anybody's, and is only ever text."""
    title = f"Recommendations of {report.stack}"
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        element("title", title),
        element("style", Html(STYLE)),
    )
    body = element("body", _header(report, title), element("main", *_sections(report)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(report: Report, title: str) -> Html:
    said = [
        *_span(report.figures.span),
        " Written ",
        _moment(report.written_at),
        f" from the ledger in {report.region}. All days and times are UTC.",
    ]
    filters = f"Only recommendations with {report.filters}." if report.filters else None
    return element(
        "header",
        element("h1", title),
        element("p", *said, class_="muted"),
        *([element("p", filters, class_="muted")] if filters else []),
    )


def _sections(report: Report) -> Iterator[Html]:
    figures = report.figures
    yield tiles(
        {
            **{
                each.name: (show_count(each.of(figures.total)), _EXPLAINED[each.name])
                for each in SERIES
            },
            "The rest": (
                show_count(sum(figures.total[each] for each in _REST)),
                "withdrawn, ignored, expired, on its way",
            ),
        }
    )
    if figures.came:
        yield days_section(figures)
        yield types_section(figures)
        yield accounts_section(figures)
        yield money_section(figures)
        yield delays_section(figures)
    else:
        yield element("p", "The ledger knows of no such recommendation.")
    yield failures_section(report)
    yield _explanations(report)


def _explanations(report: Report) -> Html:
    unseen = report.figures.unseen.total()
    return section(
        "What these figures are",
        element(
            "p",
            "They are what the ledger of this stack remembers. A recommendation counts once, "
            "however often it was delivered, where it stands now, and on the day on which Amazon "
            "published it (or else, where Amazon gave no date, on which it was last claimed). What "
            "was let go or dead-lettered before it was claimed is not in the ledger.",
        ),
        element(
            "dl",
            *(
                part
                for outcome, word in OUTCOMES.items()
                for part in (
                    element("dt", word.capitalize()),
                    element("dd", MEANINGS[outcome]),
                )
            ),
            class_="words",
        ),
        *(
            [
                element(
                    "p",
                    f"Of {show_count(unseen)} more, nothing but a removal has come: they are in no "
                    "figure.",
                )
            ]
            if unseen
            else []
        ),
    )


def _span(span: Span) -> Iterator[str]:
    if span.since is None and span.until is None:
        yield "All that the ledger remembers."
        return
    yield "Published"
    if span.since:
        yield from (" from ", _moment(span.since), " on")
    if span.until:
        yield from (" and before " if span.since else " before ", _moment(span.until))
    yield "."


def _moment(moment: datetime) -> Html:
    return element(
        "time",
        moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
        datetime=format_date(moment),
    )

"""The parts of a report's page: what came, by day, type and account, how long it took, and why not.

A chart, a note on where its figures come from, and the same figures as a table.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from recommendation_applier.domain.delays import Delays
from recommendation_applier.domain.report_figures import RANKED, Account, Figures, Ranking, Tally
from recommendation_applier.domain.report_periods import MOST, periods
from recommendation_applier.entrypoints.cli.report import Report, ranked
from recommendation_applier.entrypoints.cli.report_charts import (
    Bar,
    bars_chart,
    histogram_chart,
    tallies_chart,
)
from recommendation_applier.entrypoints.cli.report_drawing import draw
from recommendation_applier.entrypoints.cli.report_html import (
    Html,
    element,
    figure,
    section,
    table,
    tiles,
)
from recommendation_applier.entrypoints.cli.report_periods_chart import periods_chart
from recommendation_applier.entrypoints.cli.report_words import (
    OUTCOMES,
    account_names,
    bin_names,
    show_count,
    show_length,
)


def days_section(figures: Figures) -> Html:
    """Show what came by the day on which it was published."""
    shown = periods(figures.by_day)
    rows = list(zip(shown.beginnings, (tally for _, tally in shown.rows), strict=True))
    name = f"Recommendations by {shown.unit} of publication"
    note = (
        f"From the ledger: by the {shown.unit} (UTC) in which Amazon published them, each where it "
        "stands now."
    )
    if len(rows) > MOST:
        note += f" Drawn are the last {MOST}."
    return section(
        f"By {shown.unit}",
        figure(
            draw(partial(periods_chart, shown), name=name),
            _tallies_table(name, shown.unit.capitalize(), rows),
            note=note,
        ),
    )


def types_section(figures: Figures) -> Html:
    """Show what came by type."""
    ranking = figures.types()
    names = [name for name, _ in ranking.rows]
    return _ranking_section("type", names, ranking)


def accounts_section(figures: Figures) -> Html:
    """Show what came by account."""
    ranking = figures.accounts()
    names = account_names([account for account, _ in ranking.rows])
    return _ranking_section("account", names, ranking)


def delays_section(figures: Figures) -> Html:
    """Show how long it took from publication to acceptance."""
    delays, released = figures.delays, figures.released
    name = "Time from publication to acceptance"
    if not delays.count:
        return section(name, element("p", "Nothing with a date of publication was accepted."))
    note = (
        f"From the ledger: {show_count(delays.count)} accepted recommendations, from the date of "
        "Amazon's to when the request was sent that Amazon accepted, or to when Amazon was found "
        f"to have it. {show_count(released.count)} of them waited for a person's release."
    )
    if undated := figures.undated.total():
        note += f" {show_count(undated)} more were accepted, and have no such date."
    counts = delays.histogram()
    return section(
        name,
        tiles(
            {
                "Median": (show_length(delays.at(50)), "half took no longer"),
                "90 %": (show_length(delays.at(90)), "nine of ten took no longer"),
                "Longest": (show_length(delays.longest), "of all"),
            }
        ),
        figure(
            draw(partial(histogram_chart, counts), name=name),
            element(
                "div",
                table(
                    name,
                    ("Time", "Recommendations"),
                    [(each, show_count(n)) for each, n in zip(bin_names(), counts, strict=True)],
                ),
                table(
                    "All, and those that a person released",
                    ("Which", "Recommendations", "Median", "90 %", "Longest"),
                    [_delays_row("all", delays), _delays_row("released by a person", released)],
                ),
            ),
            note=note,
        ),
    )


def failures_section(report: Report) -> Html:
    """Show what failed, what is held and what is on the dead-letter queue, by reason."""
    figures = report.figures
    return section(
        "Failed, held and dead-lettered",
        element("h3", "Failed or refused, by reason"),
        _reasons(
            ranked(figures.failures),
            "Failed or refused recommendations by reason",
            note="From the ledger: FAILED, REJECTED and UNSETTLED are how applications ended that "
            "Amazon had accepted; with any other reason, it did not accept.",
            colour="var(--failed)",
        ),
        element("h3", "Held, by reason"),
        _reasons(
            ranked(figures.holds),
            "Held recommendations by reason",
            note="From the ledger: what waits for a person now.",
            colour="var(--held)",
        ),
        element("h3", "Dead letters, by reason"),
        _letters(report),
    )


def _letters(report: Report) -> Html:
    if report.letters is None:
        return element("p", "The dead-letter queue was not looked at.")
    return _reasons(
        ranked(report.letters),
        "Dead letters by reason",
        note="From the dead-letter queue: all letters that are on it now, of whatever date and "
        "whichever account. A letter may be about up to 100 recommendations.",
        colour="var(--failed)",
    )


def _reasons(counted: Sequence[tuple[str, int]], name: str, *, note: str, colour: str) -> Html:
    if not counted:
        return element("p", "None.")
    _, longest = counted[0]
    bars = [
        Bar(each, count / longest, show_count(count), colour) for each, count in counted[:RANKED]
    ]
    return figure(
        draw(partial(bars_chart, bars), name=name),
        table(name, ("Reason", "Count"), [(each, show_count(count)) for each, count in counted]),
        note=note,
    )


def _ranking_section(
    what: str, names: Sequence[str], ranking: Ranking[str] | Ranking[Account]
) -> Html:
    rows = list(zip(names, (tally for _, tally in ranking.rows), strict=True))
    plural = "" if ranking.others == 1 else "s"
    summed = (f"{show_count(ranking.others)} other {what}{plural}", ranking.rest)
    others = [summed] if ranking.others else []
    name = f"Recommendations by {what}"
    return section(
        f"By {what}",
        figure(
            draw(partial(tallies_chart, rows, others), name=name),
            _tallies_table(name, what.capitalize(), [*rows, *others]),
            note="From the ledger: the largest first, each recommendation where it stands now. "
            "What is neither applied, pending, held nor failed is in the numbers.",
        ),
    )


def _tallies_table(name: str, heading: str, rows: Iterable[tuple[str, Tally]]) -> Html:
    return table(
        name,
        (heading, "came", *OUTCOMES.values()),
        [
            (
                each,
                show_count(tally.total()),
                *(show_count(tally[outcome]) for outcome in OUTCOMES),
            )
            for each, tally in rows
        ],
    )


def _delays_row(name: str, delays: Delays) -> Sequence[str]:
    lengths = (delays.at(50), delays.at(90), delays.longest)
    return (name, show_count(delays.count), *map(show_length, lengths))

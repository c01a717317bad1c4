"""The part of a report's page about money: bids and budgets, before and after, by currency."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from recommendation_applier.domain.movements import Kind, Movement, Movements
from recommendation_applier.domain.report_figures import Figures
from recommendation_applier.entrypoints.cli.report_charts import Bar, pairs_chart
from recommendation_applier.entrypoints.cli.report_drawing import draw
from recommendation_applier.entrypoints.cli.report_html import (
    Html,
    element,
    figure,
    section,
    table,
)
from recommendation_applier.entrypoints.cli.report_words import (
    KINDS,
    show_count,
    show_money,
    show_money_briefly,
)

_PAIRS: Final = 9
"""Sums that are drawn; all are in the table."""

_HEADINGS: Final = (
    "Sum",
    "numbers",
    "raised",
    "lowered",
    "before",
    "after",
    "difference",
    "new",
    "sum of new",
    "not added",
)

Row = tuple[str, str, Movement]


def money_section(figures: Figures) -> Html:
    """Show how much money was moved by what was applied, and is by what is pending."""
    parts = [
        *_part("Applied", figures.applied),
        *_part("Pending", figures.pending),
    ]
    return section(
        "Money moved",
        *(parts or [element("p", "No bid and no budget was changed.")]),
        element(
            "p",
            "From the ledger: what Amazon recommended, and what was there when it did so. Only "
            "amounts of one currency and one kind are added up; the currency is that of the "
            "account's marketplace. A number that was changed twice is in a sum twice. A sum of "
            "bids says in which direction they go, and not what is spent. New is what had no "
            "current value; not added is what is told as a percentage, or is no amount of money.",
            class_="muted",
        ),
    )


def _part(title: str, movements: Movements) -> Iterator[Html]:
    rows = [
        (f"{currency} {KINDS[kind]}", currency, sums)
        for (currency, kind), sums in sorted(
            movements.sums.items(), key=lambda each: (each[0][0], [*Kind].index(each[0][1]))
        )
    ]
    if not rows and not movements.uncomputable:
        return
    yield element("h3", title)
    name = f"Bids and budgets before and after: {title.lower()}"
    note = "Each pair on a scale of its own."
    if uncomputable := movements.uncomputable.total():
        note += (
            f" In {show_count(uncomputable)} of these recommendations there is something "
            "that may cost money and cannot be computed."
        )
    drawn = sorted(rows, key=lambda each: -each[2].changed)[:_PAIRS]
    pairs = [_pair(*row) for row in rows if row in drawn and row[2].changed]
    numbers = table(name, _HEADINGS, map(_cells, rows))
    if pairs:
        yield figure(draw(partial(pairs_chart, pairs), name=name), numbers, note=note)
    else:
        yield from (numbers, element("p", note, class_="muted"))


def _pair(name: str, currency: str, sums: Movement) -> tuple[str, Bar, Bar]:
    longest = max(sums.before, sums.after)  # two numbers that differ: one is not nought

    def bar(when: str, amount: Decimal, colour: str) -> Bar:
        return Bar(when, float(amount / longest), show_money_briefly(amount, currency), colour)

    return (
        f"{name} ({show_money_briefly(sums.difference, currency, with_sign=True)})",
        bar("before", sums.before, "var(--came)"),
        bar("after", sums.after, "var(--applied)"),
    )


def _cells(row: Row) -> Sequence[str]:
    name, currency, sums = row
    return (
        name,
        show_count(sums.changed),
        show_count(sums.raised),
        show_count(sums.lowered),
        show_money(sums.before, currency),
        show_money(sums.after, currency),
        show_money(sums.difference, currency, with_sign=True),
        show_count(sums.new),
        show_money(sums.new_sum, currency),
        show_count(sums.unknown),
    )

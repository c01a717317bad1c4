"""The charts of a report whose bars lie, as Vega-Lite describes them.

Each is made twice, for a wide and for a narrow page: what is made smaller is no longer read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from recommendation_applier.domain.report_figures import Tally
from recommendation_applier.entrypoints.cli.report_chart_parts import (
    HEADER,
    NAMES,
    NARROW,
    WIDE,
    Spec,
    bars_with_numbers,
    basis,
    distinct,
    names_of_rows,
)
from recommendation_applier.entrypoints.cli.report_words import (
    SERIES,
    bin_names,
    show_briefly,
    show_count,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: *length* is its part of the longest, *shown* the number beside it."""

    name: str
    length: float
    shown: str
    colour: str = "var(--came)"


def tallies_chart(
    rows: Sequence[tuple[str, Tally]], others: Sequence[tuple[str, Tally]], *, is_narrow: bool
) -> Spec:
    """Show for each row how many came, and where they stand, in columns beside each other.

    *others* are sums of many: they have numbers, and no bars, which would dwarf all others.
    """
    names = distinct(name for name, _ in (*rows, *others))
    tallies = [tally for _, tally in (*rows, *others)]
    longest = max(tally.total() for _, tally in rows)
    values = [
        {
            "row": name,
            "column": each.name,
            "length": each.of(tally) / longest if number < len(rows) else 0,
            "shown": show_briefly(each.of(tally)),
        }
        for number, (name, tally) in enumerate(zip(names, tallies, strict=True))
        for each in SERIES
    ]
    room = 38 if is_narrow else 46  # for the number
    width = 64 if is_narrow else 105
    return {
        **basis(values),
        "spacing": 6 if is_narrow else 11,
        "facet": {
            "column": {
                "field": "column",
                "sort": [each.name for each in SERIES],
                "title": None,
                "header": {**HEADER, "labelPadding": 6},
            }
        },
        "spec": {
            "width": width,
            "height": {"step": 46 if is_narrow else 26},
            "layer": bars_with_numbers(width - room, width, is_narrow=is_narrow),
            "encoding": {
                "y": names_of_rows(is_narrow=is_narrow),
                "color": {
                    "field": "column",
                    "sort": [each.name for each in SERIES],
                    "scale": {
                        "domain": [each.name for each in SERIES],
                        "range": [each.colour for each in SERIES],
                    },
                    "legend": None,
                },
            },
        },
    }


def bars_chart(bars: Sequence[Bar], *, is_narrow: bool) -> Spec:
    """Show bars below each other, in their order."""
    width = NARROW if is_narrow else WIDE - NAMES
    room = 110 if is_narrow else 130
    values = [
        {
            "row": name,
            "length": each.length,
            "shown": each.shown,
            "colour": each.colour,
        }
        for name, each in zip(distinct(each.name for each in bars), bars, strict=True)
    ]
    return {
        **basis(values),
        "width": width,
        "height": {"step": 46 if is_narrow else 26},
        "layer": bars_with_numbers(width - room, width, is_narrow=is_narrow),
        "encoding": {
            "y": names_of_rows(is_narrow=is_narrow),
            "color": {"field": "colour", "scale": None, "legend": None},
        },
    }


def pairs_chart(pairs: Sequence[tuple[str, Bar, Bar]], *, is_narrow: bool) -> Spec:
    """Show two bars for each name, which stands above them; names have to differ."""
    room, names = 120, 64
    width = (NARROW if is_narrow else WIDE * 3 // 4) - names
    values = [
        {
            "pair": name,
            "row": bar.name,
            "length": bar.length,
            "shown": bar.shown,
            "colour": bar.colour,
        }
        for name, *bars in pairs
        for bar in bars
    ]
    axis = names_of_rows(is_narrow=False)
    return {
        **basis(values),
        "spacing": 10,
        "facet": {
            "row": {
                "field": "pair",
                "sort": [name for name, *_ in pairs],
                "title": None,
                "header": {**HEADER, "labelOrient": "top", "labelPadding": 2},
            }
        },
        "spec": {
            "width": width,
            "height": {"step": 22},
            "layer": bars_with_numbers(width - room, width, is_narrow=False),
            "encoding": {
                "y": axis | {"axis": axis["axis"] | {"labelPadding": names}},
                "color": {"field": "colour", "scale": None, "legend": None},
            },
        },
    }


def histogram_chart(counts: Sequence[int], *, is_narrow: bool) -> Spec:
    """Show how many took how long."""
    longest = max(counts) or 1
    return bars_chart(
        [
            Bar(name, count / longest, show_count(count), "var(--pending)")
            for name, count in zip(bin_names(), counts, strict=True)
        ],
        is_narrow=is_narrow,
    )

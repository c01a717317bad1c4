"""The charts of a report, as Vega-Lite describes them.

Each is made twice, for a wide and for a narrow page: what is made smaller is no longer read. Every
bar has its number beside it. Colours are the names of CSS variables, so that a chart is light on a
light page and dark on a dark one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommendation_applier.domain.amounts import readable
from recommendation_applier.domain.report_figures import Tally
from recommendation_applier.domain.report_periods import Periods
from recommendation_applier.entrypoints.cli.report_words import (
    SERIES,
    bin_names,
    show_briefly,
    show_count,
)

Spec = dict[str, Any]

_TEXT: Final = "var(--text)"
_MUTED: Final = "var(--muted)"
_LINE: Final = "var(--line)"
_FONT_SIZE: Final = 13
_HEADER: Final[Mapping[str, Any]] = {
    "labelAnchor": "start",
    "labelColor": _TEXT,
    "labelFontSize": 12,
    "labelFontWeight": "bold",
}
_MOST_LABELS: Final = {"wide": 8, "narrow": 4}
_WIDE: Final = 800
_NARROW: Final = 344
"""How wide charts are, in CSS pixels: for what a desk shows, and for a phone of 360 and more."""
_NAMES: Final = 230
"""Of that, what is left of the bars where they have their names there. Browsers have other fonts
than the one that is measured with: names get somewhat less room than there is."""


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
    longest = max(tally.total() for _, tally in rows)
    values = [
        {
            "row": readable(name),
            "column": each.name,
            "length": 0 if (name, tally) in others else each.of(tally) / longest,
            "shown": show_briefly(each.of(tally)),
        }
        for name, tally in (*rows, *others)
        for each in SERIES
    ]
    room = 38 if is_narrow else 46  # for the number
    width = 64 if is_narrow else 105
    return {
        **_basis(values),
        "spacing": 6 if is_narrow else 11,
        "facet": {
            "column": {
                "field": "column",
                "sort": [each.name for each in SERIES],
                "title": None,
                "header": {**_HEADER, "labelPadding": 6},
            }
        },
        "spec": {
            "width": width,
            "height": {"step": 46 if is_narrow else 26},
            "layer": _bars_with_numbers(width - room, width, is_narrow=is_narrow),
            "encoding": {
                "y": _names_of_rows(is_narrow=is_narrow),
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
    """Show bars below each other, in their order; their names have to differ."""
    width = _NARROW if is_narrow else _WIDE - _NAMES
    room = 110 if is_narrow else 130
    values = [
        {
            "row": readable(each.name),
            "length": each.length,
            "shown": each.shown,
            "colour": each.colour,
        }
        for each in bars
    ]
    return {
        **_basis(values),
        "width": width,
        "height": {"step": 46 if is_narrow else 26},
        "layer": _bars_with_numbers(width - room, width, is_narrow=is_narrow),
        "encoding": {
            "y": _names_of_rows(is_narrow=is_narrow),
            "color": {"field": "colour", "scale": None, "legend": None},
        },
    }


def pairs_chart(pairs: Sequence[tuple[str, Bar, Bar]], *, is_narrow: bool) -> Spec:
    """Show two bars for each name, which stands above them; names have to differ."""
    room, names = 120, 64
    width = (_NARROW if is_narrow else _WIDE * 3 // 4) - names
    values = [
        {
            "pair": readable(name),
            "row": bar.name,
            "length": bar.length,
            "shown": bar.shown,
            "colour": bar.colour,
        }
        for name, *bars in pairs
        for bar in bars
    ]
    axis = _names_of_rows(is_narrow=False)
    return {
        **_basis(values),
        "spacing": 10,
        "facet": {
            "row": {
                "field": "pair",
                "sort": [readable(name) for name, *_ in pairs],
                "title": None,
                "header": {**_HEADER, "labelOrient": "top", "labelPadding": 2},
            }
        },
        "spec": {
            "width": width,
            "height": {"step": 22},
            "layer": _bars_with_numbers(width - room, width, is_narrow=False),
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


def periods_chart(shown: Periods, *, is_narrow: bool) -> Spec:
    """Show for each period how many came, and where they stand, in rows below each other."""
    names = shown.beginnings
    titles = {each.name: _title_of(each.of(_sum(shown)), each.name) for each in SERIES}
    values = [
        {"period": name, "row": titles[each.name], "count": each.of(tally)}
        for name, (_, tally) in zip(names, shown.rows, strict=True)
        for each in SERIES
    ]
    order = [titles[each.name] for each in SERIES]
    largest = max(tally.total() for _, tally in shown.rows)
    return {
        **_basis(values),
        "spacing": 14,
        "facet": {
            "row": {
                "field": "row",
                "sort": order,
                "title": None,
                "header": {**_HEADER, "labelOrient": "top", "labelPadding": 4},
            }
        },
        "spec": {
            "width": min((_NARROW if is_narrow else _WIDE) - 40, 64 * len(names)),
            "height": 56,
            "mark": {"type": "bar"},
            "encoding": {
                "x": _axis_of_periods(names, is_narrow=is_narrow),
                "y": {
                    "field": "count",
                    "type": "quantitative",
                    "scale": {"domain": [0, largest]},
                    "axis": {"title": None, "values": [0, largest], "format": "~s"}
                    | {"gridColor": _LINE, "domain": False, "ticks": False},
                },
                "color": {
                    "field": "row",
                    "sort": order,
                    "scale": {"domain": order, "range": [each.colour for each in SERIES]},
                    "legend": None,
                },
            },
        },
    }


def _basis(values: Sequence[Mapping[str, object]]) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",  # names it; nothing is loaded
        "data": {"values": values},
        "background": None,
        "padding": 2,
        "config": {
            "aria": False,  # the whole has one name
            "view": {"stroke": None},
            "axis": {"labelColor": _MUTED, "labelFontSize": 12, "tickColor": _LINE}
            | {"domainColor": _LINE},
        },
    }


def _names_of_rows(*, is_narrow: bool) -> Spec:
    """Name rows beside their bars, or above them where the page is narrow."""
    place = (
        {"labelPadding": 0, "labelOffset": -11, "labelLimit": _NARROW - 30}
        if is_narrow
        else {"labelPadding": _NAMES, "labelLimit": _NAMES - 30}
    )
    return {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"domain": False, "ticks": False, "labelAlign": "left", "labelColor": _TEXT}
        | {"labelFontSize": _FONT_SIZE}
        | place,
    }


def _bars_with_numbers(longest: int, width: int, *, is_narrow: bool) -> list[Spec]:
    scale = {"domain": [0, 1], "range": [0, longest], "nice": False}
    encoding = {"field": "length", "type": "quantitative", "scale": scale, "axis": None}
    offset = 8 if is_narrow else 0
    return [
        {
            "mark": {"type": "bar", "height": 14, "yOffset": offset},
            "encoding": {"x": encoding},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "yOffset": offset, "fill": _TEXT}
            | {"fontSize": _FONT_SIZE, "limit": width},
            "encoding": {"x": encoding, "text": {"field": "shown"}, "color": {"value": _TEXT}},
        },
    ]


def _axis_of_periods(names: Sequence[str], *, is_narrow: bool) -> Spec:
    most = _MOST_LABELS["narrow" if is_narrow else "wide"]
    every = -(-len(names) // most)
    return {
        "field": "period",
        "type": "nominal",
        "sort": None,
        "title": None,
        "scale": {"paddingInner": 0.2, "paddingOuter": 0.1},
        "axis": {"labelAngle": 0, "values": list(names[::every]), "labelFlush": False},
    }


def _sum(shown: Periods) -> Tally:
    total: Tally = Tally()
    for _, tally in shown.rows:
        total.update(tally)
    return total


def _title_of(count: int, name: str) -> str:
    return f"{name}: {show_count(count)}"

"""What all charts of a report are made of, as Vega-Lite describes it.

Every bar has its number beside it. Colours are the names of CSS variables, so that a chart is light
on a light page and dark on a dark one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from recommendation_applier.domain.amounts import readable

Spec = dict[str, Any]

FONT_SIZE: Final = 13
TEXT: Final = "var(--text)"
LINE: Final = "var(--line)"
_MUTED: Final = "var(--muted)"

WIDE: Final = 800
NARROW: Final = 344
"""How wide charts are, in CSS pixels: for what a desk shows, and for a phone of 360 and more."""
NAMES: Final = 230
"""Of that, what is left of the bars where they have their names there. Browsers have other fonts
than the one that is measured with: names get somewhat less room than there is."""

HEADER: Final[Mapping[str, Any]] = {
    "labelAnchor": "start",
    "labelColor": TEXT,
    "labelFontSize": 12,
    "labelFontWeight": "bold",
}
"""Of a row or a column of a chart, without where it stands."""


def basis(values: Sequence[Mapping[str, object]]) -> Spec:
    """Begin a chart of *values*, on whatever background the page has."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",  # names it; nothing is loaded
        "data": {"values": values},
        "background": None,
        "padding": 2,
        "config": {
            "aria": False,  # the whole has one name
            "view": {"stroke": None},
            "axis": {"labelColor": _MUTED, "labelFontSize": 12, "tickColor": LINE}
            | {"domainColor": LINE},
        },
    }


def distinct(names: Iterable[str]) -> list[str]:
    """Make *names* differ, since rows are told apart by them, and fit for a page."""
    taken: dict[str, None] = {}
    for name in map(readable, names):
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken[candidate] = None
    return [*taken]


def names_of_rows(*, is_narrow: bool) -> Spec:
    """Name rows beside their bars, or above them where the page is narrow."""
    place = (
        {"labelPadding": 0, "labelOffset": -11, "labelLimit": NARROW - 30}
        if is_narrow
        else {"labelPadding": NAMES, "labelLimit": NAMES - 30}
    )
    return {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"domain": False, "ticks": False, "labelAlign": "left", "labelColor": TEXT}
        | {"labelFontSize": FONT_SIZE}
        | place,
    }


def bars_with_numbers(longest: int, width: int, *, is_narrow: bool) -> list[Spec]:
    """Make layers of bars, *longest* pixels at most, and the number behind each of them."""
    scale = {"domain": [0, 1], "range": [0, longest], "nice": False}
    encoding = {"field": "length", "type": "quantitative", "scale": scale, "axis": None}
    offset = 8 if is_narrow else 0
    return [
        {
            "mark": {"type": "bar", "height": 14, "yOffset": offset},
            "encoding": {"x": encoding},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "yOffset": offset, "fill": TEXT}
            | {"fontSize": FONT_SIZE, "limit": width},
            "encoding": {"x": encoding, "text": {"field": "shown"}, "color": {"value": TEXT}},
        },
    ]

"""The chart of a report that shows one period after the other, as Vega-Lite describes it."""

from collections.abc import Sequence
from typing import Final

from recommendation_applier.domain.report_periods import MOST, Periods
from recommendation_applier.entrypoints.cli.report_chart_parts import (
    HEADER,
    LINE,
    NARROW,
    WIDE,
    Spec,
    basis,
)
from recommendation_applier.entrypoints.cli.report_words import SERIES, Series, show_count

_MOST_LABELS: Final = {"wide": 8, "narrow": 4}


def periods_chart(shown: Periods, *, is_narrow: bool) -> Spec:
    """Show for each period how many came, and where they stand, in rows below each other.

    Of more than MOST, the latest are shown.
    """
    names = shown.beginnings[-MOST:]
    tallies = [tally for _, tally in shown.rows[-MOST:]]
    titles = [_title_of(each, shown) for each in SERIES]
    values = [
        {"period": name, "row": title, "count": each.of(tally)}
        for name, tally in zip(names, tallies, strict=True)
        for each, title in zip(SERIES, titles, strict=True)
    ]
    largest = max(tally.total() for tally in tallies)
    return {
        **basis(values),
        "spacing": 14,
        "facet": {
            "row": {
                "field": "row",
                "sort": titles,
                "title": None,
                "header": {**HEADER, "labelOrient": "top", "labelPadding": 4},
            }
        },
        "spec": {
            "width": min((NARROW if is_narrow else WIDE) - 40, 64 * len(names)),
            "height": 56,
            "mark": {"type": "bar"},
            "encoding": {
                "x": _axis_of_periods(names, is_narrow=is_narrow),
                "y": {
                    "field": "count",
                    "type": "quantitative",
                    "scale": {"domain": [0, largest]},
                    "axis": {"title": None, "values": [0, largest], "format": "~s"}
                    | {"gridColor": LINE, "domain": False, "ticks": False},
                },
                "color": {
                    "field": "row",
                    "sort": titles,
                    "scale": {"domain": titles, "range": [each.colour for each in SERIES]},
                    "legend": None,
                },
            },
        },
    }


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


def _title_of(series: Series, shown: Periods) -> str:
    return f"{series.name}: {show_count(sum(series.of(tally) for _, tally in shown.rows))}"

"""A plot of cost against volume: `make bench PLOT=cost.svg`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import vl_convert

from recommendation_applier.domain.costs import monthly_costs
from recommendation_applier.domain.workload import Arrival
from tests.bench.cost import A_MILLION

FROM, TO = 10_000, 100_000_000
"""Recommendations a month."""

_STEPS: Final = 40
_VERSION: Final = "6.4"
"""Of Vega-Lite, of those that vl-convert brings."""

_SERIES: Final = {
    "all, list prices": "#0b6e99",
    "all, free tiers": "#2a9d4a",
    "all, coming all day long": "#c05621",
    "variable part": "#7a5195",
    "fixed part": "#6b7280",
}


def write(file: Path) -> None:
    """Draw it as SVG, or as PNG if the file's name ends so. Raises OSError."""
    drawing = specification()
    if file.suffix == ".png":
        png: bytes = vl_convert.vegalite_to_png(drawing, vl_version=_VERSION, scale=2)
        file.write_bytes(png)
    else:
        svg: str = vl_convert.vegalite_to_svg(drawing, vl_version=_VERSION)
        file.write_text(svg, encoding="utf-8")


def specification() -> dict[str, Any]:
    """Describe it to Vega-Lite."""
    return {
        "title": {
            "text": "What a month costs in AWS",
            "subtitle": "25 accounts, a day within ten minutes, template defaults, us-east-1",
            "anchor": "start",
        },
        "width": 640,
        "height": 400,
        "background": "white",
        "data": {"values": list(points())},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "recommendations",
                "type": "quantitative",
                "title": "recommendations a month",
                "scale": {"type": "log", "domain": [FROM, TO]},
                "axis": {"format": "~s", "values": [10**each for each in range(4, 9)]},
            },
            "y": {
                "field": "usd",
                "type": "quantitative",
                "title": "USD a month",
                "scale": {"type": "log", "domain": [0.1, 1_000]},
                "axis": {"format": "~r", "values": [0.1, 1, 10, 100, 1_000]},
            },
            "color": {
                "field": "series",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(_SERIES), "range": list(_SERIES.values())},
                "legend": {"orient": "right"},
            },
            "strokeDash": {
                "field": "series",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": list(_SERIES),
                    "range": [[1, 0], [6, 3], [1, 0], [2, 3], [8, 4]],
                },
            },
        },
        "config": {"font": "sans-serif", "view": {"stroke": None}},
    }


def points() -> Iterator[dict[str, Any]]:
    """Give what is drawn: each series at each volume."""
    for step in range(_STEPS + 1):
        recommendations = round(FROM * (TO / FROM) ** (step / _STEPS))
        workload = replace(A_MILLION, recommendations=recommendations)
        month = monthly_costs(workload)
        found = {
            "all, list prices": month.total,
            "all, free tiers": monthly_costs(workload, free_tiers=True).total,
            "all, coming all day long": monthly_costs(
                replace(workload, arrival=Arrival.EVEN)
            ).total,
            "variable part": month.variable,
            "fixed part": month.fixed,
        }
        for series, usd in found.items():
            yield {"recommendations": recommendations, "usd": round(usd, 4), "series": series}

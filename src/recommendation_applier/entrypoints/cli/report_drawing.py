"""Vega-Lite's charts drawn on this machine, as SVG that stands in a page."""

import re
from html import escape
from typing import Final, Protocol

import vl_convert

from recommendation_applier.entrypoints.cli.report_chart_parts import Spec
from recommendation_applier.entrypoints.cli.report_html import Html

_VERSION: Final = "6.4"
"""Of Vega-Lite, of those that vl-convert brings; the charts are written for it."""

_OPENING: Final = re.compile(r'<svg [^>]*?(viewBox="0 0 ([0-9.]+) [^"]*")[^>]*>')


class Chart(Protocol):
    """Something that can be drawn for a wide and for a narrow page."""

    def __call__(self, *, is_narrow: bool) -> Spec:
        """Describe it."""
        ...


def draw(chart: Chart, *, name: str) -> Html:
    """Draw a *chart* for both pages; the style shows one of them.

    *name* is what is read to whoever does not see it.
    """
    return Html(
        "".join(
            _svg(chart(is_narrow=css_class == "narrow"), name=name, css_class=css_class)
            for css_class in ("wide", "narrow")
        )
    )


def _svg(spec: Spec, *, name: str, css_class: str) -> str:
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[])
    opening = f'<svg class="{css_class}" role="img" aria-label="{escape(name)}"'
    # Smaller where the page is, and never larger: texts of all charts have the same size.
    return _OPENING.sub(
        lambda found: f'{opening} {found[1]} style="max-width:{found[2]}px">', drawn, count=1
    )

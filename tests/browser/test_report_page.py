"""The page of `applier report`, as a person has it in front of them."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser

from recommendation_applier.entrypoints.cli.report_page import page
from tests.browser.chromium import NARROW, WIDE, Opened, opened
from tests.browser.month import let_a_month_pass
from tests.emulator.deployment import deployed
from tests.operator import applier
from tests.unit.entrypoints.cli.reports import (
    budget,
    everything_odd,
    report,
    ten_thousand_accounts,
)

_CELLS: Final = """
Object.fromEntries([...document.querySelectorAll('table')].map(table => [
  table.caption.textContent,
  [...table.rows].map(row => [...row.cells].map(cell => cell.textContent)),
]))"""
_TILES: Final = """
Object.fromEntries([...document.querySelectorAll('.tiles > div')].map(
  tile => [tile.querySelector('dt').textContent, tile.querySelector('.number').textContent]))"""
_OVERFLOW: Final = """
document.documentElement.scrollWidth - document.documentElement.clientWidth"""
_SMALLEST_TEXT: Final = """
Math.min(99, ...[...document.querySelectorAll('svg text')].filter(text => text.checkVisibility())
  .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
_CUT_TEXTS: Final = """
[...document.querySelectorAll('svg text')].filter(text => text.checkVisibility())
  .filter(text => { const box = text.getBoundingClientRect();
    return box.left < 0 || box.right > document.documentElement.clientWidth; })
  .map(text => text.textContent)"""
_COLOURS: Final = """
(() => {
  const back = element => { for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour !== 'rgba(0, 0, 0, 0)') return colour; } };
  const visible = query => [...document.querySelectorAll(query)].filter(
    each => each.checkVisibility() && each.getBoundingClientRect().width > 0);
  const pairs = (query, front) => [...new Set(visible(query).map(
    each => [getComputedStyle(each)[front], back(each)].join('|')))].map(each => each.split('|'));
  return {
    page: back(document.body),
    words: pairs('h1, h2, h3, p, dt, dd, th, td, caption, figcaption, summary', 'color'),
    labels: pairs('svg text', 'fill'),
    marks: pairs('svg .mark-rect path', 'fill'),
  };
})()"""


def contrast(first: str, second: str) -> float:
    """Say how far two colours are from each other, as WCAG 2.2 defines it: 1 to 21."""
    lighter, darker = sorted(map(_luminance, (first, second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def assert_readable(shown: Opened) -> None:
    """Hold a page that is open to what every page promises."""
    assert shown.requests == []
    assert shown.complaints == []
    assert shown.look(_OVERFLOW) <= 0
    assert shown.look(_SMALLEST_TEXT) >= 11
    assert shown.look(_CUT_TEXTS) == []
    # What is folded up is as much of the page as all else.
    shown.look("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert shown.look(_OVERFLOW) <= 0


def number(text: str) -> int:
    """Read a number as the page writes it."""
    return int(text.replace(",", ""))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Any]]:
    """A page on what really went through a deployed stack, and the same figures for programs."""
    file = tmp_path_factory.mktemp("month") / "report.html"
    stack = ("--stack", "recommendation-applier")
    # One request at a time, so that it is always the same one that Amazon answers in parts.
    with deployed(parameters={"MaxConcurrentRequests": "1"}) as deployment:
        let_a_month_pass(deployment, days=2, accounts=24)
        reasons = Counter(each["attributes"]["reasonCode"] for each in deployment.dead_letters())
        assert applier("report", "--to", str(file), *stack).exit_code == 0
        figures = applier("report", "--json", "--no-dead-letters", *stack)
    return file, {**json.loads(figures.stdout), "deadLetters": reasons}


@pytest.fixture(scope="module")
def extremes(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Pages on nothing, on one, on very much and on what others may have put into names."""
    folder = tmp_path_factory.mktemp("extremes")
    files = [folder / name for name in ("empty.html", "one.html", "many.html", "odd.html")]
    made = (report(), report([budget()]), ten_thousand_accounts(), everything_odd())
    for file, each in zip(files, made, strict=True):
        file.write_text(page(each), encoding="utf-8")
    return files


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_figures_in_the_page_are_those_of_the_ledger(
    browser: Browser, month: tuple[Path, Mapping[str, Any]], width: int
) -> None:
    """Tiles and tables, at whatever width; nothing is asked of anybody for it."""
    file, facts = month
    with opened(browser, file, width=width) as shown:
        assert_readable(shown)
        tiles, tables = shown.look(_TILES), shown.look(_CELLS)

    total = facts["recommendations"]
    assert total["came"] > 10
    assert {name: number(tiles[name]) for name in ("Came", "Applied", "Pending", "Held")} == {
        "Came": total["came"],
        "Applied": total["applied"],
        "Pending": total["pending"],
        "Held": total["held"],
    }
    assert number(tiles["Failed"]) == total["failed"] + total["deadLettered"]
    for caption, rows, name_of in (
        ("Recommendations by day of publication", facts["days"], "day"),
        ("Recommendations by type", facts["types"]["rows"], "type"),
    ):
        cells = {name: list(map(number, rest)) for name, *rest in tables[caption][1:]}
        for row in rows:
            assert sorted(cells[row[name_of]]) == sorted(
                count for key, count in row.items() if key != name_of
            )
    [_, *accounts] = tables["Recommendations by account"]
    assert sum(number(row[1]) for row in accounts) == total["came"]
    money = {row[0]: row[1:7] for row in tables["Bids and budgets before and after: applied"][1:]}
    for row in facts["money"]:
        if row["outcome"] == "APPLIED" and row["kind"] == "BUDGET":
            cells_of_money = money[f"{row['currency']} daily budgets"]
            assert number(cells_of_money[0]) == row["changed"]
            assert float(cells_of_money[3].replace(",", "")) == float(row["before"])
    letters = {name: number(count) for name, count in tables["Dead letters by reason"][1:]}
    assert letters == facts["deadLetters"]
    assert letters["UNREADABLE_BODY"] == 1


def test_it_is_light_on_light_screens_and_dark_on_dark_ones(
    browser: Browser, month: tuple[Path, Mapping[str, Any]]
) -> None:
    """With enough contrast on both: 4.5 for texts and 3 for bars (WCAG 2.2, AA)."""
    file, _ = month
    pages = set()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        with opened(browser, file, width=WIDE, scheme=scheme) as shown:
            assert_readable(shown)
            found = shown.look(_COLOURS)
        pages.add(found["page"])
        assert len(found["marks"]) >= 5
        for front, back in (*found["words"], *found["labels"]):
            assert contrast(front, back) >= 4.5, (scheme, front, back)
        for front, back in found["marks"]:
            assert contrast(front, back) >= 3, (scheme, front, back)

    assert len(pages) == 2


@pytest.mark.parametrize("width", [360, NARROW, 801, WIDE])
def test_whatever_the_ledger_holds_the_page_can_be_read(
    browser: Browser, extremes: Sequence[Path], width: int
) -> None:
    """Also on a small phone, and where charts have just become wide; names stay names."""
    for file in extremes:
        with opened(browser, file, width=width) as shown:
            assert_readable(shown)
            assert shown.look("document.scripts.length") == 0
            assert shown.look("document.querySelectorAll('b').length") == 0


def test_a_script_that_got_into_the_page_would_not_run(browser: Browser, file: Path) -> None:
    """The page's own policy forbids it, and all that could be fetched."""
    planted = '<script>document.title = "planted"</script><img src="file:///etc/hostname">'
    file.write_text(page(report()).replace("</body>", f"{planted}</body>"), encoding="utf-8")

    with opened(browser, file, width=WIDE) as shown:
        assert shown.page.title() == "Recommendations of recommendation-applier"
        assert len(shown.complaints) == 2
        assert all("Content Security Policy" in each for each in shown.complaints)


def test_it_can_be_printed(browser: Browser, month: tuple[Path, Mapping[str, Any]]) -> None:
    """On white paper, with all tables unfolded and nothing that only a screen can do."""
    file, _ = month
    with opened(browser, file, width=760, scheme="dark") as shown:
        shown.page.emulate_media(media="print", color_scheme="dark")
        assert shown.look("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert shown.look(
            "[...document.querySelectorAll('td')].every(each => each.checkVisibility())"
        )
        assert shown.look(_OVERFLOW) <= 0

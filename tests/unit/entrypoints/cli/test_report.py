"""A report's figures as programs read them, and its page as a text."""

import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.report_figures import RANKED, Span
from recommendation_applier.entrypoints.cli.output import print_json
from recommendation_applier.entrypoints.cli.report import Report, report_facts
from recommendation_applier.entrypoints.cli.report_chart_parts import distinct
from recommendation_applier.entrypoints.cli.report_page import page
from tests.builders import NOW, PUBLISHED
from tests.unit.entrypoints.cli.reports import (
    budget,
    everything_odd,
    report,
    ten_thousand_accounts,
)

_VOID = {"meta"}


class Outline(HTMLParser):
    """Reads a page; what is not closed in order, or closed twice, is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.headings: list[int] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag in."""
        self.tags[tag] += 1
        self.attributes += attrs
        self.headings += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        self._open += [] if tag in _VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take words in."""
        self.words.append(data)


@pytest.mark.parametrize(
    "made",
    [report, lambda: report([budget()], letters=None), everything_odd, ten_thousand_accounts],
    ids=["empty", "one", "odd", "many accounts"],
)
def test_a_page_is_whole_and_loads_nothing(made: Callable[[], Report]) -> None:
    """No script, no link, no address; headings in order; tables with captions and scopes."""
    text = page(made())

    found = Outline(text)
    names = {name for name, _ in found.attributes}
    assert found.tags.keys().isdisjoint({"script", "link", "img", "iframe", "a", "object", "use"})
    assert names.isdisjoint({"src", "href", "xlink:href", "srcset", "action"})
    assert not any(name.startswith("on") for name in names)
    assert "url(" not in text
    assert found.headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(found.headings))
    assert found.tags["caption"] == found.tags["table"]
    assert found.tags["svg"] == 2 * found.tags["figure"]
    assert found.attributes.count(("role", "img")) == found.tags["svg"]
    assert text.startswith('<!doctype html>\n<html lang="en">')


def test_what_others_call_things_is_only_ever_text() -> None:
    """In headings, tables, charts and names for those who do not see them."""
    text = page(everything_odd())

    assert "<script" not in text
    assert "<b " not in text
    assert "\x00" not in text
    assert text.count("&lt;script&gt;alert(") >= 6
    text.encode()  # no half of an emoji is left


def test_an_empty_ledger_is_told_in_a_sentence() -> None:
    """There is nothing to draw."""
    found = Outline(page(report()))

    assert "The ledger knows of no such recommendation." in found.words
    assert found.tags["svg"] == 0


def test_a_queue_that_nobody_looked_at_is_not_called_empty() -> None:
    """That would be another thing."""
    words = {letters: Outline(page(report(letters=given))).words
             for letters, given in (("none", Counter[str]()), ("unknown", None))}  # fmt: skip

    assert "The dead-letter queue was not looked at." in words["unknown"]
    assert "The dead-letter queue was not looked at." not in words["none"]


def test_the_page_says_what_it_is_about() -> None:
    """Span, filters, when, and what is not in it."""
    for span, said in (
        (Span(), "All that the ledger remembers."),
        (Span(since=PUBLISHED), "Published from 2026-11-01 12:00 on."),
        (Span(until=NOW), "Published before 2026-11-10 12:00."),
        (Span(PUBLISHED, NOW), "Published from 2026-11-01 12:00 on and before 2026-11-10 12:00."),
    ):
        made = report([budget()], span=span, filters="type CAMPAIGN_BUDGET")
        made.figures.add_unseen(PUBLISHED)
        words = "".join(Outline(page(made)).words)
        assert f"{said} Written 2026-11-10 12:00 from the ledger in us-east-1." in words
        assert "Only recommendations with type CAMPAIGN_BUDGET." in words
        assert "Of 1 more, nothing but a removal has come" in words


def test_programs_read_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are JSON."""
    made = report(
        [
            budget("a", before="0.1", after="0.3"),
            budget("b", outcome=Outcome.PENDING, accepted_at=NOW),
            budget("c", outcome=Outcome.HELD, accepted_at=None, reason="DRY_RUN"),
        ],
        letters=Counter({"INVALID_MESSAGE": 2}),
    )

    print_json(report_facts(made))

    facts = json.loads(capsys.readouterr().out)
    tally = facts["recommendations"]
    assert {name: count for name, count in tally.items() if count} == {
        "came": 3,
        "applied": 1,
        "pending": 1,
        "held": 1,
    }
    assert len(tally) == 1 + len(Outcome)
    assert facts["days"] == [{"day": "2026-11-01", **tally}]
    assert facts["types"]["rows"] == [{"type": "KEYWORD_BID", **tally}]
    [account] = facts["accounts"]["rows"]
    assert account == {
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        **tally,
    }
    assert [(each["outcome"], each["currency"], each["kind"], each["difference"])
            for each in facts["money"]] == [
        ("APPLIED", "USD", "BUDGET", "0.2"),
        ("PENDING", "USD", "BUDGET", "20"),
    ]  # fmt: skip
    delays = facts["publicationToAcceptance"]
    assert (delays["medianSeconds"], delays["maxSeconds"]) == (5_400, 9 * 24 * 60 * 60)
    assert sum(each["recommendations"] for each in delays["histogram"]) == 2
    assert delays["released"]["medianSeconds"] is None
    assert facts["held"] == [{"reason": "DRY_RUN", "recommendations": 1}]
    assert facts["deadLetters"] == [{"reason": "INVALID_MESSAGE", "letters": 2}]
    assert report_facts(report(letters=None))["deadLetters"] is None


def test_of_many_accounts_the_largest_are_told_and_the_rest_as_a_sum() -> None:
    """The page says how many they are."""
    accounts = report_facts(ten_thousand_accounts())["accounts"]
    types = [budget(str(each), type=f"T{each}") for each in range(RANKED + 1)]

    assert "1 other type<" in page(report(types))
    assert (len(accounts["rows"]), accounts["others"]) == (RANKED, 10_000 - RANKED)
    assert accounts["rest"]["came"] == 10_000 - RANKED


def test_what_has_no_date_is_told_beside_the_times() -> None:
    """And where nothing has one, nothing is drawn."""
    undated = budget("a", published_date=None)

    assert "1 more were accepted, and have no such date." in page(report([undated, budget("b")]))
    assert "Nothing with a date of publication was accepted." in page(report([undated]))


def test_money_that_cannot_be_drawn_is_in_the_table() -> None:
    """What is new has nothing to be compared with."""
    new = page(report([budget(before=None, after=7)]))
    odd = page(report([budget(before="much", after="more")]))
    none = page(report([budget(after=100)]))

    assert "sum of new" in new
    assert "7.00" in new
    assert "In 1 of these recommendations there is something that may cost money" in odd
    assert "No bid and no budget was changed." not in new + odd
    assert "sum of new" not in none


def test_of_years_without_end_the_last_are_drawn() -> None:
    """A date is what somebody has written; the table has all of them."""
    made = report(
        budget(str(year), published_date=PUBLISHED.replace(year=year)) for year in range(1800, 1900)
    )

    text = page(made)

    assert "Drawn are the last 60." in text
    assert "Came: 100" in text
    assert ">1800<" in text


def test_names_that_look_the_same_are_told_apart() -> None:
    """What cannot be printed becomes the same mark, whatever it was."""
    assert distinct(["a\x00", "b", "a\x01", "a? (2)", "a\x02"]) == [
        "a?",
        "b",
        "a? (2)",
        "a? (2) (2)",
        "a? (3)",
    ]

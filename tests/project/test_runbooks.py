"""Every alarm and every reason has its place in RUNBOOKS.md, and nothing else has."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from recommendation_applier.domain.follow_up import ApplicationEnd
from recommendation_applier.domain.outcome import DONE_BEFORE, INTERNAL_ERROR
from recommendation_applier.domain.reasons import (
    AcceptedReason,
    DeadLetterReason,
    HeldReason,
    NotApplicableReason,
    RetryReason,
)
from tests.emulator.template import load

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / name).read_text() for name in ("README.md", "RUNBOOKS.md")}
RUNBOOKS = PAGES["RUNBOOKS.md"]

REASONS: dict[str, type[StrEnum]] = {
    "Why a delivery is retried": RetryReason,
    "Why something is on the dead-letter queue": DeadLetterReason,
    "Why a recommendation is held": HeldReason,
    "Why a delivery was let go": NotApplicableReason,
    "How a recommendation was accepted": AcceptedReason,
    "Why an accepted recommendation was not applied": ApplicationEnd,
}
"""Each closed list, by the heading that it stands under."""


def chapter(title: str) -> str:
    """Give the text under a heading of the second level."""
    return RUNBOOKS.split(f"\n## {title}\n")[1].split("\n## ")[0]


def sections(text: str) -> dict[str, str]:
    """Give the texts under the headings of the third level."""
    _, *found = re.split(r"^### ", text, flags=re.MULTILINE)
    return {each.partition("\n")[0]: each.partition("\n")[2] for each in found}


def rows(text: str) -> list[tuple[str, list[str]]]:
    """Give the table rows: what stands in code in the first cell, and the other cells."""
    found = re.findall(r"^\| `([^`|]+)` \|(.*)\|$", text, re.MULTILINE)
    return [(name, [cell.strip() for cell in rest.split("|")]) for name, rest in found]


def anchor(heading: str) -> str:
    """Make the name by which a heading is led to, as GitHub does."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def alarms() -> list[str]:
    """Name every alarm of the template, whatever condition it has."""
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    return [name for name, each in load()["Resources"].items() if each["Type"] in kinds]


def test_every_alarm_has_its_runbook_and_no_other_has_one() -> None:
    """Under a heading of its name."""
    assert sorted(sections(chapter("Alarms"))) == sorted(alarms())


@pytest.mark.parametrize("alarm", alarms())
def test_a_runbook_says_what_it_means_where_to_look_and_what_to_do(alarm: str) -> None:
    """In this order, with a command to begin with; and the list at the top leads to it."""
    text = sections(chapter("Alarms"))[alarm]

    assert re.search(
        r"\*Means:\* .*(\*Look:\*.*\*Do:\* |\*Look and do:\* )", text, re.DOTALL
    ), text  # fmt: skip
    assert "```sh\n" in text
    assert f"[{alarm}](#{anchor(alarm)})" in RUNBOOKS.partition("\n## ")[0]


@pytest.mark.parametrize("alarm", alarms())
def test_the_description_of_an_alarm_names_a_heading_that_exists(alarm: str) -> None:
    """Whoever reads the mail finds it."""
    description = " ".join(load()["Resources"][alarm]["Properties"]["AlarmDescription"].split())

    [named] = re.findall(r'See RUNBOOKS\.md, "([^"]+)"\.$', description)
    assert f"\n### {named}\n" in RUNBOOKS
    assert named == alarm


@pytest.mark.parametrize(("title", "reasons"), REASONS.items())
def test_every_reason_has_its_row_and_no_other_has_one(title: str, reasons: type[StrEnum]) -> None:
    """Once each, with what it means and what to do."""
    found = rows(sections(chapter("Reasons"))[title])

    assert sorted(name for name, _ in found) == sorted(each.value for each in reasons)
    assert all(all(cells) for _, cells in found)
    assert len({len(cells) for _, cells in found}) == 1


def test_the_tables_of_reasons_are_all_that_there_are() -> None:
    """Beside the one of Amazon's own codes, which has those that are known here."""
    found = sections(chapter("Reasons"))

    assert found.keys() == {*REASONS, "Amazon's codes"}
    codes = {name for name, _ in rows(found["Amazon's codes"])}
    assert {*DONE_BEFORE, INTERNAL_ERROR} <= codes
    assert all(each.startswith("PO_APPLY_") for each in codes)


@pytest.mark.parametrize(
    "title",
    [
        "Stop everything at once",
        "Renew the refresh token",
        "Deploy without losing a message",
        "Restore the ledger",
        "Move to another region or account",
        "The end of Stream v1",
    ],
)
def test_what_is_done_once_a_year_is_written_down(title: str) -> None:
    """With a command or more."""
    assert re.search(r"`(applier|sam|aws) |```sh\n", sections(chapter("Procedures"))[title])


@pytest.mark.parametrize("page", PAGES)
def test_every_lead_within_the_pages_leads_somewhere(page: str) -> None:
    """To a file that is there, and to a heading in it."""
    leads = re.findall(r"\]\(([\w./-]*?)(?:#([\w-]+))?\)", PAGES[page])
    headings = {
        name: {anchor(each) for each in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        for name, text in PAGES.items()
    }

    assert leads
    for file, heading in leads:
        target = file or page
        assert (ROOT / target).is_file(), target
        assert not heading or heading in headings[target], heading


def test_the_readme_leads_here_and_back() -> None:
    """Each names the other."""
    assert "](RUNBOOKS.md" in PAGES["README.md"]
    assert "](README.md" in RUNBOOKS

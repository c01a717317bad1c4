"""`applier report` against a deployed stack; how the page looks is seen in a browser elsewhere."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from recommendation_applier.domain.fate import Outcome
from tests.builders import body
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment
from tests.integration.test_held import BUDGET, put_policy
from tests.operator import applier, sentence_of

STACK: Final = ("--stack", "recommendation-applier")


def figures(*arguments: str) -> dict[str, Any]:
    """Give the figures that a program reads."""
    result = applier("report", *arguments, *STACK, "--json", "--no-dead-letters")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def counted(found: dict[str, Any]) -> dict[str, int]:
    """Give what is not nought of a count."""
    return {name: count for name, count in found.items() if count and name != "day"}


def test_what_came_is_counted_once_where_it_stands(deployment: Deployment) -> None:
    """However often it was delivered, and whatever became of it."""
    put_policy(
        deployment,
        default="APPLY",
        rules=[
            {"name": "held", "match": {"type": ["CAMPAIGN_BUDGET"]}, "decision": "HOLD"},
            {"name": "ignored", "match": {"type": ["CAMPAIGN_STATE"]}, "decision": "IGNORE"},
        ],
    )
    deployment.amazon.script_apply([answers(400, {"code": "PO_APPLY_BAD_REQUEST", "message": "x"})])
    deployment.invoke(body("refused"))
    deployment.invoke(body("applied"), body("failed", account=2), "{")
    deployment.invoke(
        body("applied"), body("held", **BUDGET), body("ignored", type="CAMPAIGN_STATE")
    )
    deployment.invoke(body("removed", recommendation_status="REMOVED"))
    deployment.amazon.set_status("SUCCESS", ["applied"])
    deployment.amazon.set_status("FAILED", ["failed"])
    deployment.follow_up_until_settled()
    deployment.invoke(body("pending"), body("pending"))

    found = figures()

    assert counted(found["recommendations"]) == {"came": 6} | dict.fromkeys(
        ["applied", "pending", "failed", "deadLettered", "held", "ignored"], 1
    )
    assert found["onlyRemoved"] == 1
    assert {each["reason"] for each in found["failures"]} == {"FAILED", "APPLY_REFUSED"}
    assert found["held"] == [{"reason": "POLICY_HOLD", "recommendations": 1}]
    assert {each["outcome"]: (each["before"], each["after"]) for each in found["money"]} == {
        "APPLIED": ("0.75", "0.9"),
        "PENDING": ("0.75", "0.9"),
    }
    assert found["publicationToAcceptance"]["recommendations"] == 3
    assert found["deadLetters"] is None
    result = applier("report", *STACK, "--json")
    assert json.loads(result.stdout)["deadLetters"] == [
        {"reason": "APPLY_REFUSED", "letters": 1},
        {"reason": "UNREADABLE_BODY", "letters": 1},
    ]
    assert result.stderr == "2 dead letters looked at.\n"
    assert len(deployment.dead_letters()) == 2


def test_filters_and_the_span_choose(deployment: Deployment) -> None:
    """By when a recommendation was published, and by what decided about it."""
    put_policy(deployment, rules=[{"name": "bids", "decision": "HOLD"}])
    deployment.invoke(
        body("one"),
        body("two", account=2, published_date="2026-10-01T12:00:00 UTC"),
        body("three", recommendation_status="REMOVED"),
    )

    for arguments, came, removed in (
        ((), 2, 1),
        (("--since", "2026-11-01"), 1, 1),
        (("--until", "2026-11-01T12:00:00Z"), 1, 0),
        (("--since", "2026-10-01", "--until", "2026-11-02"), 2, 1),
        (("--advertiser", "A0000000000002"), 1, 0),
        (("--rule", "bids", "--marketplace", "us"), 2, 0),
        (("--rule", "budgets"), 0, 0),
    ):
        found = figures(*arguments)
        assert (found["recommendations"]["came"], found["onlyRemoved"]) == (came, removed)
    nothing = figures("--rule", "budgets")
    assert nothing["filters"] == "rule budgets"
    assert nothing["recommendations"].keys() - {"came"} == {
        "deadLettered" if each is Outcome.DEAD_LETTERED else each.lower() for each in Outcome
    }


def test_the_page_is_written_into_a_file_and_over_none_unasked(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`report.html` in the folder where it is called, unless another is named."""
    monkeypatch.chdir(tmp_path)
    deployment.invoke(body("one"))
    called = ("report", "--type", "KEYWORD_BID", *STACK)

    result = applier(*called)

    assert result.exit_code == 0
    assert "report.html" in result.stdout
    text = Path("report.html").read_text(encoding="utf-8")
    assert "Only recommendations with type KEYWORD_BID." in text
    assert sentence_of(applier(*called)).startswith(
        "nothing was changed, since nobody can be asked here: Replace report.html?"
    )
    Path("report.html").write_text("old")
    assert applier(*called, "--json").exit_code == 0
    assert Path("report.html").read_text() == "old"
    assert applier(*called, "--yes").exit_code == 0
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_where_the_page_cannot_be_is_said_before_anything_is_read() -> None:
    """Nobody waits for a table that is read in vain."""
    assert sentence_of(applier("report", "--to", "no/such/page.html", *STACK)) == (
        "no page can be written to no/such/page.html: no/such is no folder; make it, or name "
        "another file with --to"
    )


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    """Before anything is asked for."""
    result = applier("report", "--since", "2026-11-02", "--until", "2026-11-02", *STACK)

    assert result.exit_code == 2
    assert "--since has to be before --until" in result.stderr

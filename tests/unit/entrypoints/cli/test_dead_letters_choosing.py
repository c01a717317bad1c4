"""What is planned is shown before anybody is asked, and told when it is done."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest
import typer

from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.entrypoints.cli.dead_letters_choosing import Plan, agree, rehearse
from recommendation_applier.entrypoints.cli.dead_letters_purge import CopyFile
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.use_cases.letter_outcomes import UNTOUCHED, Outcome, Said
from tests.letter_builders import batch_body, letter, queued

SKIPPED = Said(Outcome.SKIPPED, "EXPIRED", "nothing of it can be applied: EXPIRED (1)")


def letters() -> list[WaitingLetter]:
    """Make two letters."""
    return [
        letter(batch_body("rec-1", "rec-2", "rec-3"), "m-1"),
        letter(batch_body("rec-4"), "m-2"),
    ]


@pytest.fixture
def plan() -> Plan:
    """One letter moves, and one stays."""
    [first, second] = letters()
    found = Plan(done=Outcome.MOVED)
    found.add([(first, None, "1 of its 3 ids is let go"), (second, SKIPPED, "")])
    return found


def test_what_was_said_is_told(plan: Plan) -> None:
    """Letter by letter; done is what has moved or need not."""
    assert [row["outcome"] for row in plan.rehearsal()] == ["WOULD_BE_MOVED", "SKIPPED"]
    assert [row["outcome"] for row in plan.report()] == ["NOT_REACHED", "SKIPPED"]
    assert plan.said == {"m-1": UNTOUCHED}
    assert not plan.is_done()
    plan.said["m-1"] = Said(Outcome.MOVED)
    assert plan.is_done()
    assert plan.report()[0]["recommendationIds"] == ("rec-1", "rec-2", "rec-3")


def test_people_and_programs_read_a_rehearsal(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing meant is nothing shown, but for programs."""
    rehearse(plan, as_json=False)
    shown = capsys.readouterr()
    assert "rec-1 and 2 more" in shown.out
    assert "1 of its 3 ids is let go" in shown.out
    assert shown.err == "1 would be moved, 1 skipped (EXPIRED).\n"

    nothing = Plan(done=Outcome.MOVED)
    rehearse(nothing, as_json=False)
    assert capsys.readouterr() == ("", "Nothing to do.\n")
    rehearse(nothing, as_json=True)
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(("typed", "agrees"), [(b"y\n", True), (b"\n", False)])
def test_at_a_terminal_it_is_shown_and_asked(
    plan: Plan,
    keyboard: int,
    capsys: pytest.CaptureFixture[str],
    typed: bytes,
    agrees: bool,  # noqa: FBT001 - a case
) -> None:
    """On stderr: stdout is for what is done."""
    os.write(keyboard, typed)

    if agrees:
        agree(plan, "Redrive 1?", yes=False, as_json=True)
    else:
        with pytest.raises(typer.Exit):
            agree(plan, "Redrive 1?", yes=False, as_json=True)
    shown = capsys.readouterr()
    assert shown.out.strip() == ""
    assert shown.err.index("WOULD_BE_MOVED") < shown.err.index("Redrive 1? [y/N]")


def test_where_nobody_can_be_asked_it_stays_a_rehearsal(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program reads it; --yes is what is missing."""
    with pytest.raises(OperatorError, match=r"nothing was changed.* Redrive 1\? \(--yes"):
        agree(plan, "Redrive 1?", yes=False, as_json=True)

    assert [row["outcome"] for row in json.loads(capsys.readouterr().out)] == [
        "WOULD_BE_MOVED",
        "SKIPPED",
    ]


def test_a_copy_is_written_letter_by_letter(tmp_path: Path) -> None:
    """One file, a line each, in the order in which they come; it is made with the first."""
    path = tmp_path / "letters.jsonl"
    with closing(CopyFile(path)) as copies:
        assert not path.exists()
        for number in range(2):
            copies.keep([queued(f"body {number}", attributes={"kind": "batch"})])
            assert len(path.read_text().splitlines()) == number + 1

    assert json.loads(path.read_text().splitlines()[1]) == {
        "messageId": "letter-1",
        "sentAt": "2026-11-10T11:00:00Z",
        "attributes": {"kind": "batch"},
        "body": "body 1",
    }
    with closing(CopyFile(path)) as copies, pytest.raises(FileExistsError, match=r"letters\.jsonl"):
        copies.keep([queued("another")])


def test_nobody_is_asked_about_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor who has said yes."""
    agree(Plan(done=Outcome.MOVED), "Redrive 0?", yes=False, as_json=False)
    found = Plan(done=Outcome.MOVED)
    found.add((each, None, "") for each in letters())
    agree(found, "Redrive 2?", yes=True, as_json=False)

    assert capsys.readouterr() == ("", "")

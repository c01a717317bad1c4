"""Asking before anything is changed."""

import os
import pty
import sys
from collections.abc import Iterator

import pytest
import typer

from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.errors import OperatorError


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal in place of stdin; what is written to it is what the operator types."""
    operator, program = pty.openpty()
    with open(program, encoding="utf-8") as terminal:  # noqa: PTH123 - it has no path
        monkeypatch.setattr(sys, "stdin", terminal)
        yield operator
    os.close(operator)


def test_yes_is_an_answer() -> None:
    """Nobody is asked."""
    confirm("Archive 3 subscriptions?", yes=True)


def test_where_nobody_can_answer_nothing_is_done() -> None:
    """A pipe or a build machine has to say --yes."""
    with pytest.raises(OperatorError, match=r"nothing was changed, .* Archive 3 subscriptions\?"):
        confirm("Archive 3 subscriptions?", yes=False)


def test_who_agrees_goes_on(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The question goes to stderr: stdout may be a file."""
    os.write(keyboard, b"y\n")

    confirm("Archive 3 subscriptions?", yes=False)

    assert "Archive 3 subscriptions? [y/N]" in capsys.readouterr().err


def test_who_does_not_agree_ends_with_1(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No is also what an empty answer means."""
    os.write(keyboard, b"\n")

    with pytest.raises(typer.Exit) as ended:
        confirm("Archive 3 subscriptions?", yes=False)

    assert ended.value.exit_code == 1
    printed = capsys.readouterr()
    assert printed.err.endswith("Nothing was changed.\n")

"""Asking before anything is changed."""

import os

import pytest
import typer

from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.errors import OperatorError


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

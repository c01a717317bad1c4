"""An operator, who calls `applier` and reads what it prints."""

from typing import Final

from typer.testing import CliRunner, Result

from recommendation_applier.entrypoints.cli.main import app

_RUNNER: Final = CliRunner()


def applier(*arguments: str, stdin: str | None = None) -> Result:
    """Run the command in this process; what is not told in a sentence is raised."""
    return _RUNNER.invoke(app, arguments, input=stdin, prog_name="applier", catch_exceptions=False)


def sentence_of(result: Result) -> str:
    """Give the one sentence with which a command failed, and hold it to that."""
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line.removeprefix("Error: ")

"""Nothing is changed before a person has said yes."""

import sys

import typer

from recommendation_applier.entrypoints.cli.errors import OperatorError


def can_be_asked() -> bool:
    """Tell whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def confirm(question: str, *, yes: bool) -> None:
    """Return if the operator agrees, by *yes* or by answering *question* at the terminal.

    Ends the command with 1 if not. Raises OperatorError where there is nobody to ask.
    """
    if yes:
        return
    if not can_be_asked():
        raise OperatorError(
            f"nothing was changed, since nobody can be asked here: {question} (--yes answers it)"
        )
    if not typer.confirm(question, err=True):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(1)

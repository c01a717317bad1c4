"""Where `applier` starts."""

from typing import Annotated, Final

import typer

from recommendation_applier import __version__
from recommendation_applier.entrypoints.cli.command_groups import Commands


def _print_version(value: bool) -> None:  # noqa: FBT001 - how typer calls it
    if value:
        typer.echo(f"applier {__version__}")
        raise typer.Exit


app: Final = typer.Typer(
    name="applier",
    cls=Commands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,  # a tenth of a second sooner, and no word of ours is taken for markup
    pretty_exceptions_enable=False,  # what is no operator's fault is told as Python tells it
)


@app.callback()
def applier(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Operate a deployed recommendation-applier: look at it, and let through or send back.

    Everything is found through the outputs of the stack, which --stack or APPLIER_STACK names.
    Tables are for people; with --json a command prints the same for programs. What changes
    anything asks first, unless --yes is given.

    A command that fails says why in one sentence, and ends with 1.
    """

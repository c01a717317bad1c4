"""Which stack a command is about, as far as its options say."""

import os
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import typer.main

STACK_VARIABLE: Final = "APPLIER_STACK"
_PANEL: Final = "Which stack"


@dataclass(slots=True)
class Target:
    """What the options and the environment say; None or empty is for what they do not.

    The AWS CLI prefers AWS_REGION to AWS_DEFAULT_REGION. botocore knows the second alone.
    """

    stack: str | None = field(default_factory=lambda: os.environ.get(STACK_VARIABLE))
    region: str | None = field(default_factory=lambda: os.environ.get("AWS_REGION") or None)
    profile: str | None = None


def target_options() -> list[Any]:
    """Make the options that may stand before and behind the name of every command.

    They reach no command's function. The one that is given last counts.
    """
    return list(typer.main.get_command(_app).params)


def _choose(context: typer.Context, option: typer.CallbackParam, value: str | None) -> None:
    if value is not None:
        setattr(context.ensure_object(Target), option.name, value)


def _option(name: str, metavar: str, text: str) -> Any:  # noqa: ANN401 - as typer.Option has it
    return typer.Option(
        name,
        metavar=metavar,
        help=text,
        callback=_choose,
        expose_value=False,
        rich_help_panel=_PANEL,
    )


_app: Final = typer.Typer(add_completion=False)


@_app.command()
def _target(
    *,
    stack: Annotated[
        str | None,
        _option("--stack", "NAME", f"Name of the deployed stack; or set {STACK_VARIABLE}."),
    ] = None,
    region: Annotated[
        str | None, _option("--region", "REGION", "Its AWS region; or set AWS_REGION.")
    ] = None,
    profile: Annotated[
        str | None, _option("--profile", "NAME", "AWS profile to sign in with; or set AWS_PROFILE.")
    ] = None,
) -> None:
    """Only its options are of use."""

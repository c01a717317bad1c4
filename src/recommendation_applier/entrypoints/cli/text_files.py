"""Files that an operator names."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from recommendation_applier.entrypoints.cli.errors import OperatorError

PolicyFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A policy in JSON; - reads standard input.")
]


def text_of(file: Path) -> str:
    """Read *file*, or standard input for `-`. Raises OSError, or OperatorError if it is no text."""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is no text in UTF-8: {error.reason}") from error

"""What an operator can cause is told in one sentence, and never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from recommendation_applier.domain.errors import ApplierError


class OperatorError(ApplierError):
    """Something that an operator can mend; the message says how."""


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """End the command with 1 and a sentence on stderr where it fails for a reason of this world.

    Those are ApplierError, whatever boto3 raises, and files that cannot be read or written. All
    others are mistakes of ours, and keep their traceback.
    """
    try:
        yield
    except (BrokenPipeError, typer.Abort, typer.Exit, typer.TyperException):
        raise  # typer knows what to do
    except _of_this_world() as error:
        typer.echo(f"Error: {' '.join(_sentence(error).split())}", err=True)
        raise typer.Exit(1) from error


def _of_this_world() -> tuple[type[Exception], ...]:
    # Called where something was raised: until then nobody waits for botocore.
    from recommendation_applier.entrypoints.cli.aws_errors import AWS_ERRORS  # noqa: PLC0415

    return (ApplierError, OSError, *AWS_ERRORS)


def _sentence(error: Exception) -> str:
    from recommendation_applier.entrypoints.cli.aws_errors import sentence_of  # noqa: PLC0415

    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return sentence_of(error)

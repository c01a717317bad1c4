"""`applier credentials`: the secret with the Login with Amazon credentials."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from botocore.exceptions import ClientError

from recommendation_applier.aws.stored_secret import StoredSecret
from recommendation_applier.domain.credentials import Credentials, read_credentials
from recommendation_applier.domain.credentials_checks import judge_token
from recommendation_applier.domain.errors import CredentialsRefusedError
from recommendation_applier.domain.finding import State
from recommendation_applier.entrypoints.cli.aws_errors import sentence_of
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.doctor_command import look_at
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.cli.findings_output import (
    end_with_1_if_wrong,
    print_findings,
)
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Yes
from recommendation_applier.entrypoints.cli.text_files import text_of

app: Final = typer.Typer(rich_markup_mode=None)

_CHECKS: Final = frozenset(
    {"stack", "function-settings", "secret", "access-token", "partner-account", "consent"}
)
"""Of the doctor's, those that are about credentials."""


def _day(text: str) -> date:
    """Read a day that has been. Raises BadParameter."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no day such as 2026-11-26") from error
    if day > datetime.now(UTC).date():
        raise typer.BadParameter(f"{day} is still to come")
    return day


@app.command(name="set")
def set_(
    context: typer.Context,
    *,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Read them from a JSON file, or from standard input for -, instead of asking.",
        ),
    ] = None,
    consented_on: Annotated[
        date | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="The day on which the login consented; without it, today for a refresh token "
            "that is new.",
            parser=_day,
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Keep those that are there: only note the day of consent."),
    ] = False,
    no_check: Annotated[
        bool,
        typer.Option("--no-check", help="Store them without trying to get a token first."),
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Store client id, client secret and refresh token in the stack's secret.

    They are asked for at the terminal, where the two secrets do not show, or read from a file of
    {"client_id": "…", "client_secret": "…", "refresh_token": "…"}. Login with Amazon must give a
    token for them before they replace what is there. The functions take them up by themselves.

    The day of consent is kept as a tag of the secret: a refresh token ends 365 days after it.
    """
    if keep and file is not None:
        raise typer.BadParameter("--keep and --from contradict each other")
    stack = deployed_stack(context)
    secret = ExaminedStack(stack).secret
    standing = _standing(secret)
    if keep and standing is None:
        raise OperatorError(
            f"{secret.arn} has no credentials to keep: store some with `applier credentials set`"
        )
    given = standing if keep and standing else _given(file)
    if given != standing and not no_check:
        _try(stack, given)
    is_new_token = standing is None or standing.refresh_token != given.refresh_token
    day = consented_on or (datetime.now(UTC).date() if is_new_token else None)
    plan = [
        *([f"replace the credentials in {secret.arn}"] if standing != given else []),
        *([f"note {day} as the day of consent"] if day else []),
    ]
    if not plan:
        typer.echo(f"{secret.arn} has these credentials already.", err=True)
        return
    if dry_run:
        typer.echo(f"Would {' and '.join(plan)}.")
        return
    confirm(f"{' and '.join(plan).capitalize()}?", yes=yes)
    if standing != given:
        secret.write(_document_of(given))
    _note(secret, day)
    typer.echo("Stored. The functions take them up within minutes, and need no deploy.", err=True)


@app.command()
def check(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Tell whether the stored credentials are good, and how long the refresh token lasts.

    The secret is filled, Login with Amazon gives a token for it, the Partner Network account is
    accepted, and how many days are left of the 365 after consent. Ends with 1 if something is
    wrong. `applier doctor` looks at everything else as well.
    """
    found = look_at(context, only=_CHECKS)
    print_findings(found, stack=str(context.obj.stack), as_json=as_json)
    end_with_1_if_wrong(found)


def _given(file: Path | None) -> Credentials:
    if file is not None:
        source = "standard input" if str(file) == "-" else str(file)
        return read_credentials(text_of(file), source=source)
    if not sys.stdin.isatty():
        raise OperatorError(
            "nothing was stored, since nobody can be asked here: give the credentials with --from "
            "FILE, or --from - for standard input"
        )
    answers = {
        "client_id": typer.prompt("client_id", err=True),
        "client_secret": typer.prompt("client_secret", hide_input=True, err=True),
        "refresh_token": typer.prompt("refresh_token", hide_input=True, err=True),
    }
    text = json.dumps({name: answer.strip() for name, answer in answers.items()})
    return read_credentials(text, source="what you typed")


def _try(stack: DeployedStack, given: Credentials) -> None:
    """Get a token with what was given. Raises OperatorError if there is none."""
    # Here, so that whoever asks for help does not wait for httpx.
    from recommendation_applier.entrypoints.cli.asking_amazon import (  # noqa: PLC0415 - as said
        asking_amazon,
    )

    settings = ExaminedStack(stack).settings
    with asking_amazon(stack.session, settings, given) as amazon:
        finding = judge_token(amazon.token_error())
    if finding.state is not State.OK:
        raise OperatorError(
            f"nothing was stored: {finding.seen}; {finding.mend} (--no-check stores them untried)"
        )


def _standing(secret: StoredSecret) -> Credentials | None:
    """Read what is there; None if there is nothing that could be used."""
    try:
        return read_credentials(secret.read() or "", source=secret.arn)
    except CredentialsRefusedError:
        return None


def _document_of(credentials: Credentials) -> str:
    return json.dumps(
        {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.get_secret_value(),
            "refresh_token": credentials.refresh_token.get_secret_value(),
        }
    )


def _note(secret: StoredSecret, day: date | None) -> None:
    # Behind the secret: were it the other way round and the second call failed, an old token would
    # pass for a new one.
    if day is None:
        return
    try:
        secret.note_consent(day.isoformat())
    except ClientError as error:
        raise OperatorError(
            f"the credentials are stored, and the day of consent is not: {sentence_of(error)}; "
            f"then run `applier credentials set --keep --consented-on {day}`"
        ) from error

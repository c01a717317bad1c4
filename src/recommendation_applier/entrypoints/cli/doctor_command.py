"""`applier doctor`: what is not as it should be, and how to mend it."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from typing import Annotated, Final

import typer

from recommendation_applier.aws.stack_checks import judge_strange_stack
from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.entrypoints.cli.aws_errors import AWS_ERRORS
from recommendation_applier.entrypoints.cli.aws_looks import aws_looks
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.cli.findings_output import (
    end_with_1_if_wrong,
    print_findings,
)
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import progress
from recommendation_applier.entrypoints.cli.preconditions import (
    NEEDS,
    checks_of,
    found_instead,
    nothing_but,
)
from recommendation_applier.entrypoints.cli.target import Target
from recommendation_applier.entrypoints.settings import read_host
from recommendation_applier.use_cases.examine import Checked, examine

_NOT_FOUND: Final[tuple[type[Exception], ...]] = (OperatorError, *AWS_ERRORS)

app: Final = typer.Typer(rich_markup_mode=None)


def _host(text: str) -> str:
    try:
        return read_host(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}") from error


@app.command()
def doctor(
    context: typer.Context,
    *,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="URL",
            help="Ask this host beside the functions' own, and not Amazon's three; may be given "
            "several times.",
            parser=_host,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 for a warning as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that has to hold before a recommendation is applied, in order.

    Of each it says what was seen, and how to mend it: the stack and its region, its queues, who may
    deliver to them, the credentials and whether Amazon takes them, on which host it answers, what
    it shows, whether the functions are run, the policy, the ledger, and who is told of alarms.

    OK and WARNING end with 0; a FAULT ends with 1. What another fault keeps from being looked at
    is SKIPPED. Nothing is changed.
    """
    found = look_at(context, hosts=hosts or (), only=NEEDS)
    target = context.ensure_object(Target)
    print_findings(found, stack=str(target.stack), as_json=as_json)
    end_with_1_if_wrong(found, strict=strict)


def look_at(
    context: typer.Context, *, only: Collection[str], hosts: Sequence[str] = ()
) -> Sequence[Checked]:
    """Look at the preconditions *only* of the stack that the command's options name.

    Raises OperatorError if they name none.
    """
    # Here, so that whoever asks for help does not wait for httpx.
    from recommendation_applier.entrypoints.cli.amazon_looks import (  # noqa: PLC0415 - as said
        AmazonLooks,
    )

    try:
        stack = deployed_stack(context)
    except _NOT_FOUND as error:
        if not context.ensure_object(Target).stack:
            raise
        return nothing_but(found_instead(error), only=only)
    if stack.parameters.get("AdsRegion") not in ADS_REGIONS or not stack.outputs:
        return nothing_but(judge_strange_stack(stack.name, stack.status), only=only)
    examined = ExaminedStack(stack)
    with ExitStack() as closing, progress("Looking") as bar:
        looks = AmazonLooks(examined, closing=closing, hosts=hosts).by_id()
        bar.total = len(only)
        found = []
        for each in examine(checks_of({**aws_looks(examined), **looks}, only)):
            found.append(each)
            bar.advance(1)
    return found

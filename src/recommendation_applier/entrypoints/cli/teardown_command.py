"""`applier teardown`: a stack that is to be deleted, made ready for it."""

import math
from typing import TYPE_CHECKING, Any, Final

import typer

from recommendation_applier.aws.queue_backlog import backlog_of
from recommendation_applier.domain.backlog import Backlog
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.kept_resources import Kept, kept_of
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Every, Yes
from recommendation_applier.entrypoints.cli.output import print_json, print_rows, progress
from recommendation_applier.entrypoints.cli.streams import (
    MediaType,
    Timeout,
    parts_of,
    patience,
)
from recommendation_applier.entrypoints.cli.subscription_rows import say
from recommendation_applier.entrypoints.cli.subscriptions_archive import (
    COLUMNS,
    archiving_of,
    ask,
    do,
    failures_of,
    look,
    row_of,
)
from recommendation_applier.use_cases.archive_subscriptions import Archived
from recommendation_applier.use_cases.drain import until_drained

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

app: Final = typer.Typer(rich_markup_mode=None)

_KEPT: Final = {"what": "what is kept", "name": "name", "holds": "what is in it"}


@app.command()
def teardown(
    context: typer.Context,
    *,
    timeout: Timeout = "30m",  # type: ignore[assignment] # typer reads it as it reads the option
    every: Every = 10.0,
    media_type: MediaType = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a stack ready to be deleted, and say what will be left of it. Deletes nothing itself.

    Archives every subscription on record, waits until nothing is on the ingress queue any more, and
    prints the commands that delete the stack and what it keeps. Run again, it goes on. Ends with 1
    if something may still be delivered, or was not worked off in time.
    """
    stack = deployed_stack(context)
    sqs: SQSClient = stack.session.client("sqs")
    with parts_of(stack, media_type) as parts:
        archiving = archiving_of(parts, of_all_queues=False)
        found = look(archiving, parts.on_record())
        if not dry_run:
            ask(found, yes=yes)
            found = do(archiving, found)
    if not as_json and found:
        print_rows([row_of(each) for each in found], COLUMNS, as_json=False)
    failures = failures_of(found)
    say(failures, "archived")
    if not dry_run:
        _drain(sqs, stack, seconds=timeout.total_seconds(), every=every)
    left = backlog_of(sqs, stack.output("IngressQueueUrl"))
    _say_what_is_left(stack, found, left, kept_of(stack), as_json=as_json)
    if failures:
        raise typer.Exit(1)


def _drain(sqs: "SQSClient", stack: DeployedStack, *, seconds: float, every: float) -> None:
    queue_url = stack.output("IngressQueueUrl")
    clock = patience(seconds=seconds, every=every)
    least, since = math.inf, clock.monotonic()

    def pause(backlog: Backlog) -> bool:
        nonlocal least, since
        if backlog.total < least:
            least, since = backlog.total, clock.monotonic()
        if clock.is_over(since=since):
            return False
        clock.sleep(every)
        return True

    backlog, most = Backlog(0, 0, 0), 0
    with progress("Waiting until the ingress queue is empty") as bar:
        for backlog in until_drained(lambda: backlog_of(sqs, queue_url), pause):
            most = max(most, backlog.total)
            bar.total = most
            bar.show(most - backlog.total)
    if backlog.total:
        raise OperatorError(
            f"the ingress queue {queue_url} still has {backlog.visible} messages, "
            f"{backlog.in_flight} in flight and {backlog.delayed} delayed, and in {seconds:.0f} s "
            "they became no fewer: see that its event source is enabled and why deliveries are "
            "retried, then run it again"
        )


def _say_what_is_left(
    stack: DeployedStack, found: list[Archived], left: Backlog, kept: list[Kept], *, as_json: bool
) -> None:
    delete_stack = f"sam delete --stack-name {stack.name} --region {stack.region}"
    by_hand = [command for each in kept for command in each.commands]
    if as_json:
        print_json(
            {
                "subscriptions": [row_of(each) for each in found],
                "ingressQueue": {
                    "visible": left.visible,
                    "inFlight": left.in_flight,
                    "delayed": left.delayed,
                },
                "kept": [each.row() for each in kept],
                "commands": [delete_stack, *by_hand],
            }
        )
        return
    typer.echo(f"The ingress queue has {left.total} messages. This deletes the stack:\n")
    typer.echo(f"  {delete_stack}\n")
    typer.echo("It keeps what cannot be made again:")
    rows: list[dict[str, Any]] = [each.row() for each in kept]
    print_rows(rows, _KEPT, as_json=False)
    typer.echo("Once nobody needs that any more, these delete it, for good:\n")
    for command in by_hand:
        typer.echo(f"  {command}")

"""What `applier held` and a person's word about what is held have in common."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.aws.policy_parameter import PolicyParameter
from recommendation_applier.aws.release_notices import IngressNotices
from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.held import Held, Objection
from recommendation_applier.domain.policy import read_policy
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.cli.filters import ending_within, held_filter, is_filtered
from recommendation_applier.entrypoints.cli.held_rows import LINES, lines_of
from recommendation_applier.entrypoints.cli.output import print_rows, warn
from recommendation_applier.use_cases.ports import HeldStore
from recommendation_applier.use_cases.release_held import (
    HeldDecisions,
    LookedAt,
    Outcome,
    Said,
    refused,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sqs.client import SQSClient
    from types_boto3_ssm.client import SSMClient
    from types_boto3_sts.client import STSClient

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

_OUTCOMES: Final = {
    "recommendationId": "recommendation",
    "outcome": "outcome",
    "reason": "reason",
    "detail": "which means",
}


def store_of(stack: DeployedStack) -> HeldEntries:
    """Make the adapter in front of the ledger's table."""
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    return HeldEntries(dynamodb, table_name=stack.output("LedgerTableName"), report_failure=warn)


def decisions_of(stack: DeployedStack, *, by: str | None, why: str) -> HeldDecisions:
    """Make the use case; where *by* names nobody, it is whoever is signed in to AWS."""
    sqs: SQSClient = stack.session.client("sqs")
    sts: STSClient = stack.session.client("sts")
    return HeldDecisions(
        held=store_of(stack),
        notices=IngressNotices(sqs, queue_url=stack.output("IngressQueueUrl"), report_failure=warn),
        clock=lambda: datetime.now(UTC),
        by=by or sts.get_caller_identity()["Arn"],
        why=why,
    )


def warn_of_dry_run(stack: DeployedStack) -> None:
    """Tell of what stops what is released as well: the mode, or a policy that cannot be used."""
    ssm: SSMClient = stack.session.client("ssm")
    stored = PolicyParameter(ssm, name=stack.output("ApplyPolicyName")).read()
    try:
        mode = read_policy(stored.text).mode
    except PolicyError as error:
        warn(f"nothing is applied before the policy is mended: {error}")
        return
    if "DRY_RUN" in (mode, stack.parameters.get("ApplyMode")):
        warn("the mode is DRY_RUN: what is released is held again; release it once it is APPLY")


def filtered(
    context: typer.Context, store: HeldStore, *, now: datetime, expired: bool = False
) -> Iterator[Held]:
    """Give what the filters of the command mean: what has *expired*, or what has not."""
    wanted, within = held_filter(context), ending_within(context)
    if expired:
        found = store.ending_before(now, after=_BEGINNING)
    elif within is not None:
        found = store.ending_before(now + within, after=now)
    else:
        found = store.held(after=now)
    return (each for each in found if wanted.covers(each))


def look_at_chosen(
    context: typer.Context,
    decisions: HeldDecisions,
    ids: Sequence[str] | None,
    *,
    everything: bool,
) -> LookedAt:
    """Look at what the options name. Raises BadParameter unless they name it in one way."""
    if [bool(ids), everything, is_filtered(context)].count(True) != 1:
        raise typer.BadParameter("say which by --id, by filters, or by --all, and by one of them")
    if ids:
        return decisions.look_at(list(dict.fromkeys(ids)))
    found = filtered(context, decisions.held, now=decisions.clock())
    return {each.recommendation.recommendation_id: each for each in found}


def rehearse(looked_at: LookedAt, *, done: Outcome, as_json: bool) -> None:
    """Say what would come of a word about each; nothing is done."""
    rows = [
        _row(refused(name, each))
        if isinstance(each, Objection)
        else {"recommendationId": name, "outcome": f"WOULD_BE_{done}"}
        for name, each in looked_at.items()
    ]
    print_rows(rows, _OUTCOMES, as_json=as_json)


def ask(looked_at: LookedAt, verb: str, *, yes: bool) -> None:
    """Show what a word would be about, and ask; nobody is asked about nothing."""
    held = [each for each in looked_at.values() if isinstance(each, Held)]
    if held and not yes:
        print_lines(held, now=datetime.now(UTC), err=True)
    if held:
        confirm(f"{verb} {len(held)} held recommendations?", yes=yes)


def report(said: Iterable[Said], *, done: Outcome, as_json: bool) -> None:
    """Say what came of each. Ends the command with 1 unless all of it is *done*."""
    rows = [_row(each) for each in said]
    if rows or as_json:
        print_rows(rows, _OUTCOMES, as_json=as_json)
    undone = [each for each in rows if each["outcome"] != done.value]
    typer.echo(f"{len(rows) - len(undone)} of {len(rows)} are {done.lower()}.", err=True)
    if undone:
        raise typer.Exit(1)


def print_lines(found: Iterable[Held], *, now: datetime, err: bool = False) -> None:
    """Print the table of what is held, for people."""
    lines = [line for each in found for line in lines_of(each, now=now)]
    print_rows(lines, LINES, as_json=False, err=err)


def _row(said: Said) -> dict[str, str]:
    return {
        "recommendationId": said.recommendation_id,
        "outcome": said.outcome.value,
        "reason": said.reason,
        "detail": said.detail,
    }

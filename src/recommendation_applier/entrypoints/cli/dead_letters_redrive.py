"""`applier dead-letters redrive`: chosen letters go back to be tried again."""

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recommendation_applier.aws.ingress_bodies import IngressQueueBodies
from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.entrypoints.cli.dead_letters_choosing import (
    Judged,
    agree,
    carry_out,
    chosen,
    plan,
    prospects_of,
    rehearse,
)
from recommendation_applier.entrypoints.cli.dead_letters_looking import Looking
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Yes
from recommendation_applier.use_cases.letter_outcomes import Outcome, skipped, would_be_let_go
from recommendation_applier.use_cases.redrive_letters import Pace, Redrive

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

_LEAST_RATE: Final = 0.1
_MOST_RATE: Final = 10_000.0


def _rate(given: str | float) -> float:
    """Read how many letters a second. Raises BadParameter."""
    try:
        rate = float(given)
    except ValueError:
        rate = math.nan
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise typer.BadParameter(f"'{given}' is no number from {_LEAST_RATE:g} to {_MOST_RATE:g}")
    return rate


Everything = Annotated[bool, typer.Option("--all", help="All dead letters.")]
Rate = Annotated[
    float,
    typer.Option("--rate", metavar="NUMBER", help="Letters a second, at most.", parser=_rate),
]


def redrive(
    context: typer.Context,
    *,
    everything: Everything = False,
    rate: Rate = 10.0,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send chosen dead letters back to the ingress queue, where they are decided anew.

    Without --yes it shows what would be done, and asks; where nobody can be asked, that is all. A
    letter goes as a whole. It stays where it is if all of its recommendations have expired, were
    taken back, or are settled by the ledger: `purge --settled` deletes such letters.

    Each letter is sent first, and deleted when SQS has it. Stop it at any moment with Ctrl-C:
    nothing is lost, and what is on both queues then does no harm. Run it again for the rest. Ends
    with 1 if not all that could go has gone.
    """
    wanted = chosen(context, everything=everything)
    stack = deployed_stack(context)
    prospects = prospects_of(stack)

    def judge(letters: list[WaitingLetter]) -> Judged:
        found = prospects.of(letters)
        for letter in letters:
            prospect = found.get(letter.message_id)
            remark = (
                would_be_let_go(prospect, of=len(letter.recommendation_ids)) if prospect else ""
            )
            yield letter, skipped(prospect), remark

    found = plan(stack, wanted, judge, done=Outcome.MOVED)
    if dry_run:
        rehearse(found, as_json=as_json)
        return
    agree(found, f"Redrive {len(found.said):,} dead letters?", yes=yes, as_json=as_json)
    sqs: SQSClient = stack.session.client("sqs")
    ingress = IngressQueueBodies(sqs, queue_url=stack.output("IngressQueueUrl"))

    def move(looked: Looking) -> Iterator[int]:
        pace = Pace(per_second=rate, monotonic=time.monotonic, sleep=time.sleep)
        return Redrive(
            look=looked.look,
            ingress=ingress,
            prospects=prospects,
            read=looked.read,
            pace=pace,
            said=found.said,
        ).run()

    carry_out(stack, found, move, seconds_a_letter=1 / rate, as_json=as_json)

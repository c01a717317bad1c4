"""A look at the dead letters, as every command of `applier dead-letters` begins it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from recommendation_applier.aws.dead_letter_look import DeadLetterLook, DeadLetterReader
from recommendation_applier.domain.letter_filter import LetterFilter
from recommendation_applier.domain.letter_reading import read_waiting_letter
from recommendation_applier.domain.waiting_letter import QueuedMessage, WaitingLetter
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.cli.output import Bar, progress, warn

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

_ACTIONABLE: Final = "PUBLISHED"
"""Of a stack that does not say which statuses may be applied."""


@dataclass(frozen=True, slots=True)
class Looking:
    """A look that has begun, with the bar that shows how far it is."""

    look: DeadLetterLook
    bar: Bar
    read: Callable[[QueuedMessage], WaitingLetter]

    def letters(self) -> Iterator[list[WaitingLetter]]:
        """Give every letter once, some at a time."""
        for messages in self.look.messages():
            yield [self.read(each) for each in messages]
            self.bar.advance(len(messages))

    def fitting(self, wanted: LetterFilter, *, now: datetime) -> Iterator[WaitingLetter]:
        """Give those that a filter means, one by one; at the end it is told how many."""
        count = 0
        for letters in self.letters():
            for letter in letters:
                if wanted.covers(letter, now=now):
                    count += 1
                    yield letter
        self.tell(f"{count:,} of {len(self.look.seen):,} dead letters")

    def tell(self, sentence: str) -> None:
        """Say *sentence* on stderr, and what of the queue was not seen."""
        counted, seen = self.look.counted, len(self.look.seen)
        unseen = [
            f"{counted.hidden:,} more are in hand elsewhere, by another look or a redrive, and "
            "come back when that is over"
            if counted.hidden
            else "",
            f"SQS counted {counted.visible:,}: look again" if seen < counted.visible else "",
        ]
        typer.echo("; ".join([sentence, *filter(None, unseen)]) + ".", err=True)


def reader_of(stack: DeployedStack) -> DeadLetterReader:
    """Make the adapter in front of the dead-letter queue."""
    sqs: SQSClient = stack.session.client("sqs")
    return DeadLetterReader(
        sqs,
        queue_url=stack.output("DeadLetterQueueUrl"),
        clock=lambda: datetime.now(UTC),
        report_failure=warn,
    )


@contextmanager
def looking(
    stack: DeployedStack, what: str, *, seconds_a_letter: float = 0.0, total: int | None = None
) -> Iterator[Looking]:
    """Look at all letters, *seconds_a_letter* at each; everything is put back when it is over.

    A bar shows that *what* goes on, up to *total*, or to the end of the queue.
    """
    statuses = frozenset(
        each.strip() for each in stack.parameters.get("ActionableStatuses", _ACTIONABLE).split(",")
    )

    def read(message: QueuedMessage) -> WaitingLetter:
        return read_waiting_letter(message, actionable_statuses=statuses)

    with progress(what) as bar, reader_of(stack).look(seconds_a_letter=seconds_a_letter) as look:
        bar.total = look.counted.visible if total is None else total
        yield Looking(look, bar, read)

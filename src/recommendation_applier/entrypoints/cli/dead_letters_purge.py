"""`applier dead-letters purge`: chosen letters are deleted, once they are written down."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.waiting_letter import QueuedMessage, WaitingLetter
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
from recommendation_applier.entrypoints.cli.dead_letters_redrive import Everything
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Yes
from recommendation_applier.use_cases.letter_outcomes import Outcome
from recommendation_applier.use_cases.purge_letters import Purge


class CopyFile:
    """Fits the LetterCopies port: a letter a line, as it stands on the queue, for its owner alone.

    The file is made with the first letter, and never over one that exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def keep(self, letters: Sequence[QueuedMessage]) -> None:
        """Write *letters*, and wait until the disk has them. Raises OSError."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        left = "".join(f"{_line(each)}\n" for each in letters).encode()
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.fsync(self._descriptor)

    def close(self) -> None:
        """End it."""
        if self._descriptor is not None:
            os.close(self._descriptor)


def purge(
    context: typer.Context,
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", help="Write each letter there first, as JSON on a line."
        ),
    ] = None,
    no_copy: Annotated[
        bool, typer.Option("--no-copy", help="Write nothing down: what is deleted is gone.")
    ] = False,
    settled: Annotated[
        bool,
        typer.Option(
            "--settled", help="Only what redrive skips: expired, taken back, or applied already."
        ),
    ] = False,
    everything: Everything = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Delete chosen dead letters, after each is written to a file with all that it says.

    Without --yes it shows what would be deleted, and asks; where nobody can be asked, that is all.
    A letter is deleted as a whole, and only when the disk has its copy, which anybody can put back
    by sending its `body` to the ingress queue. The file must not exist: no copy is overwritten. A
    copy is the letter as it stands on the queue: where that is an SNS confirmation, with its token.
    Ends with 1 if not all of it could be deleted.
    """
    wanted = chosen(context, everything=everything, more=settled)
    if to is not None and no_copy:
        raise typer.BadParameter("give --to or --no-copy, not both")
    if to is None and not no_copy and not dry_run:
        raise typer.BadParameter("say where the letters are written first, with --to FILE")
    if to is not None and to.exists():
        raise OperatorError(f"{to} exists, and no copy is overwritten: name another file")
    stack = deployed_stack(context)
    prospects = prospects_of(stack)

    def judge(letters: list[WaitingLetter]) -> Judged:
        known = prospects.of(letters) if settled else {}
        for letter in letters:
            prospect = known.get(letter.message_id)
            if not settled or (prospect is not None and prospect.is_settled):
                yield letter, None, prospect.reasons() if prospect else ""

    found = plan(stack, wanted, judge, done=Outcome.DELETED)
    if dry_run:
        rehearse(found, as_json=as_json)
        return
    agree(found, f"Delete {len(found.said):,} dead letters for good?", yes=yes, as_json=as_json)
    with closing(CopyFile(to)) if to else nullcontext() as copies:

        def delete(looked: Looking) -> Iterator[int]:
            return Purge(look=looked.look, copies=copies, said=found.said).run()

        carry_out(stack, found, delete, as_json=as_json)


def _line(letter: QueuedMessage) -> str:
    return json.dumps(
        {
            "messageId": letter.message_id,
            "sentAt": format_date(letter.sent_at),
            "attributes": dict(letter.attributes),
            "body": letter.body,
        }
    )

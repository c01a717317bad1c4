"""Choosing dead letters to do something about: what is planned, asked, done and told."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import typer

from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.aws.ledger_table import LedgerTable
from recommendation_applier.domain.letter_filter import LetterFilter
from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.entrypoints.cli.confirm import can_be_asked, confirm
from recommendation_applier.entrypoints.cli.dead_letters_filters import is_filtered, letter_filter
from recommendation_applier.entrypoints.cli.dead_letters_looking import Looking, looking
from recommendation_applier.entrypoints.cli.dead_letters_rows import some
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.cli.output import print_rows, warn
from recommendation_applier.use_cases.letter_outcomes import UNTOUCHED, Outcome, Said
from recommendation_applier.use_cases.letter_prospects import LetterProspects

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_COLUMNS: Final = {
    "reasonCode": "dead-lettered for",
    "recommendation": "recommendation",
    "outcome": "outcome",
    "reason": "reason",
    "detail": "which means",
    "messageId": "message",
}

Judged = Iterable[tuple[WaitingLetter, Said | None, str]]
"""Letters that are meant: why nothing is done about one, or else what is worth saying of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to come of the letters that were chosen; none of their bodies is kept."""

    done: Outcome
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    """By message id, of those that something is to be done about."""
    left: dict[str, Said] = field(default_factory=dict)
    """By message id, of those that stay."""

    def add(self, judged: Judged) -> None:
        """Take note of letters."""
        for letter, stays, remark in judged:
            name = letter.message_id
            self.rows[name] = {
                "messageId": name,
                "reasonCode": letter.reason_code,
                "recommendationIds": letter.recommendation_ids,
                "recommendation": some(letter.recommendation_ids),
                "remark": remark,
            }
            if stays is None:
                self.said[name] = UNTOUCHED
            else:
                self.left[name] = stays

    def rehearsal(self) -> list[dict[str, Any]]:
        """Write what would be done."""
        would = f"WOULD_BE_{self.done}"
        return [
            _row(row, would, detail=row["remark"])
            if name in self.said
            else _row(row, *_words(self.left[name]))
            for name, row in self.rows.items()
        ]

    def report(self) -> list[dict[str, Any]]:
        """Write what was done."""
        said = self.left | self.said
        return [_row(row, *_words(said[name])) for name, row in self.rows.items()]

    def is_done(self) -> bool:
        """Tell whether nothing is left to be done."""
        fine = (self.done, Outcome.SKIPPED)
        return all(each.outcome in fine for each in (self.left | self.said).values())


def chosen(context: typer.Context, *, everything: bool, more: bool = False) -> LetterFilter:
    """Give what the options mean. Raises BadParameter unless it is said by filters or by --all.

    *more* says that it is said by another option.
    """
    if everything == (is_filtered(context) or more):
        raise typer.BadParameter("say which by filters, or by --all, and by one of them")
    return letter_filter(context)


def prospects_of(stack: DeployedStack) -> LetterProspects:
    """Make what asks the ledger about letters."""
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    return LetterProspects(_Ledger(dynamodb, stack), lambda: datetime.now(UTC))


def plan(
    stack: DeployedStack,
    wanted: LetterFilter,
    judge: Callable[[list[WaitingLetter]], Judged],
    *,
    done: Outcome,
) -> Plan:
    """Look at all letters, and *judge* those that are *wanted*; everything is put back."""
    found, now = Plan(done=done), datetime.now(UTC)
    with looking(stack, "Looking at the dead letters") as looked:
        for letters in looked.letters():
            found.add(judge([each for each in letters if wanted.covers(each, now=now)]))
        looked.tell(f"{len(found.rows):,} of {len(looked.look.seen):,} dead letters are meant")
    return found


def rehearse(found: Plan, *, as_json: bool, err: bool = False) -> None:
    """Print what would be done; nothing is."""
    rows = found.rehearsal()
    if rows or as_json:
        print_rows(rows, _COLUMNS, as_json=as_json, err=err)
    _sum_up(rows)


def agree(found: Plan, question: str, *, yes: bool, as_json: bool) -> None:
    """Show what would be done, and ask; nobody is asked about nothing.

    Where there is nobody to ask, it stays at that, and the command ends with 1.
    """
    if yes or not found.said:
        return
    rehearse(found, as_json=as_json and not can_be_asked(), err=can_be_asked())
    confirm(question, yes=False)


def carry_out(
    stack: DeployedStack,
    found: Plan,
    action: Callable[[Looking], Iterator[int]],
    *,
    seconds_a_letter: float = 0.0,
    as_json: bool,
) -> None:
    """Do what is planned, show how far it is, and tell what came of each letter.

    It is told as well when the operator stops it, or when it fails. Ends the command with 1 unless
    all of it is done.
    """
    total = len(found.said)
    try:
        if total:
            with looking(
                stack, "Going on", seconds_a_letter=seconds_a_letter, total=total
            ) as looked:
                for count in action(looked):
                    looked.bar.advance(count)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
    finally:
        rows = found.report()
        if rows or as_json:
            print_rows(rows, _COLUMNS, as_json=as_json)
        _sum_up(rows)
    if not found.is_done():
        raise typer.Exit(1)


def _row(
    row: Mapping[str, Any], outcome: str, reason: str = "", detail: str = ""
) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name != "remark"}
    return told | {"outcome": outcome, "reason": reason, "detail": detail}


def _words(said: Said) -> tuple[str, str, str]:
    return said.outcome.value, said.reason, said.detail


def _sum_up(rows: Iterable[Mapping[str, Any]]) -> None:
    outcomes = Counter((row["outcome"], row["reason"]) for row in rows)
    told = [
        f"{count:,} {outcome.lower().replace('_', ' ')}{f' ({reason})' if reason else ''}"
        for (outcome, reason), count in outcomes.most_common()
    ]
    typer.echo(f"{', '.join(told) or 'Nothing to do'}.", err=True)


class _Ledger:
    """Fits the LedgerWords port: a table that cannot be read ends the command."""

    def __init__(self, client: "DynamoDBClient", stack: DeployedStack) -> None:
        name = stack.output("LedgerTableName")
        entries = HeldEntries(client, table_name=name, report_failure=warn)
        table = LedgerTable(client, table_name=name, report_failure=warn, time_is_up=lambda: False)
        self.entries_of = entries.entries_of
        self.records_of = table.records_of

"""`applier dead-letters`: what could not be applied."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from recommendation_applier.domain.letter_filter import LetterFilter
from recommendation_applier.domain.letter_groups import GroupBy, grouped
from recommendation_applier.entrypoints.cli.dead_letters_filters import (
    LetterFiltered,
    letter_filter,
)
from recommendation_applier.entrypoints.cli.dead_letters_looking import looking
from recommendation_applier.entrypoints.cli.dead_letters_purge import purge
from recommendation_applier.entrypoints.cli.dead_letters_redrive import redrive
from recommendation_applier.entrypoints.cli.dead_letters_rows import (
    CELLS,
    EXPORT,
    LINES,
    SUBJECTS,
    cells_of,
    facts_of,
    line_of,
    whole,
)
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.options import AsCsv, AsJson
from recommendation_applier.entrypoints.cli.output import (
    print_facts,
    print_json,
    print_rows,
    write_csv,
    write_json_array,
    write_json_lines,
)

app: Final = typer.Typer(rich_markup_mode=None)

_LOOKING: Final = "Looking at the dead letters"

_GROUPS: Final = {
    "letters": "letters",
    "recommendations": "recommendations",
    "oldest": "oldest",
    "newest": "newest",
}


@app.command(name="list", cls=LetterFiltered)
def list_(
    context: typer.Context,
    *,
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="The oldest first, instead of the newest.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show dead letters, one a line: why, whose, about what, and when SQS deletes them.

    Nothing is taken away. SQS has no way to look at a message without receiving it: letters are
    hidden from others while they are looked at, and put back at once, also when you stop with
    Ctrl-C. That they were received is counted, and leads nowhere. What another operator is looking
    at meanwhile is not seen here, but counted on stderr.
    """
    wanted, now = letter_filter(context), datetime.now(UTC)
    with looking(deployed_stack(context), _LOOKING) as looked:
        retention = looked.look.counted.retention
        found = sorted(
            (
                (
                    letter.since,
                    facts_of(letter, retention=retention)
                    if as_json
                    else line_of(letter, now=now, retention=retention),
                )
                for letter in looked.fitting(wanted, now=now)
            ),
            key=lambda each: each[0],
            reverse=not oldest_first,
        )
    print_rows([row for _, row in found], LINES, as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A recommendation's id, or the letter's own: its SQS message id."
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Show all that a dead letter says: the reason, Amazon's answer, each id, and its body.

    All letters about a recommendation are shown. The body is as it stands on the queue, but for
    the token of an SNS confirmation.
    """
    stack = deployed_stack(context)
    wanted, now = LetterFilter(ids=frozenset([name])), datetime.now(UTC)
    with looking(stack, _LOOKING) as looked:
        retention = looked.look.counted.retention
        found = list(looked.fitting(wanted, now=now))
    if not found:
        raise OperatorError(
            f"no dead letter of stack {stack.name} is about {name}, or has it as its message id: "
            "`applier ledger show` tells what became of a recommendation"
        )
    if as_json:
        print_json([whole(each, retention=retention) for each in found])
        return
    for each in found:
        facts = whole(each, retention=retention)
        subjects = facts.pop("recommendations")
        print_facts(facts)
        print_rows(subjects, SUBJECTS, as_json=False)


@app.command(cls=LetterFiltered)
def group(
    context: typer.Context,
    *,
    by: Annotated[
        GroupBy, typer.Option("--by", help="What letters have to have in common.")
    ] = GroupBy.REASON,
    as_json: AsJson = False,
) -> None:
    """Count dead letters and the recommendations in them, by what they have in common.

    A letter about several accounts, types, marketplaces or opportunities is counted for each. What
    says nothing of it is counted as well, under no name.
    """
    wanted, now = letter_filter(context), datetime.now(UTC)
    with looking(deployed_stack(context), _LOOKING) as looked:
        groups = grouped(looked.fitting(wanted, now=now), by, now=now)
    rows = [{by.value: each.pop("value"), **each} for each in map(asdict, groups)]
    if not as_json:
        rows = [row | {by.value: row[by.value] or "(none)"} for row in rows]
    print_rows(rows, {by.value: by.value, **_GROUPS}, as_json=as_json)


@app.command(cls=LetterFiltered)
def export(
    context: typer.Context,
    *,
    as_csv: AsCsv = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON array instead of JSON Lines.")
    ] = False,
) -> None:
    """Write down dead letters with their bodies: one JSON document a line, unless told otherwise.

    They are written as they are received, in no order; of each only its receipt is kept in memory,
    to put it back. The token of an SNS confirmation is left out. In CSV, a cell has all values of
    its letter.
    """
    if as_csv and as_json:
        raise typer.BadParameter("give --csv or --json, not both")
    wanted, now = letter_filter(context), datetime.now(UTC)
    with looking(deployed_stack(context), _LOOKING) as looked:
        retention = looked.look.counted.retention
        found = looked.fitting(wanted, now=now)
        if as_csv:
            write_csv((cells_of(each, retention=retention) for each in found), CELLS, sys.stdout)
        elif as_json:
            rows = (whole(each, retention=retention) for each in found)
            write_json_array(rows, EXPORT, sys.stdout)
        else:
            write_json_lines((whole(each, retention=retention) for each in found), sys.stdout)


app.command(cls=LetterFiltered)(redrive)
app.command(cls=LetterFiltered)(purge)

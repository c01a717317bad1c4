"""`applier ledger export` and `rollback-sheet`: what was changed, as files."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Annotated, Any

import typer

from recommendation_applier.domain.policy_rules import Match
from recommendation_applier.domain.sent import Sent
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.filters import (
    chosen_match,
    chosen_rules,
    is_filtered,
)
from recommendation_applier.entrypoints.cli.options import AsCsv, AsJson
from recommendation_applier.entrypoints.cli.output import (
    write_csv,
    write_json_array,
)
from recommendation_applier.entrypoints.cli.reading_ledger import reading_ledger
from recommendation_applier.entrypoints.cli.sent_rows import (
    EXPORT,
    ROLLBACK,
    export_rows,
    rollback_rows,
)
from recommendation_applier.entrypoints.cli.times import parse_moment
from recommendation_applier.use_cases.sent_since import sent_since

Since = Annotated[
    datetime,
    typer.Option(
        "--since",
        metavar="MOMENT",
        help="Sent since: a date, a date and time (UTC), or how long ago, such as 7d.",
        parser=parse_moment,
    ),
]


def export(
    context: typer.Context,
    *,
    since: Since,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Write down who changed what: a row for each number of each recommendation that was sent.

    When, in which account and campaign, from what to what, by which rule of which version of the
    policy, released by whom, under which of Amazon's request ids, what Amazon said, and how the
    application ended (PENDING while it is followed). CSV, unless --json asks for a JSON array. The
    whole table is read, and nothing is kept in memory: redirect it into a file.
    """
    _write(context, since, export_rows, EXPORT, as_csv=as_csv, as_json=as_json)


def rollback_sheet(
    context: typer.Context,
    *,
    since: Since,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Write down what was before: a row for each number that may have been changed, to put it back.

    By hand, or through the Ads API: with the ids of campaign, ad group and target, and the whole
    text of a keyword. What Amazon failed to apply is left out. Whether a number was changed again
    since is not known here: compare `after` with what is there now. CSV, unless --json asks for a
    JSON array.
    """
    _write(
        context,
        since,
        lambda sent: rollback_rows(sent) if sent.may_have_changed_a_campaign else (),
        ROLLBACK,
        as_csv=as_csv,
        as_json=as_json,
    )


def _write(
    context: typer.Context,
    since: datetime,
    rows_of: Callable[[Sent], Iterable[Mapping[str, Any]]],
    columns: Sequence[str],
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    if as_csv and as_json:
        raise typer.BadParameter("give --csv or --json, not both")
    match, rules = chosen_match(context), chosen_rules(context)
    stack = deployed_stack(context)
    with reading_ledger(stack) as ledger:
        rows = (
            row
            for sent in sent_since(ledger.scan.records(), ledger.entries.entries_of, since=since)
            if _is_meant(sent, match, rules, unknown=not is_filtered(context))
            for row in rows_of(sent)
        )
        if as_json:
            write_json_array(rows, columns, sys.stdout)
        else:
            write_csv(rows, columns, sys.stdout)


def _is_meant(sent: Sent, match: Match, rules: AbstractSet[str], *, unknown: bool) -> bool:
    if sent.entry is None:  # nobody knows what it was
        return unknown
    return match.covers(sent.entry.recommendation) and (not rules or sent.decided_by.rule in rules)

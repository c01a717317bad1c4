"""`applier opportunities routes`: a route table, out of what the index knows."""

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.aws.route_table import StoredRoutes
from recommendation_applier.aws.sightings import read_sightings
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.opportunity_routes import Routes
from recommendation_applier.domain.published_catalogue import published_catalogue
from recommendation_applier.domain.route_proposal import Proposal, propose_routes
from recommendation_applier.entrypoints.cli import route_output
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.counting import counting
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.listed_opportunities import (
    ListedOpportunities,
    listed_opportunities,
)
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Offline, Yes
from recommendation_applier.entrypoints.cli.output import print_facts, print_json, print_rows

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_ssm.client import SSMClient

_MOST_CHARACTERS: Final = 4096
"""Of a standard parameter's value (SSM quotas)."""


def routes(
    context: typer.Context,
    *,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write the table there, as JSON."),
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Store the table in the stack: it counts in a minute.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Propose a table of routes, to be looked at.

    Routes say which opportunity recommendations of a kind belong to. These are out of what the
    index has learnt from Amazon's files, and of the recommendations in the ledger that it knows.

    Of each group, and each kind (type, product and grouping type), it is told where it leads and
    how many recommendations were seen to go there; 0 is for what only a file tells.

    NEW: proposed. STORED: there is such a route. OVERRULED: the stored routes lead elsewhere.
    CONFLICT: it leads to several. INCOMPLETE: it lacks labels. UNLISTED: Amazon does not list the
    opportunity any more, or not to be applied. Only what is NEW is added to the stored routes,
    behind them; none of those is changed.

    Reads the whole table of the ledger, which costs a read unit for every 8 kB in it.
    """
    stack = deployed_stack(context)
    ssm: SSMClient = stack.session.client("ssm")
    name = stack.output("OpportunityRoutesName")
    stored = StoredRoutes(ssm, name=name, clock=_now).read()
    query = OpportunityQuery(objective_type=(ACCOUNT_TEAM,))
    listed = listed_opportunities(context, query, offline=offline)
    proposal, around = _look(stack, stored, listed)
    if as_json:
        print_json(route_output.document_of(proposal, around))
    else:
        _show(proposal, around)
    if not around.files or not all(around.files.values()):
        typer.echo(
            f"Files read to their end: {sum(around.files.values())} of {len(around.files)}. What "
            "leads to one opportunity may lead to several (with OpportunityFiles=OFF, none is "
            "read).",
            err=True,
        )
    if write is not None and not dry_run:
        if write.exists():
            confirm(f"Replace {write}?", yes=yes)
        write.write_text(f"{_indented(proposal.routes)}\n", encoding="utf-8")
    if store:
        _store(
            ssm, name, proposal.routes, is_new=proposal.routes != stored, dry_run=dry_run, yes=yes
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _look(
    stack: DeployedStack, stored: Routes, listed: ListedOpportunities
) -> tuple[Proposal, route_output.Surroundings]:
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    table_name = stack.output("LedgerTableName")
    index = StoredOpportunityIndex(
        dynamodb,
        table_name=table_name,
        clock=_now,
        time_is_up=lambda: False,
        sleep=time.sleep,
        jitter=random.uniform,
    )
    with counting("Reading the ledger") as count:
        sightings = read_sightings(dynamodb, table_name=table_name, index=index, on_progress=count)
    listed_titles = {each.partner_opportunity_id: each.title for each in listed.opportunities}
    proposal = propose_routes(
        sightings,
        index.lessons(),
        stored=stored,
        applicable=listed_titles.keys() if listed.published is None else None,
    )
    known = {each for finding in proposal.findings for each in finding.opportunities}
    published = published_catalogue().opportunities
    return proposal, route_output.Surroundings(
        titles={each: published[each].title for each in known & published.keys()}
        | {each: title for each, title in listed_titles.items() if title},
        untaught=[each for each in listed_titles if each not in known],
        files={name: each.kinds is not None for name, each in index.progress().items()},
    )


def _show(proposal: Proposal, around: route_output.Surroundings) -> None:
    rows = [
        route_output.for_people(route_output.row_of(each), around) for each in proposal.findings
    ]
    print_rows(rows, route_output.TABLE, as_json=False)
    print_facts(route_output.facts_of(proposal, around))
    typer.echo(_indented(proposal.routes))


def _store(
    ssm: "SSMClient", name: str, table: Routes, *, is_new: bool, dry_run: bool, yes: bool
) -> None:
    text = route_output.text_of(table)
    if not is_new:
        typer.echo(f"Parameter {name} has this table already.", err=True)
        return
    if len(text) > _MOST_CHARACTERS:
        raise OperatorError(
            f"storing {len(table.routes)} routes in parameter {name} failed: they take "
            f"{len(text):,} characters, and it has room for {_MOST_CHARACTERS:,}; write them with "
            "--write FILE, leave some out, and store the file as the README says"
        )
    if dry_run:
        typer.echo(f"{len(table.routes)} routes would be stored in parameter {name}.", err=True)
        return
    confirm(f"Store {len(table.routes)} routes in parameter {name}?", yes=yes)
    ssm.put_parameter(Name=name, Value=text, Overwrite=True)
    typer.echo(f"Stored {len(table.routes)} routes in parameter {name}.", err=True)


def _indented(table: Routes) -> str:
    return json.dumps(json.loads(route_output.text_of(table)), indent=1, ensure_ascii=False)

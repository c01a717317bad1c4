"""`applier opportunities`: what is in Amazon's catalogue, and the files behind it."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.published_catalogue import published_catalogue
from recommendation_applier.entrypoints.cli import opportunity_output
from recommendation_applier.entrypoints.cli.amazon import opportunity_files
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.download_command import download
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.listed_opportunities import (
    ListedOpportunities,
    listed_opportunities,
)
from recommendation_applier.entrypoints.cli.options import AsJson, Offline, OpportunityId
from recommendation_applier.entrypoints.cli.output import print_facts, print_json, print_rows
from recommendation_applier.entrypoints.cli.routes_command import routes

app: Final = typer.Typer(rich_markup_mode=None)

Names = list[str] | None
Audiences = Annotated[
    Names,
    typer.Option(
        "--audience", metavar="NAME", help="Only for this audience, such as PARTNER; or several."
    ),
]
Objectives = Annotated[
    Names,
    typer.Option(
        "--objective",
        metavar="NAME",
        help="Only of this objective, such as CLICK_CREDITS; or several.",
    ),
]
Products = Annotated[
    Names,
    typer.Option(
        "--product",
        metavar="NAME",
        help="Only for this product, such as SPONSORED_BRANDS; or several.",
    ),
]


@app.command("list")
def list_opportunities(  # noqa: PLR0913 - an argument is an option
    context: typer.Context,
    *,
    audience: Audiences = None,
    objective: Objectives = None,
    product: Products = None,
    advertiser: Annotated[
        Names, typer.Option(metavar="ID", help="Only what is about this advertiser; or several.")
    ] = None,
    profile_id: Annotated[
        Names, typer.Option(metavar="ID", help="Only what is about this profile; or several.")
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Texts in this language, such as de_DE; leaves out what has none in it.",
        ),
    ] = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """List what Amazon has for the Partner Network account.

    Only the rows of applicable ones (objective AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS) can be applied;
    the others' are for reading. Rows and date are of the data file. Options that take several
    values are repeated, or have them separated by commas; different ones narrow each other, but
    for advertisers and profiles, which add up.

    Where Amazon does not answer, the guide's catalogue is shown, which labels ids.
    """
    query = OpportunityQuery(
        audience=_names(audience),
        objective_type=_names(objective),
        product=_names(product),
        advertiser_id=_values(advertiser),
        profile_id=_values(profile_id),
        locale=locale,
    )
    listed = listed_opportunities(context, query, offline=offline)
    rows = [opportunity_output.row_of(each) for each in listed.opportunities]
    if as_json:
        print_json(opportunity_output.source_of(listed) | {"opportunities": rows})
        return
    people = [opportunity_output.for_people(row) for row in rows]
    print_rows(people, opportunity_output.TABLE, as_json=False)
    _tell_source(listed)


@app.command()
def show(
    context: typer.Context,
    opportunity_id: OpportunityId,
    *,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Tell all that Amazon says of one opportunity.

    What it is about, for whom, what to do, how many rows its data file has and of when it is.
    """
    listed = listed_opportunities(context, OpportunityQuery(), offline=offline)
    found = next(
        (each for each in listed.opportunities if each.partner_opportunity_id == opportunity_id),
        None,
    )
    if found is None:
        raise OperatorError(_not_there(opportunity_id, listed))
    row = opportunity_output.row_of(found)
    if as_json:
        print_json(opportunity_output.source_of(listed) | row)
        return
    print_facts(opportunity_output.facts_of(row))
    _tell_source(listed)


@app.command()
def summary(
    context: typer.Context,
    *,
    audience: Audiences = None,
    objective: Objectives = None,
    product: Products = None,
    as_json: AsJson = False,
) -> None:
    """Count the opportunities by audience, objective and product."""
    query = OpportunityQuery(
        audience=_names(audience), objective_type=_names(objective), product=_names(product)
    )
    with opportunity_files(deployed_stack(context)) as files:
        found = files.catalogue.summary(query)
    if as_json:
        print_json(opportunity_output.summary_document(found))
        return
    print_facts(
        {
            "opportunities": found.opportunities,
            "with data": found.opportunities_with_data,
            "advertisers": found.unique_advertisers and f"about {found.unique_advertisers}",
        }
    )
    rows = opportunity_output.summary_rows(found)
    print_rows(rows, opportunity_output.SUMMARY_TABLE, as_json=False)


app.command()(download)
app.command()(routes)


def _values(given: Sequence[str] | None) -> tuple[str, ...]:
    parts = (part.strip() for each in given or () for part in each.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(each.upper() for each in _values(given))


def _tell_source(listed: ListedOpportunities) -> None:
    if listed.published:
        typer.echo(
            f"From Amazon's guide as of {listed.published}: there may be others by now, and not "
            "all of these.",
            err=True,
        )


def _not_there(opportunity_id: str, listed: ListedOpportunities) -> str:
    if listed.published:
        return (
            f"Amazon's guide as of {listed.published} does not name opportunity {opportunity_id}: "
            "ask Amazon, without --offline"
        )
    published = published_catalogue().opportunities.get(opportunity_id)
    named = f" (“{published.title}” in its guide)" if published else ""
    return (
        f"opportunity {opportunity_id}{named} is not among the {len(listed.opportunities)} that "
        "Amazon lists for this account: look for its id with `applier opportunities list`"
    )

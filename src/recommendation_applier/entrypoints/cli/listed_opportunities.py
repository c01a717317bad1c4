"""Opportunities as Amazon lists them now, or as its guide has published them where it cannot."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import typer

from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.opportunity import Opportunity
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.published_catalogue import published_catalogue
from recommendation_applier.entrypoints.cli.amazon import opportunity_files
from recommendation_applier.entrypoints.cli.counting import counting
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ListedOpportunities:
    """What there is; *published* is the guide's date, None if Amazon has just listed it."""

    opportunities: "Sequence[Opportunity]"
    published: date | None = None


def listed_opportunities(
    context: typer.Context, query: OpportunityQuery, *, offline: bool
) -> ListedOpportunities:
    """List what *query* asks for, all pages.

    *offline*, or where the API is not reached (which is said on stderr), from the published
    catalogue: ids, titles and objectives. Raises OperatorError if those do not answer *query*, and
    everything else that keeps the API from answering.
    """
    if offline:
        return _published(query)
    try:
        with (
            opportunity_files(deployed_stack(context)) as files,
            counting("Listing opportunities") as count,
        ):
            found: list[Opportunity] = []
            for each in files.catalogue.opportunities(query):
                found.append(each)
                count(len(found))
    except UnavailableError as error:
        if _is_beyond_the_catalogue(query):
            raise
        typer.echo(f"Amazon does not answer: {error}", err=True)
        return _published(query)
    return ListedOpportunities(found)


def _published(query: OpportunityQuery) -> ListedOpportunities:
    if _is_beyond_the_catalogue(query):
        raise OperatorError(
            "the published catalogue cannot be searched by audience, product, advertiser, profile "
            "or locale: leave those options out, or --offline"
        )
    catalogue = published_catalogue()
    return ListedOpportunities(
        [
            Opportunity(
                partner_opportunity_id=each.partner_opportunity_id,
                title=each.title,
                objective_type=each.objective_type,
            )
            for each in catalogue.opportunities.values()
            if not query.objective_type or each.objective_type in query.objective_type
        ],
        catalogue.as_of,
    )


def _is_beyond_the_catalogue(query: OpportunityQuery) -> bool:
    others = (query.audience, query.product, query.advertiser_id, query.profile_id, query.locale)
    return any(others)

"""Opportunities in rows for tables, as facts and as documents."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from recommendation_applier.domain.opportunity import OpportunitiesSummary, Opportunity
from recommendation_applier.domain.published_catalogue import published_catalogue
from recommendation_applier.entrypoints.cli.listed_opportunities import ListedOpportunities
from recommendation_applier.entrypoints.cli.options import OPPORTUNITY_PREFIX

TABLE: Final = {
    "title": "title",
    "product": "product",
    "objectiveType": "objective",
    "rowCount": "rows",
    "updated": "updated",
    "applicable": "applicable",
    "id": "id",
}

SUMMARY_TABLE: Final = {"by": "by", "value": "value", "opportunities": "opportunities"}

_FACTS: Final = {
    "title": "title",
    "partnerOpportunityId": "id",
    "publishedTitle": "in the guide",
    "applicable": "applicable",
    "objectiveType": "objective",
    "product": "product",
    "audience": "audience",
    "rowCount": "rows of its file",
    "fileDate": "file updated",
    "createdDate": "created",
    "updatedDate": "updated",
    "callToAction": "to do",
    "description": "description",
}


def row_of(opportunity: Opportunity) -> dict[str, Any]:
    """Give all that is known; whether it can be applied is not, where the objective is not."""
    published = published_catalogue().opportunities.get(opportunity.partner_opportunity_id)
    return {
        "partnerOpportunityId": opportunity.partner_opportunity_id,
        "title": opportunity.title,
        "publishedTitle": published.title if published else None,
        "product": opportunity.product,
        "audience": opportunity.audience,
        "objectiveType": opportunity.objective_type,
        "applicable": opportunity.is_applicable if opportunity.objective_type else None,
        "rowCount": opportunity.row_count,
        "fileDate": opportunity.file_date,
        "createdDate": opportunity.created_date,
        "updatedDate": opportunity.updated_date,
        "callToAction": opportunity.call_to_action,
        "description": opportunity.description,
    }


def for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a table has room for."""
    date = row["fileDate"]
    return {
        **row,
        "title": row["title"] or row["publishedTitle"],
        "id": row["partnerOpportunityId"].removeprefix(OPPORTUNITY_PREFIX),
        "updated": f"{date.astimezone(UTC):%Y-%m-%d %H:%MZ}" if date else "",
    }


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """Give everything below each other; the guide's title only where it is another one."""
    is_same = row["title"] == row["publishedTitle"]
    shown = row | {"publishedTitle": None} if is_same else row
    return {heading: shown[name] for name, heading in _FACTS.items()}


def source_of(listed: ListedOpportunities) -> dict[str, Any]:
    """Say where *listed* is from."""
    if listed.published is None:
        return {"source": "AMAZON", "published": None}
    return {"source": "PUBLISHED_CATALOGUE", "published": listed.published.isoformat()}


def summary_rows(summary: OpportunitiesSummary) -> list[dict[str, Any]]:
    """Give a row for each value that Amazon counts by."""
    counts = {
        "audience": summary.audiences,
        "objective": summary.objective_types,
        "product": summary.products,
    }
    return [
        {"by": by, "value": value, "opportunities": count}
        for by, found in counts.items()
        for value, count in found.items()
    ]


def summary_document(summary: OpportunitiesSummary) -> dict[str, Any]:
    """Say everything, in Amazon's words."""
    return {
        "opportunitiesCount": summary.opportunities,
        "opportunitiesWithDataCount": summary.opportunities_with_data,
        "uniqueAdvertiserApproximateCount": summary.unique_advertisers,
        "audiences": summary.audiences,
        "objectiveTypes": summary.objective_types,
        "products": summary.products,
    }

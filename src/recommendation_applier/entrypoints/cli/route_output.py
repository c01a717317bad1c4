"""A proposal of routes in rows for a table, and as a document."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommendation_applier.domain.opportunity_routes import Routes
from recommendation_applier.domain.route_proposal import Finding, Proposal
from recommendation_applier.entrypoints.cli.options import OPPORTUNITY_PREFIX

TABLE: Final = {
    "standing": "standing",
    "recommendationGroup": "group",
    "type": "type",
    "adProduct": "product",
    "groupingType": "grouping type",
    "recommendations": "seen",
    "leads": "leads to",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a proposal is to be judged by.

    *titles* of opportunities by id; *untaught* are those that can be applied, but to which nothing
    that is known leads; *files* says of each whether the index has read it to its end.
    """

    titles: Mapping[str, str]
    untaught: Sequence[str]
    files: Mapping[str, bool]


def row_of(finding: Finding) -> dict[str, Any]:
    """Give all of a finding."""
    labels = finding.labels
    return {
        "standing": finding.standing,
        "recommendationGroup": labels.recommendation_group,
        "type": labels.type,
        "adProduct": labels.ad_product,
        "groupingType": labels.grouping_type,
        "recommendations": sum(finding.opportunities.values()),
        "opportunities": dict(sorted(finding.opportunities.items())),
    }


def for_people(row: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """Give what a table has room for: of several opportunities, each with how often it was seen."""
    found = row["opportunities"]
    names = {each: _name(each, around) for each in found}
    return {
        **row,
        "leads": "; ".join(
            f"{names[each]} ({count})" if len(found) > 1 else names[each]
            for each, count in found.items()
        ),
    }


def facts_of(proposal: Proposal, around: Surroundings) -> dict[str, Any]:
    """Say how many findings stand how, and what nothing is known of."""
    standings = Counter(each.standing for each in proposal.findings)
    return {
        "findings": ", ".join(f"{name} {standings[name]}" for name in sorted(standings)),
        "nothing leads to": "; ".join(_name(each, around) for each in around.untaught),
    }


def document_of(proposal: Proposal, around: Surroundings) -> dict[str, Any]:
    """Say everything; `routes` is the table as it would be stored."""
    return {
        "findings": [row_of(each) for each in proposal.findings],
        "nothingLeadsTo": around.untaught,
        "filesRead": around.files,
        "titles": around.titles,
        "routes": json.loads(text_of(proposal.routes)),
    }


def text_of(routes: Routes) -> str:
    """Write the table as it is stored."""
    return routes.model_dump_json(by_alias=True, exclude_none=True)


def _name(opportunity: str, around: Surroundings) -> str:
    title = around.titles.get(opportunity)
    short = opportunity.removeprefix(OPPORTUNITY_PREFIX)
    return f"{short} {title}" if title else short

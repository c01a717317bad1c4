"""The opportunities that Amazon's guide names: labels for ids where the API cannot be asked.

The list is of the date that it says, and not complete for ever: an id that is not in it is none
the worse for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class PublishedOpportunity:
    """What the guide says of one."""

    partner_opportunity_id: str
    title: str
    objective_type: str


@dataclass(frozen=True, slots=True)
class PublishedCatalogue:
    """The guide's catalogue *as_of* a day; the opportunities are by id."""

    as_of: date
    opportunities: Mapping[str, PublishedOpportunity]


@cache
def published_catalogue() -> PublishedCatalogue:
    """Read the catalogue, which lies beside this module."""
    text = files(__package__).joinpath("published_catalogue.json").read_text(encoding="utf-8")
    value = json.loads(text)
    found = (
        PublishedOpportunity(each["partnerOpportunityId"], each["title"], each["objectiveType"])
        for each in value["opportunities"]
    )
    return PublishedCatalogue(
        as_of=date.fromisoformat(value["asOf"]),
        opportunities={each.partner_opportunity_id: each for each in found},
    )

"""What Amazon lists of an opportunity, read leniently.

The guide's own example lacks fields that the specification requires, and values may be added any
day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.recommendation import MAX_ID_LENGTH

ACCOUNT_TEAM: Final = "AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS"
"""The only objective whose rows can be applied (specification of the apply operation)."""

CLICK_CREDITS: Final = "CLICK_CREDITS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One opportunity of the list; everything but its id may be unknown.

    *row_count* and *data_updated_date* are of its data file (`dataMetadata`).
    """

    partner_opportunity_id: str
    title: str | None = None
    description: str | None = None
    call_to_action: str | None = None
    product: str | None = None
    audience: str | None = None
    objective_type: str | None = None
    created_date: datetime | None = None
    updated_date: datetime | None = None
    row_count: int | None = None
    data_updated_date: datetime | None = None

    @property
    def is_applicable(self) -> bool:
        """Tell whether the rows of its file can be applied."""
        return self.objective_type == ACCOUNT_TEAM

    @property
    def file_date(self) -> datetime | None:
        """When its data file was made; where nobody says, when anything of it changed."""
        return self.data_updated_date or self.updated_date

    @property
    def has_rows(self) -> bool:
        """Tell whether there is a file to download; where nobody says, there is none."""
        return self.row_count is not None and self.row_count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityPage:
    """One page of the list; any of its tokens leads to another.

    *unreadable* counts entries without an id, which nothing can be done with.
    """

    opportunities: tuple[Opportunity, ...]
    total_results: int | None = None
    first_token: str | None = None
    prev_token: str | None = None
    next_token: str | None = None
    last_token: str | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunitiesSummary:
    """How many opportunities there are, in all and by value; None where Amazon does not say."""

    opportunities: int | None
    opportunities_with_data: int | None
    unique_advertisers: int | None
    """Approximate."""
    audiences: Mapping[str, int]
    objective_types: Mapping[str, int]
    products: Mapping[str, int]


def read_page(value: Mapping[str, Any]) -> OpportunityPage:
    """Read the body of a list answer. Raises ValueError if it is none."""
    entries = value.get("opportunities")
    if not isinstance(entries, list):
        raise ValueError("the body has no list of opportunities")  # noqa: TRY004 - of a text
    found = [_opportunity(entry) for entry in entries]
    return OpportunityPage(
        opportunities=tuple(each for each in found if each is not None),
        total_results=_count(value.get("totalResults")),
        first_token=_text(value.get("firstToken")),
        prev_token=_text(value.get("prevToken")),
        next_token=_text(value.get("nextToken")),
        last_token=_text(value.get("lastToken")),
        unreadable=found.count(None),
    )


def read_summary(value: Mapping[str, Any]) -> OpportunitiesSummary:
    """Read the body of a summary answer; what it does not say is absent."""
    return OpportunitiesSummary(
        opportunities=_count(value.get("opportunitiesCount")),
        opportunities_with_data=_count(value.get("opportunitiesWithDataCount")),
        unique_advertisers=_count(value.get("uniqueAdvertiserApproximateCount")),
        audiences=_counts(value.get("availableAudiences")),
        objective_types=_counts(value.get("availableObjectiveTypes")),
        products=_counts(value.get("availableProducts")),
    )


def _opportunity(entry: object) -> Opportunity | None:
    if not isinstance(entry, Mapping):
        return None
    partner_opportunity_id = _text(entry.get("partnerOpportunityId"))
    if partner_opportunity_id is None or len(partner_opportunity_id) > MAX_ID_LENGTH:
        return None
    metadata = entry.get("dataMetadata")
    data = metadata if isinstance(metadata, Mapping) else {}
    return Opportunity(
        partner_opportunity_id=partner_opportunity_id,
        title=_text(entry.get("title")),
        description=_text(entry.get("description")),
        call_to_action=_text(entry.get("callToAction")),
        product=_text(entry.get("product")),
        audience=_text(entry.get("audience")),
        objective_type=_text(entry.get("objectiveType")),
        created_date=_date(entry.get("createdDate")),
        updated_date=_date(entry.get("updatedDate")),
        row_count=_count(data.get("rowCount")),
        data_updated_date=_date(data.get("updatedDate")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _count(value: object) -> int | None:
    """Read a `number` of the specification, which may come as 12.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 10**15 else None  # NaN is in no range


def _counts(value: object) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, Mapping):
            name, count = _text(entry.get("value")), _count(entry.get("count"))
            if name is not None and count is not None:
                counts[name] = count
    return counts


def _date(value: object) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        return None

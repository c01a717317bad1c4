"""A row of an account-team data file -> the recommendation in it, or a typed refusal.

Columns: the guide's CSV schema, where each is described once for all opportunities; which of them a
file has is published nowhere. JSON files are taken to have the same names, with cells that are
JSON already or text that holds it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json

from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.marketplaces import code_of
from recommendation_applier.domain.opportunity_rows import Row
from recommendation_applier.domain.recommendation import (
    UNSUPPORTED_MARKETPLACE,
    Identifier,
    Recommendation,
    read_recommendation,
)
from recommendation_applier.domain.stream_message import grouping_type_of, shorten


class RowRefusalReason(StrEnum):
    """Why a row is no recommendation that could be applied."""

    UNREADABLE_ROW = "UNREADABLE_ROW"
    """It has other cells than the header, or is no object."""
    INVALID_VALUE = "INVALID_VALUE"
    """A column that apply needs is missing or breaks its rule."""
    UNKNOWN_ADVERTISER_TYPE = "UNKNOWN_ADVERTISER_TYPE"
    """An `advertiserType` that is neither SELLER nor VENDOR, by any of their known names."""
    UNSUPPORTED_MARKETPLACE = "UNSUPPORTED_MARKETPLACE"
    """A marketplace that the apply request has no code for."""
    OTHER_OPPORTUNITY = "OTHER_OPPORTUNITY"
    """`applyApiEndPoint` names another opportunity than the one whose file it is in."""


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why a row was refused: in *column*, with value and rule in the *message*.

    *recommendation_id* is there where the row leaves no doubt which recommendation belongs to the
    opportunity, though it cannot be applied as it stands in the file.
    """

    reason: RowRefusalReason
    column: str
    message: str
    recommendation_id: str | None = None


_ADVERTISER_TYPES: Final = {
    "SELLER": "SELLER",
    "SELLER_CENTRAL_ENTITY": "SELLER",  # the Stream's entity_type of what it calls SELLER
    "VENDOR": "VENDOR",
}
"""BRAND, which the guide's examples have as well, is not here: nothing says which of the two it
is."""

_AD_PRODUCTS: Final = {
    "SPONSORED_PRODUCTS": "SP",
    "SPONSORED_BRANDS": "SB",
    "SPONSORED_DISPLAY": "SD",
    "SPONSORED_TV": "ST",
}
"""The Stream's names, so that policy and routes meet a recommendation under one name."""

_COLUMNS: Final = {
    "recommendation_id": "recommendationId",
    "published_date": "publishedDate",
    "expiry_date": "expiryDate",
    "advertiser_type": "advertiserType",
    "encrypted_advertiser_id": "encryptedAdvertiserId",
    "entity_id": "entityId",
    "marketplace": "marketplace",
}
_APPLY_ADDRESS: Final = re.compile(r"(?:https://[^/?#]+)?/partnerOpportunities/([^/?#]+)/apply/?")
_IDENTIFIER: Final[TypeAdapter[str]] = TypeAdapter(Identifier)


def read_row(row: Row, *, partner_opportunity_id: str) -> Recommendation | RowRefusal:
    """Read a row of the file of an opportunity.

    Promise: never raises for anything that CSV or JSON can hold. An empty cell is an absent one. A
    cell of JSON that cannot be read is absent as well: it is only shown and weighed, and where
    there are no settings the policy knows that it cannot weigh them.
    """
    cells = {name: value for name, value in row.items() if value not in ("", None)}
    try:
        recommendation_id = _IDENTIFIER.validate_python(cells.get("recommendationId"))
    except ValidationError as error:
        return _refusal(error.errors(include_url=False)[0], None, column="recommendationId")
    if (elsewhere := _elsewhere(cells, partner_opportunity_id)) is not None:
        return elsewhere
    advertiser_type = cells.get("advertiserType")
    known = _ADVERTISER_TYPES.get(_upper(advertiser_type))
    if advertiser_type is not None and known is None:
        return RowRefusal(
            RowRefusalReason.UNKNOWN_ADVERTISER_TYPE,
            "advertiserType",
            f"advertiserType is {shorten(advertiser_type)}; it must be SELLER, VENDOR or "
            "SELLER_CENTRAL_ENTITY",
            recommendation_id,
        )
    try:
        return read_recommendation(
            {
                "recommendation_id": recommendation_id,
                "partner_opportunity_id": partner_opportunity_id,
                "advertiser": _advertiser(cells, known),
                "published_date": cells.get("publishedDate"),
                "expiry_date": cells.get("expiryDate"),
                "type": cells.get("recommendationType"),
                "ad_product": _ad_product(cells.get("adProductType")),
                "campaign_id": cells.get("encryptedCampaignId"),
                # Not documented, and taken where a file has it all the same.
                "recommendation_group": cells.get("recommendationGroup"),
                "grouping_type": grouping_type_of({"explanation": _json(cells.get("explanation"))}),
                "settings": CampaignSettings(
                    _json(cells.get("currentCampaignSettings")),
                    _json(cells.get("recommendedCampaignSettings")),
                ),
            }
        )
    except ValidationError as error:
        return _refusal(error.errors(include_url=False)[0], recommendation_id)


def _advertiser(cells: Mapping[str, Any], advertiser_type: str | None) -> dict[str, object]:
    marketplace = cells.get("marketplace")
    code = code_of(marketplace) if isinstance(marketplace, str) else None
    return {
        "advertiser_type": advertiser_type,
        "encrypted_advertiser_id": cells.get("encryptedAdvertiserId"),
        "entity_id": cells.get("entityId"),
        "marketplace": code or marketplace,
    }


def _elsewhere(cells: Mapping[str, Any], partner_opportunity_id: str) -> RowRefusal | None:
    address = cells.get("applyApiEndPoint")
    if address is None:
        return None
    found = _APPLY_ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found and unquote(found[1]) == partner_opportunity_id:
        return None
    return RowRefusal(
        RowRefusalReason.OTHER_OPPORTUNITY,
        "applyApiEndPoint",
        f"applyApiEndPoint is {shorten(address)}; it must be the apply address of "
        f"{partner_opportunity_id}, whose file it stands in",
    )


def _refusal(
    finding: ErrorDetails, recommendation_id: str | None, *, column: str = ""
) -> RowRefusal:
    name = next((step for step in reversed(finding["loc"]) if step in _COLUMNS), "")
    named = column or _COLUMNS[str(name)]
    value, rule = finding["input"], finding["msg"]
    is_unsupported = finding["type"] == UNSUPPORTED_MARKETPLACE
    return RowRefusal(
        RowRefusalReason.UNSUPPORTED_MARKETPLACE
        if is_unsupported
        else RowRefusalReason.INVALID_VALUE,
        named,
        f"{named} {'is missing' if value is None else f'is {shorten(value)}'}; it {rule}",
        recommendation_id,
    )


def _json(cell: object) -> object:
    """Read a cell of JSON; one that is mangled is as good as none."""
    if not isinstance(cell, str):
        return cell
    try:
        value: object = from_json(cell, allow_inf_nan=False)
    except ValueError:
        return None
    return value


def _ad_product(value: object) -> object:
    return _AD_PRODUCTS.get(_upper(value).replace(" ", "_"), value)


def _upper(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""

"""A row of a data file is a recommendation, or is refused by column, value and rule."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.opportunity_file import (
    RowRefusal,
    RowRefusalReason,
    read_row,
)
from recommendation_applier.domain.recommendation import Recommendation, read_recommendation
from tests.builders import OPPORTUNITY
from tests.unit.domain.documents import json_values

APPLY = f"https://advertising-api.amazon.com/partnerOpportunities/{OPPORTUNITY}/apply"
EXPLANATION = {
    "description": "Campaigns with high ROAS and high budget use, compared to similar campaigns.",
    "recommendation_context": {
        "grouping_context": {"grouping_type": "INCREASE_BUDGET_CONTEXTUAL"},
    },
}
SETTINGS = {"ad_groups": [{"adgroup_id": "530905550061343", "targets": [{"bid": 0.42}]}]}


def row(**changes: Any) -> dict[str, Any]:
    """Make a row as the guide's CSV schema has it; a cell that is changed to `...` is left out."""
    cells = {
        "adProductType": "SPONSORED_PRODUCTS",
        "advertiserName": "A name",
        "advertiserType": "SELLER",
        "applyApiEndPoint": APPLY,
        "currentCampaignSettings": json.dumps(SETTINGS),
        "encryptedAdvertiserId": "A0000000000001",
        "encryptedCampaignId": "A01ENCRYPTED",
        "entityId": "ENTITY0000000000001",
        "expiryDate": "1738900043000000",
        "explanation": json.dumps(EXPLANATION),
        "marketplace": "US",
        "publishedDate": "1737826802",
        "recommendationGroupId": "0b8b4a53-1a53-4d30-8a5e-6f1f6bb0a001",
        "recommendationId": "rec-1",
        "recommendationType": "CAMPAIGN_BUDGET",
        "recommendedCampaignSettings": json.dumps({"budget": 20}),
    }
    return {name: value for name, value in (cells | changes).items() if value is not ...}


def read(**changes: Any) -> Recommendation:
    """Read a row that is a recommendation."""
    found = read_row(row(**changes), partner_opportunity_id=OPPORTUNITY)
    assert isinstance(found, Recommendation), found
    return found


def refused(**changes: Any) -> RowRefusal:
    """Read a row that is none."""
    found = read_row(row(**changes), partner_opportunity_id=OPPORTUNITY)
    assert isinstance(found, RowRefusal), found
    return found


def test_a_row_says_what_a_delivery_says_and_the_opportunity_besides() -> None:
    """Under the names that the Stream has for the same things."""
    found = read()

    assert found == read_recommendation(
        {
            "recommendation_id": "rec-1",
            "partner_opportunity_id": OPPORTUNITY,
            "advertiser": {
                "advertiser_type": "SELLER",
                "encrypted_advertiser_id": "A0000000000001",
                "entity_id": "ENTITY0000000000001",
                "marketplace": "US",
            },
            "published_date": datetime(2025, 1, 25, 17, 40, 2, tzinfo=UTC),
            "expiry_date": datetime(2025, 2, 7, 3, 47, 23, tzinfo=UTC),
            "type": "CAMPAIGN_BUDGET",
            "ad_product": "SP",
            "campaign_id": "A01ENCRYPTED",
            "grouping_type": "INCREASE_BUDGET_CONTEXTUAL",
            "settings": CampaignSettings(SETTINGS, {"budget": 20}),
        }
    )


@pytest.mark.parametrize(
    "text", ["1737826802", "1737826802000000", "1970-01-01T00:28:57.826802Z", 1737826802.0]
)
def test_dates_come_in_three_notations(text: object) -> None:
    """Seconds, microseconds, and seconds that were taken for microseconds."""
    assert read(publishedDate=text).published_date == datetime(2025, 1, 25, 17, 40, 2, tzinfo=UTC)


@pytest.mark.parametrize("absent", ["", None, ...])
def test_an_empty_cell_is_an_absent_one(absent: object) -> None:
    """Dates, settings and labels need not be there."""
    names = (
        "adProductType",
        "applyApiEndPoint",
        "currentCampaignSettings",
        "encryptedCampaignId",
        "expiryDate",
        "explanation",
        "publishedDate",
        "recommendationType",
        "recommendedCampaignSettings",
    )
    found = read(**dict.fromkeys(names, absent))

    assert (found.published_date, found.expiry_date, found.type) == (None, None, None)
    assert (found.settings.current, found.grouping_type, found.campaign_id) == (None, None, None)


@pytest.mark.parametrize("cell", ["{", '{"a_groups": ', "null", "[1]", '"text"', '{"bid": NaN}'])
def test_a_mangled_cell_costs_no_row(cell: str) -> None:
    """The settings are absent then, and so is the grouping type."""
    found = read(currentCampaignSettings=cell, recommendedCampaignSettings=cell, explanation=cell)

    assert (found.settings.current, found.settings.recommended) == (None, None)
    assert (found.grouping_type, found.recommendation_id) == (None, "rec-1")


def test_cells_of_json_files_may_be_json_already() -> None:
    """Objects instead of text that holds them."""
    found = read(explanation=EXPLANATION, currentCampaignSettings=SETTINGS)

    assert (found.grouping_type, found.settings.current) == ("INCREASE_BUDGET_CONTEXTUAL", SETTINGS)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("SELLER", "SELLER"),
        ("SELLER_CENTRAL_ENTITY", "SELLER"),
        ("VENDOR", "VENDOR"),
        ("vendor", "VENDOR"),
    ],
)
def test_advertiser_types_are_normalized(written: str, read_as: str) -> None:
    """Apply takes SELLER and VENDOR alone."""
    assert read(advertiserType=written).advertiser.advertiser_type == read_as


@pytest.mark.parametrize("written", ["BRAND", "AGENCY", 7])
def test_an_unknown_advertiser_type_is_refused_by_name(written: object) -> None:
    """Which of the two it is would be a guess; whose opportunity it is, is none."""
    found = refused(advertiserType=written)

    assert found.reason is RowRefusalReason.UNKNOWN_ADVERTISER_TYPE
    assert found.column == "advertiserType"
    assert f"advertiserType is {written!r}; it must be SELLER, VENDOR or" in found.message
    assert found.recommendation_id == "rec-1"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Sponsored Brands", "SB"),
        ("SPONSORED_DISPLAY", "SD"),
        ("SPONSORED_TV", "ST"),
        ("SP", "SP"),
        ("NEW", "NEW"),
    ],
)
def test_ad_products_have_the_streams_names(written: str, read_as: str) -> None:
    """A rule or a route meets them under one name; others stay as they are."""
    assert read(adProductType=written).ad_product == read_as


@pytest.mark.parametrize(
    "address",
    [
        APPLY,
        f"{APPLY}/",
        f"/partnerOpportunities/{OPPORTUNITY}/apply",
        APPLY.replace(".opportunity", "%2Eopportunity"),
    ],
)
def test_the_apply_address_names_the_same_opportunity(address: str) -> None:
    """On whatever host, percent-encoded or not."""
    assert read(applyApiEndPoint=address).partner_opportunity_id == OPPORTUNITY


@pytest.mark.parametrize(
    "address", ["https://advertising-api.amazon.com/partnerOpportunities/PO-2/apply", "apply", 1]
)
def test_a_row_of_another_opportunity_is_refused(address: object) -> None:
    """It would be applied under the wrong one, and teaches the index nothing."""
    found = refused(applyApiEndPoint=address)

    assert (found.reason, found.column) == (
        RowRefusalReason.OTHER_OPPORTUNITY,
        "applyApiEndPoint",
    )
    assert f"; it must be the apply address of {OPPORTUNITY}" in found.message
    assert found.recommendation_id is None


def test_a_marketplace_may_be_named_by_its_id() -> None:
    """As the Stream has it."""
    assert read(marketplace="A1PA6795UKMFR9").advertiser.marketplace == "DE"


@pytest.mark.parametrize("marketplace", ["BE", "AMEN7PMS3EDWL", "XX"])
def test_a_marketplace_that_apply_has_no_code_for_is_refused(marketplace: str) -> None:
    """By a reason of its own: nobody can mend it."""
    found = refused(marketplace=marketplace)

    assert found.reason is RowRefusalReason.UNSUPPORTED_MARKETPLACE
    assert (found.column, found.recommendation_id) == ("marketplace", "rec-1")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("recommendationId", ..., "recommendationId is missing; it must be a string of 1 to 256"),
        ("recommendationId", " rec-1", "recommendationId is ' rec-1'; it must be a string of"),
        ("recommendationId", 7, "recommendationId is 7; it must be a string"),
        ("advertiserType", "", "advertiserType is missing; it must be SELLER or VENDOR"),
        ("encryptedAdvertiserId", "", "encryptedAdvertiserId is missing; it must be a string"),
        ("entityId", "", "entityId is missing; it must be a string of 1 to 256"),
        ("entityId", "x" * 300, "entityId is 'xxx"),
        ("marketplace", "", "marketplace is missing; it must be a string"),
        ("marketplace", 5, "marketplace is 5; it must be a string"),
        ("publishedDate", "soon", "publishedDate is 'soon'; it must be a date such as"),
        ("expiryDate", "2026-99-99", "expiryDate is '2026-99-99'; it must be a date such as"),
    ],
)
def test_a_refusal_names_column_value_and_rule(column: str, value: object, sentence: str) -> None:
    """And says which recommendation it is, where that can be read."""
    found = refused(**{column: value})

    assert (found.reason, found.column) == (RowRefusalReason.INVALID_VALUE, column)
    assert found.message.startswith(sentence)
    assert found.recommendation_id == (None if column == "recommendationId" else "rec-1")


@given(st.dictionaries(st.sampled_from(sorted(row())), json_values | st.text()))
def test_nothing_that_a_file_can_hold_raises(changes: dict[str, object]) -> None:
    """Whatever stands in the cells, it is a recommendation of this opportunity or a refusal."""
    found = read_row({**row(), **changes}, partner_opportunity_id=OPPORTUNITY)

    if isinstance(found, Recommendation):
        assert found.partner_opportunity_id == OPPORTUNITY
    else:
        assert found.message.startswith(f"{found.column} is ")

"""What Amazon lists is read leniently; what is asked for is held to the published limits."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.errors import RefusedError
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, read_page, read_summary
from recommendation_applier.domain.opportunity_query import (
    AUDIENCES,
    LOCALES,
    OBJECTIVE_TYPES,
    PRODUCTS,
    OpportunityQuery,
)
from tests.unit.domain.documents import json_values

GUIDE = {
    "partnerOpportunityId": "opportunity-1-id",
    "title": "Title for opportunity-1",
    "description": "Description for opportunity-1",
    "callToAction": "Action that opportunity-1 recommends you to take",
    "product": "Amazon advertising product that opportunity-1 corresponds to",
    "objective": "Objective that opportunity-1 intends to improve e.g. brand engagement",
    "createdDate": "2022-05-15T23:42:33.823Z",
    "updatedDate": "2022-05-16T23:43:54.867Z",
    "dataUrl": "/partnerOpportunities/opportunity-1-id/file",
}
"""The guide's own example: no dataMetadata, no audience, no objectiveType."""


def test_the_guides_own_example_is_read() -> None:
    """What it lacks is not known; without a rowCount there is no file to ask for."""
    page = read_page({"opportunities": [GUIDE]})

    [found] = page.opportunities
    assert found.partner_opportunity_id == "opportunity-1-id"
    assert found.created_date == datetime(2022, 5, 15, 23, 42, 33, 823000, tzinfo=UTC)
    assert (found.objective_type, found.audience, found.row_count) == (None, None, None)
    assert not found.has_rows
    assert not found.is_applicable
    assert (page.total_results, page.next_token, page.unreadable) == (None, None, 0)


def test_values_of_tomorrow_pass() -> None:
    """New values and new fields break nothing, and numbers may come as 12.0."""
    entry = {
        **GUIDE,
        "objectiveType": "SOMETHING_NEW",
        "audience": "EVERYBODY",
        "dataMetadata": {"rowCount": 12.0, "updatedDate": "2026-10-05T06:00:00.000Z", "new": 1},
    }
    [found] = read_page({"opportunities": [entry]}).opportunities

    assert (found.objective_type, found.audience) == ("SOMETHING_NEW", "EVERYBODY")
    assert (found.row_count, found.has_rows) == (12, True)
    assert found.data_updated_date == datetime(2026, 10, 5, 6, tzinfo=UTC)


def test_an_entry_without_an_id_is_counted() -> None:
    """It hides no other."""
    entries = [None, "x", {}, {"partnerOpportunityId": " "}, {"partnerOpportunityId": "x" * 257}]
    page = read_page({"opportunities": [*entries, GUIDE], "totalResults": 6})

    assert (len(page.opportunities), page.unreadable, page.total_results) == (1, 5, 6)


@pytest.mark.parametrize("value", [True, "12", -1, float("nan"), float("inf"), None, [12]])
def test_a_count_that_is_none_is_not_known(value: object) -> None:
    """No file is asked for on its word."""
    entry = {**GUIDE, "dataMetadata": {"rowCount": value}}
    [found] = read_page({"opportunities": [entry]}).opportunities

    assert found.row_count is None


def test_a_date_that_is_none_is_not_known() -> None:
    """Nor is metadata that is no object."""
    entry = {**GUIDE, "createdDate": "yesterday", "dataMetadata": "none"}
    [found] = read_page({"opportunities": [entry]}).opportunities

    assert (found.created_date, found.data_updated_date) == (None, None)


def test_a_summary_may_name_any_values() -> None:
    """The specification wants twelve objective types of sixteen."""
    summary = read_summary(
        {
            "opportunitiesCount": 3,
            "availableObjectiveTypes": [
                {"value": ACCOUNT_TEAM, "count": 2},
                {"value": "NEW", "count": 1},
                {"value": "NO_COUNT"},
                {"count": 4},
                None,
            ],
            "availableProducts": {},
        }
    )

    assert summary.objective_types == {ACCOUNT_TEAM: 2, "NEW": 1}
    assert (summary.opportunities, summary.opportunities_with_data) == (3, None)
    assert (summary.products, summary.audiences) == ({}, {})


@given(st.dictionaries(st.sampled_from([*GUIDE, "opportunities", "totalResults"]), json_values))
def test_nothing_that_json_can_hold_raises(value: dict[str, Any]) -> None:
    """But for what is no page at all."""
    read_summary(value)
    if isinstance(value.get("opportunities"), list):
        read_page(value)
    else:
        with pytest.raises(ValueError, match="the body has no list of opportunities"):
            read_page(value)
    read_page({"opportunities": [value]})


# Filters


def test_everything_that_is_published_may_be_asked_for() -> None:
    """All values at once, and as many ids as there may be."""
    query = OpportunityQuery(
        audience=tuple(AUDIENCES),
        objective_type=tuple(OBJECTIVE_TYPES),
        product=tuple(PRODUCTS),
        advertiser_id=tuple(f"A{number}" for number in range(100)),
        profile_id=tuple(str(number) for number in range(100)),
        locale="zh_TW",
        max_results=1,
    )

    assert [len(each) for each in (AUDIENCES, OBJECTIVE_TYPES, PRODUCTS, LOCALES)] == [
        3,
        16,
        12,
        30,
    ]
    assert len(query.parameters(token="t")) == 8
    assert set(query.filters()) == {"audience", "objectiveType", "product"}


def test_no_filters_make_no_parameters() -> None:
    """Only the size of a page is always said."""
    assert OpportunityQuery().parameters() == {"maxResults": "100"}
    assert OpportunityQuery().filters() == {}


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"max_results": 0}, "maxResults is 0; it must be 1 to 100"),
        ({"max_results": 101}, "maxResults is 101; it must be 1 to 100"),
        ({"audience": ("ME",)}, "audience is 'ME'; it must be of PARTNER, PARTNER_MANAGED_AD"),
        ({"objective_type": ("FUN",)}, "objectiveType is 'FUN'; it must be of ADVERTISER_INSIGHTS"),
        ({"product": ("SP",)}, "product is 'SP'; it must be of AMAZON_DSP"),
        ({"locale": "en"}, "locale is 'en'; it must be of ar_AE"),
        ({"advertiser_id": ("A",) * 101}, "advertiserId has 101 values; it must have at most 100"),
        ({"profile_id": ("1",) * 101}, "profileId has 101 values; it must have at most 100"),
        ({"advertiser_id": ("A" * 50,)}, "must be letters and digits, fewer than 50"),
        ({"advertiser_id": ("A,B",)}, "advertiserId is 'A,B'; it must be letters and digits"),
        ({"profile_id": ("1" * 50,)}, "must be digits, fewer than 50"),
        ({"profile_id": ("A1",)}, "profileId is 'A1'; it must be digits"),
        ({"profile_id": ("٣",)}, "it must be digits"),
    ],
)
def test_a_filter_beyond_its_limits_is_refused(filters: dict[str, Any], sentence: str) -> None:
    """By name, value and rule, before anybody is asked."""
    with pytest.raises(RefusedError, match="opportunities cannot be listed: ") as raised:
        OpportunityQuery(**filters)
    assert sentence in str(raised.value)


def test_the_longest_ids_are_taken() -> None:
    """Fewer than 50 characters are 49."""
    query = OpportunityQuery(advertiser_id=("A" * 49,), profile_id=("1" * 49,))

    assert query.parameters()["profileId"] == "1" * 49


def test_all_findings_are_told_at_once() -> None:
    """Nobody has to ask twice."""
    with pytest.raises(RefusedError, match=r"maxResults is 0; .*; locale is 'en'; "):
        OpportunityQuery(max_results=0, locale="en")

"""Routes are read strictly and followed in order."""

import json
from typing import Any

import pytest
from hypothesis import given

from recommendation_applier.domain.errors import RoutesUnreadableError
from recommendation_applier.domain.opportunity_routes import Routes, read_routes
from tests.builders import NO_ROUTES, recommendation
from tests.unit.domain.documents import json_values

GROUP = "sponsored-ads-campaign-diagnostics-recommendations-rec-a-018"


def routes(*matches: dict[str, Any]) -> Routes:
    """Make a table whose routes lead to PO-1, PO-2 and so on."""
    table = [
        {"match": match, "partnerOpportunityId": f"PO-{number}"}
        for number, match in enumerate(matches, start=1)
    ]
    return read_routes(json.dumps({"version": 1, "routes": table}), source="a test")


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ({"type": ["KEYWORD_BID"]}, True),
        ({"type": ["CAMPAIGN_BUDGET", "KEYWORD_BID"]}, True),
        ({"type": ["CAMPAIGN_BUDGET"]}, False),
        ({"adProduct": ["SP"]}, True),
        ({"adProduct": ["SB"]}, False),
        ({"groupingType": ["INCREASE_BID_CONTEXTUAL"]}, True),
        ({"groupingType": ["OTHER"]}, False),
        ({"recommendationGroup": [GROUP]}, True),
        ({"recommendationGroup": ["rec-a-018"]}, True),
        ({"recommendationGroup": ["rec-a-019"]}, False),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SP"]}, True),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SB"]}, False),
        ({"type": ["KEYWORD_BID"], "recommendationGroup": ["rec-a-019"]}, False),
    ],
)
def test_a_route_matches_when_every_condition_holds(
    match: dict[str, Any], *, matches: bool
) -> None:
    """A condition holds if one of its values is there."""
    found = routes(match).opportunity_of(
        recommendation(recommendation_group=GROUP, grouping_type="INCREASE_BID_CONTEXTUAL")
    )

    assert found == ("PO-1" if matches else None)


def test_the_first_route_that_matches_decides() -> None:
    """Those after it do not count."""
    table = routes({"type": ["OTHER"]}, {"adProduct": ["SP"]}, {"type": ["KEYWORD_BID"]})

    assert table.opportunity_of(recommendation()) == "PO-2"


@pytest.mark.parametrize("name", ["type", "adProduct", "recommendationGroup", "groupingType"])
def test_what_is_not_known_of_a_recommendation_matches_nothing(name: str) -> None:
    """An absent label is no value."""
    bare = recommendation(type=None, ad_product=None)

    assert routes({name: ["", "None", "KEYWORD_BID"]}).opportunity_of(bare) is None


def test_an_empty_table_routes_nothing() -> None:
    """As it is created."""
    table = read_routes('{"version": 1, "routes": []}', source="a test")

    assert table == NO_ROUTES
    assert table.opportunity_of(recommendation()) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the whole: Invalid JSON"),
        ("[]", "the whole: "),
        ('{"version": 2, "routes": []}', "version: Input should be 1"),
        ('{"routes": []}', "version: Field required"),
        ('{"version": 1}', "routes: Field required"),
        ('{"version": 1, "routes": [], "rules": []}', "rules: Extra inputs are not permitted"),
        (
            '{"version": 1, "routes": [{"match": {"type": ["A"]}}]}',
            "routes.0.partnerOpportunityId: Field required",
        ),
        (
            '{"version": 1, "routes": [{"match": {}, "partnerOpportunityId": "PO-1"}]}',
            "routes.0.match: Value error, must have a condition",
        ),
        (
            '{"version": 1, "routes": [{"match": {"type": null}, "partnerOpportunityId": "P"}]}',
            "routes.0.match: Value error, must have a condition",
        ),
        (
            '{"version": 1, "routes": [{"match": {"type": []}, "partnerOpportunityId": "PO-1"}]}',
            "routes.0.match.type: Tuple should have at least 1 item",
        ),
        (
            '{"version": 1, "routes": [{"match": {"typo": ["A"]}, "partnerOpportunityId": "P"}]}',
            "routes.0.match.typo: Extra inputs are not permitted",
        ),
        (
            '{"version": 1, "routes": [{"match": {"type": ["A"]}, "partnerOpportunityId": " "}]}',
            "routes.0.partnerOpportunityId: must be a string of 1 to 256",
        ),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(text: str, sentence: str) -> None:
    """With where it is and that it has to be mended there."""
    with pytest.raises(RoutesUnreadableError, match="opportunity routes of a test fai") as raised:
        read_routes(text, source="a test")
    assert sentence in str(raised.value)
    assert "mend them there" in str(raised.value)


@given(json_values)
def test_nothing_else_is_raised_for_anything_that_json_can_hold(value: object) -> None:
    """Whatever somebody stores."""
    for text in (json.dumps(value), json.dumps({"version": 1, "routes": [value]})):
        with pytest.raises(RoutesUnreadableError, match="failed: "):
            read_routes(text, source="a test")


def test_everything_that_is_wrong_is_named_at_once() -> None:
    """With where the table is from, and who says how to mend it."""
    text = '{"version": 2, "routes": [{"partnerOpportunityId": ""}]}'

    with pytest.raises(RoutesUnreadableError) as raised:
        read_routes(text, source="/stack/opportunity-routes")
    said = str(raised.value)
    assert said.startswith("reading the opportunity routes of /stack/opportunity-routes failed: ")
    assert said.endswith("; mend them there, the README says how")
    assert [each.split(": ")[0] for each in said.split("failed: ")[1].split("; ")[:-1]] == [
        "version",
        "routes.0.match",
        "routes.0.partnerOpportunityId",
    ]

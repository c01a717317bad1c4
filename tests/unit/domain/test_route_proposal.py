"""Routes are proposed for what leads to one opportunity, and for nothing else."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.opportunity_index import Lessons
from recommendation_applier.domain.opportunity_routes import Labels, Routes
from recommendation_applier.domain.route_proposal import (
    Finding,
    Proposal,
    Standing,
    propose_routes,
)
from tests.builders import NO_ROUTES

PREFIX = "sponsored-ads-campaign-diagnostics-recommendations-"


def labels(group: str | None = "rec-a-018", **changes: Any) -> Labels:
    """Make the labels of a bid."""
    bid: dict[str, Any] = {"type": "KEYWORD_BID", "ad_product": "SP", "grouping_type": "RAISE"}
    return Labels(recommendation_group=group, **bid | changes)


def routes(*table: tuple[dict[str, list[str]], str]) -> Routes:
    """Make a table."""
    return Routes.model_validate(
        {
            "version": 1,
            "routes": [
                {"match": match, "partnerOpportunityId": opportunity}
                for match, opportunity in table
            ],
        }
    )


def proposed(
    seen: dict[tuple[Labels, str], int] | None = None,
    *,
    groups: dict[str, set[str]] | None = None,
    kinds: dict[str, set[str]] | None = None,
    stored: Routes = NO_ROUTES,
    applicable: set[str] | None = None,
) -> Proposal:
    """Propose, with lessons by group and by kind."""
    lessons = Lessons(
        by_group={name: frozenset(found) for name, found in (groups or {}).items()},
        by_kind={name: frozenset(found) for name, found in (kinds or {}).items()},
    )
    return propose_routes(seen or {}, lessons, stored=stored, applicable=applicable)


def standings(proposal: Proposal) -> list[tuple[Labels, Standing]]:
    """Say of each finding how it stands."""
    return [(each.labels, each.standing) for each in proposal.findings]


GROUP = labels(type=None, ad_product=None, grouping_type=None)
KIND = labels(None)


def test_nothing_known_proposes_nothing() -> None:
    """The stored routes stay what they are."""
    stored = routes(({"type": ["KEYWORD_BID"]}, "PO-1"))

    assert proposed(stored=stored) == Proposal((), stored)


def test_a_group_and_a_kind_that_lead_to_one_opportunity_are_routes() -> None:
    """With how often they were seen to."""
    found = proposed({(labels(), "PO-1"): 12})

    assert found.findings == (
        Finding(GROUP, {"PO-1": 12}, Standing.NEW),
        Finding(KIND, {"PO-1": 12}, Standing.NEW),
    )
    assert found.routes == routes(
        ({"recommendationGroup": ["rec-a-018"]}, "PO-1"),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SP"], "groupingType": ["RAISE"]}, "PO-1"),
    )


def test_what_is_seen_with_different_labels_adds_up() -> None:
    """For the group that it has in common."""
    found = proposed({(labels(), "PO-1"): 3, (labels(ad_product="SB"), "PO-1"): 4})

    assert found.findings[0] == Finding(GROUP, {"PO-1": 7}, Standing.NEW)


def test_what_the_index_was_taught_was_not_seen() -> None:
    """A group by its short name, a kind by its parts; both count 0."""
    found = proposed(
        groups={f"{PREFIX}rec-a-018": {"PO-1"}}, kinds={"KEYWORD_BID|SP|RAISE": {"PO-2"}}
    )

    assert found.findings == (
        Finding(GROUP, {"PO-1": 0}, Standing.NEW),
        Finding(KIND, {"PO-2": 0}, Standing.NEW),
    )


def test_a_kind_that_leads_to_several_is_a_conflict() -> None:
    """Each is counted; a file's word is enough, and the group may decide all the same."""
    found = proposed({(labels(), "PO-1"): 3}, kinds={"KEYWORD_BID|SP|RAISE": {"PO-2"}})

    assert found.findings == (
        Finding(GROUP, {"PO-1": 3}, Standing.NEW),
        Finding(KIND, {"PO-1": 3, "PO-2": 0}, Standing.CONFLICT),
    )
    assert found.routes == routes(({"recommendationGroup": ["rec-a-018"]}, "PO-1"))


def test_a_group_that_leads_to_several_is_told_apart_by_all_its_labels() -> None:
    """Where each combination of them leads to one."""
    brands = labels(ad_product="SB")
    found = proposed({(labels(), "PO-1"): 3, (brands, "PO-2"): 1})

    assert found.findings[:2] == (
        Finding(brands, {"PO-2": 1}, Standing.NEW),
        Finding(labels(), {"PO-1": 3}, Standing.NEW),
    )
    assert found.routes.opportunity_of(labels()) == "PO-1"
    assert found.routes.opportunity_of(brands) == "PO-2"
    assert found.routes.opportunity_of(labels(ad_product="SD")) is None


@pytest.mark.parametrize(
    ("seen", "groups"),
    [
        ({(labels(), "PO-1"): 1}, {"rec-a-018": {"PO-1", "PO-2"}}),
        ({(labels(), "PO-1"): 1, (labels(type=None), "PO-2"): 1}, {}),
        ({(labels(), "PO-1"): 1, (labels(ad_product=None), "PO-2"): 1}, {}),
        ({(labels(), "PO-1"): 1, (labels(grouping_type=None), "PO-2"): 1}, {}),
    ],
)
def test_a_group_is_not_told_apart_by_what_is_not_known(
    seen: dict[tuple[Labels, str], int], groups: dict[str, set[str]]
) -> None:
    """An opportunity that was not seen, or not with all labels, may be that of any of them."""
    assert standings(proposed(seen, groups=groups))[0] == (GROUP, Standing.CONFLICT)


def test_a_combination_that_leads_to_several_is_a_conflict() -> None:
    """Others of its group are told apart all the same."""
    brands = labels(ad_product="SB")
    found = proposed({(labels(), "PO-1"): 3, (labels(), "PO-2"): 1, (brands, "PO-2"): 1})

    assert standings(found)[:2] == [(brands, Standing.NEW), (labels(), Standing.CONFLICT)]


def test_recommendations_without_a_group_teach_their_kind() -> None:
    """And without a grouping type, nothing but their group."""
    found = proposed({(KIND, "PO-1"): 2, (labels(grouping_type=None), "PO-2"): 1})

    assert standings(found) == [(GROUP, Standing.NEW), (KIND, Standing.NEW)]


@pytest.mark.parametrize("kind", ["|SP|RAISE", "KEYWORD_BID||RAISE"])
def test_a_kind_that_lacks_labels_is_no_route(kind: str) -> None:
    """It would match more than was seen."""
    found = proposed(kinds={kind: {"PO-1"}})

    assert [each.standing for each in found.findings] == [Standing.INCOMPLETE]
    assert found.routes == NO_ROUTES


def test_kinds_come_in_the_order_of_their_labels() -> None:
    """What is not known first; a grouping type is whatever follows the second bar."""
    found = proposed(kinds={"BID|SP|RAISE|MORE": {"PO-1"}, "|SP|RAISE": {"PO-1"}})

    assert [each.labels for each in found.findings] == [
        Labels(ad_product="SP", grouping_type="RAISE"),
        Labels(type="BID", ad_product="SP", grouping_type="RAISE|MORE"),
    ]


def test_what_amazon_does_not_list_is_no_route() -> None:
    """Unless nobody knows what it lists."""
    seen = {(labels(grouping_type=None), "PO-1"): 1}

    assert standings(proposed(seen, applicable={"PO-2"})) == [(GROUP, Standing.UNLISTED)]
    assert standings(proposed(seen, applicable={"PO-1"})) == [(GROUP, Standing.NEW)]
    assert standings(proposed(seen, applicable=None)) == [(GROUP, Standing.NEW)]


def test_what_is_stored_stays_and_is_not_repeated() -> None:
    """New routes come behind it."""
    stored = routes(({"recommendationGroup": ["rec-a-018"]}, "PO-1"))
    found = proposed({(labels(), "PO-1"): 1}, stored=stored)

    assert standings(found) == [(GROUP, Standing.STORED), (KIND, Standing.NEW)]
    assert found.routes.routes[0] == stored.routes[0]
    assert len(found.routes.routes) == 2


def test_stored_routes_that_lead_elsewhere_are_told() -> None:
    """Also where they do for some of it alone."""
    for match in ({"type": ["KEYWORD_BID"]}, {"recommendationGroup": ["rec-a-018"]}):
        stored = routes((match, "PO-9"))
        found = proposed({(labels(), "PO-1"): 1}, stored=stored)

        assert standings(found) == [(GROUP, Standing.OVERRULED), (KIND, Standing.OVERRULED)]
        assert found.routes == stored


def test_routes_that_differ_in_one_label_are_one() -> None:
    """In groups alone, or in grouping types alone; a parameter has little room."""
    found = proposed(
        groups={"rec-b": {"PO-1"}, "rec-a": {"PO-1"}, "rec-c": {"PO-2"}},
        kinds={"BID|SP|RAISE": {"PO-1"}, "BID|SP|CUT": {"PO-1"}, "BID|SB|CUT": {"PO-1"}},
    )

    assert found.routes == routes(
        ({"recommendationGroup": ["rec-a", "rec-b"]}, "PO-1"),
        ({"recommendationGroup": ["rec-c"]}, "PO-2"),
        ({"type": ["BID"], "adProduct": ["SB"], "groupingType": ["CUT"]}, "PO-1"),
        ({"type": ["BID"], "adProduct": ["SP"], "groupingType": ["CUT", "RAISE"]}, "PO-1"),
    )


def few(*values: str) -> st.SearchStrategy[str | None]:
    """Draw one of few, or nothing."""
    return st.sampled_from([None, *values])


all_labels = st.builds(
    Labels,
    recommendation_group=few("g1", "g2"),
    type=few("T1", "T2"),
    ad_product=few("SP", "SB"),
    grouping_type=few("K1", "K2"),
)
opportunities = st.sampled_from(["PO-1", "PO-2"])
seen_things = st.dictionaries(st.tuples(all_labels, opportunities), st.integers(1, 9), max_size=6)


@given(seen=seen_things)
def test_no_route_contradicts_what_was_seen(seen: dict[tuple[Labels, str], int]) -> None:
    """Each recommendation goes where it was seen to go, or nowhere by a route."""
    found = proposed(seen)

    for known, opportunity in seen:
        assert found.routes.opportunity_of(known) in (None, opportunity)


@given(seen=seen_things, other=seen_things)
def test_stored_routes_decide_as_they_did(
    seen: dict[tuple[Labels, str], int], other: dict[tuple[Labels, str], int]
) -> None:
    """And what was stored once is not proposed again."""
    stored = proposed(other).routes
    found = proposed(seen, stored=stored)

    for known, _ in (*seen, *other):
        decided = stored.opportunity_of(known)
        assert decided is None or found.routes.opportunity_of(known) == decided
    again = proposed(seen, stored=found.routes)
    assert again.routes == found.routes
    assert Counter(each.standing for each in again.findings)[Standing.NEW] == 0

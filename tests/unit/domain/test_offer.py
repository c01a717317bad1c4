"""What is offered is read like any delivery, and says its opportunity besides."""

import json

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.delivery import Publication, Rejection
from recommendation_applier.domain.offer import offer_body, without_settings
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import (
    EXPIRY,
    PUBLISHED,
    advertiser,
    flat_message,
    recommendation,
    stream_message,
)

ACTIONABLE = frozenset({"PUBLISHED"})

labels = st.none() | st.text(min_size=1, max_size=5)
settings = st.none() | st.dictionaries(
    st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False) | st.text()
)

offered = st.builds(
    recommendation,
    recommendation_id=st.sampled_from(["rec-1", 'é"☕']),
    advertiser=st.builds(
        advertiser,
        st.integers(1, 3),
        advertiser_type=st.sampled_from(["SELLER", "VENDOR"]),
        marketplace=st.sampled_from(["US", "UK"]),
    ),
    partner_opportunity_id=st.sampled_from(["PO-1", "a/b"]),
    published_date=st.sampled_from([None, PUBLISHED]),
    expiry_date=st.sampled_from([None, EXPIRY]),
    type=labels,
    ad_product=labels,
    campaign_id=labels,
    recommendation_group=labels,
    grouping_type=labels,
    current_settings=settings,
    recommended_settings=settings,
)


@given(offered)
def test_what_is_offered_is_what_is_read(wanted: Recommendation) -> None:
    """All of it, the opportunity included; a letter about it would hold the very message."""
    body = offer_body(wanted)

    assert read_body(body, actionable_statuses=ACTIONABLE) == (Publication(wanted, body),)


def test_settings_that_json_cannot_hold_are_left_out() -> None:
    """The message is read all the same."""
    wanted = recommendation(current_settings={"bid": float("inf")}, recommended_settings={"bid": 1})
    [found] = read_body(offer_body(wanted), actionable_statuses=ACTIONABLE)

    assert isinstance(found, Publication)
    assert found.recommendation == without_settings(wanted)


def test_any_message_may_name_its_opportunity() -> None:
    """In either shape; a name that could be none is refused."""
    messages = (
        flat_message(partner_opportunity_id="PO-1"),
        stream_message(envelope={"partnerOpportunityId": "PO-1"}),
    )
    for message in messages:
        [found] = read_body(json.dumps(message), actionable_statuses=ACTIONABLE)
        assert isinstance(found, Publication)
        assert found.recommendation.partner_opportunity_id == "PO-1"

    bad = json.dumps(flat_message(partner_opportunity_id=" "))
    [refused] = read_body(bad, actionable_statuses=ACTIONABLE)
    assert isinstance(refused, Rejection)
    assert "partner_opportunity_id is ' '; it must be a string of 1 to 256" in refused.message

"""What an event says of a recommendation, and what it leaves out."""

from typing import Any

from recommendation_applier.domain.event import (
    MAX_DETAIL_LENGTH,
    SOURCE,
    VERSION,
    DetailType,
    Event,
)
from recommendation_applier.domain.ledger import DecidedBy
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW, advertiser, recommendation


def event(**changes: Any) -> Event:
    """Make an event about all that can be known."""
    fields: dict[str, Any] = {
        "detail_type": DetailType.HELD,
        "reason": HeldReason.LIMIT_PASSED,
        "recommendation": recommendation(),
        "explanation": "bid 0.75 -> 1.50, above maxBid 1",
        "decided_by": DecidedBy(policy_version=7, rule="bids", released_by="ana"),
        "request_ids": ("RID1", "RID2"),
        "accepted_at": NOW,
    }
    return Event(**fields | changes)


def test_an_event_says_all_that_is_known() -> None:
    """Account, campaign, what was decided, why, by whom, and Amazon's request ids."""
    assert event().detail() == {
        "version": 1,
        "recommendationId": "rec-1",
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "campaignId": "210000000000001",
        "type": "KEYWORD_BID",
        "adProduct": "SP",
        "publishedDate": "2026-11-01T12:00:00Z",
        "expiryDate": "2026-11-15T12:00:00Z",
        "reason": "LIMIT_PASSED",
        "detail": "bid 0.75 -> 1.50, above maxBid 1",
        "policyVersion": 7,
        "rule": "bids",
        "releasedBy": "ana",
        "requestIds": ["RID1", "RID2"],
        "acceptedAt": "2026-11-10T12:00:00Z",
    }


def test_an_event_leaves_out_what_is_not_known() -> None:
    """A rule that matches a field never meets a null; what is always there is always there."""
    found = Event(
        detail_type=DetailType.FAILED,
        reason=HeldReason.DRY_RUN,
        recommendation=Recommendation(recommendation_id="rec-1", advertiser=advertiser()),
    )

    assert found.detail() == {
        "version": 1,
        "recommendationId": "rec-1",
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "reason": "DRY_RUN",
    }


def test_an_event_has_no_settings() -> None:
    """What the campaign is like stays in the ledger, however large it is."""
    about = recommendation(current_settings={"bid": 0.1}, recommended_settings={"bid": 0.2})

    assert event(recommendation=about).detail() == event().detail()


def test_a_long_explanation_is_cut() -> None:
    """So that an event stays small, whatever Amazon says."""
    assert MAX_DETAIL_LENGTH == 1_000
    assert event(explanation="x" * 1_001).detail()["detail"] == "x" * 1_000


def test_the_words_that_rules_match_are_these() -> None:
    """They change for nobody: rules that are not ours hang on them."""
    assert SOURCE == "recommendation-applier"
    assert VERSION == 1
    assert {each.value for each in DetailType} == {
        "RecommendationHeld",
        "RecommendationAccepted",
        "RecommendationFailed",
    }

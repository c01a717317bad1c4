"""Valid by default, one thing changed a test."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.delivery import Delivery
from recommendation_applier.domain.opportunity_routes import Routes
from recommendation_applier.domain.recommendation import (
    Advertiser,
    Recommendation,
    read_advertiser,
    read_recommendation,
)

OPPORTUNITY: Final = "amzn1.ads-partner1.opportunity.3f0c9c1e-5a43-4a1c-9d7e-2f6b8c1d4e5a"
PUBLISHED: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 10, 12, tzinfo=UTC)
EXPIRY: Final = datetime(2026, 11, 15, 12, tzinfo=UTC)
NO_ROUTES: Final = Routes(version=1, routes=())


def advertiser(
    number: int = 1, *, advertiser_type: str = "SELLER", marketplace: str = "US"
) -> Advertiser:
    """Make the account of that number."""
    return read_advertiser(
        {
            "advertiser_type": advertiser_type,
            "encrypted_advertiser_id": f"A{number:013}",
            "entity_id": f"ENTITY{number:013}",
            "marketplace": marketplace,
        }
    )


def recommendation(
    recommendation_id: str = "rec-1",
    *,
    current_settings: object = None,
    recommended_settings: object = None,
    **changes: Any,
) -> Recommendation:
    """Make a recommendation that may be applied at NOW."""
    fields: dict[str, Any] = {
        "recommendation_id": recommendation_id,
        "advertiser": advertiser(),
        "published_date": PUBLISHED,
        "expiry_date": EXPIRY,
        "type": "KEYWORD_BID",
        "ad_product": "SP",
        "campaign_id": "210000000000001",
        "settings": CampaignSettings(current_settings, recommended_settings),
    }
    return read_recommendation(fields | changes)


def batch(*recommendation_ids: str, opportunity: str = OPPORTUNITY, account: int = 1) -> ApplyBatch:
    """Make a batch of one account."""
    owner = advertiser(account)
    ids = recommendation_ids or ("rec-1",)
    return ApplyBatch(
        opportunity, owner, tuple(recommendation(one, advertiser=owner) for one in ids)
    )


def stream_message(
    recommendation_id: str = "rec-1",
    *,
    account: int = 1,
    envelope: dict[str, Any] | None = None,
    **message_body: Any,
) -> dict[str, Any]:
    """Make a message in the guide's shape; *envelope* and *message_body* change its fields.

    A field that is changed to `...` is left out.
    """
    inner: dict[str, Any] = {
        "entity_type": "SELLER_CENTRAL_ENTITY",
        "advertiser_type": "SELLER",
        "marketplace_name": "US",
        "recommendation_id": recommendation_id,
        "group_id": "0b8b4a53-1a53-4d30-8a5e-6f1f6bb0a001",
        "apply_endpoint": "/recommendations/apply",
        "type": "KEYWORD_BID",
        "published_date": "2026-11-01T12:00:00 UTC",
        "publish_metadata": {"published_by": "AMAZON_ADS_ACCOUNT_TEAM"},
        "expiry_date": "2099-11-15T12:00:00 UTC",
        "explanation": {
            "description": "Bids of similar campaigns are higher.",
            "missed_opportunities": None,
            "recommendation_context": {
                "asin_context": None,
                "grouping_context": {"grouping_type": "INCREASE_BID_CONTEXTUAL"},
            },
        },
        "campaign_id": "210000000000001",
        "campaign_name": "Spring - Exact",
        "ad_product": "SP",
        "current_campaign_settings": {"budget": None, "ad_groups": [{"bid": 0.75}]},
        "recommended_campaign_settings": {"budget": None, "ad_groups": [{"bid": 0.9}]},
        "recommendation_status": "PUBLISHED",
        "recommendation_group": "sponsored-ads-campaign-diagnostics-recommendations-rec-a-018",
    }
    outer: dict[str, Any] = {
        "advertiserId": f"A{account:013}",
        "entityId": f"ENTITY{account:013}",
        "marketplaceId": "ATVPDKIKX0DER",
        "datasetId": "sponsored-ads-campaign-diagnostics-recommendations",
        "messageBody": _changed(inner, message_body),
        "eventTimestamp": None,
    }
    return _changed(outer, envelope or {})


def flat_message(recommendation_id: str = "rec-1", **changes: Any) -> dict[str, Any]:
    """Make a message in the dataset guide's shape: one flat object in snake_case."""
    message = stream_message(recommendation_id)
    inner = message["messageBody"]
    outer = {
        "advertiser_id": message["advertiserId"],
        "entity_id": message["entityId"],
        "marketplace_id": message["marketplaceId"],
        "dataset_id": message["datasetId"],
    }
    return _changed({**outer, **inner}, changes)


def body(recommendation_id: str = "rec-1", **changes: Any) -> str:
    """Make the text of a message in the guide's shape."""
    return json.dumps(stream_message(recommendation_id, **changes))


def notification(message: str, *, topic_arn: str = "arn:aws:sns:us-east-1:084590724871:rec") -> str:
    """Wrap *message* in an SNS envelope, as a subscription without raw delivery does."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "5f3c1d59-27f0-4a3e-9b51-0f3a5bb3f001",
            "TopicArn": topic_arn,
            "Message": message,
            "Timestamp": "2026-11-01T12:00:00.000Z",
            "SignatureVersion": "1",
        }
    )


def confirmation(
    topic_arn: str = "arn:aws:sns:us-east-1:084590724871:rec", *, token: str = "2336412f37"
) -> str:
    """Make what SNS sends to a queue that has just been subscribed."""
    return json.dumps(
        {
            "Type": "SubscriptionConfirmation",
            "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            "Token": token,
            "TopicArn": topic_arn,
            "Message": f"You have chosen to subscribe to the topic {topic_arn}.",
            "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
            "Timestamp": "2026-11-01T12:00:00.000Z",
        }
    )


def delivery(text: str | None = None, *, number: int = 1, receive_count: int = 1) -> Delivery:
    """Make an SQS message as the consumer receives it."""
    return Delivery(
        message_id=f"message-{number}",
        body=body() if text is None else text,
        receive_count=receive_count,
    )


def _changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**values, **changes}.items() if value is not Ellipsis}

"""A row of a data file as a delivery: the flat shape of a Stream message, with its opportunity.

The consumer reads it like any other delivery. That it names its `partner_opportunity_id` is the
only difference: no message of Amazon's does.
"""

import json
from dataclasses import replace
from typing import Final

from recommendation_applier.domain.campaign_settings import CURRENT, NO_SETTINGS, RECOMMENDED
from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.stream_message import DATASET

_KIND: Final = ("recommendation_context", "grouping_context", "grouping_type")


def offer_body(recommendation: Recommendation) -> str:
    """Write *recommendation* so that reading it gives the same one.

    Settings that JSON cannot hold, such as 1e400, are left out.
    """
    try:
        return _written(recommendation)
    except ValueError:
        return _written(without_settings(recommendation))


def without_settings(recommendation: Recommendation) -> Recommendation:
    """Leave out what is only weighed: the policy holds what it cannot weigh."""
    return replace(recommendation, settings=NO_SETTINGS)


def _written(recommendation: Recommendation) -> str:
    advertiser = recommendation.advertiser
    published, expiry = recommendation.published_date, recommendation.expiry_date
    explanation: object = recommendation.grouping_type
    for name in reversed(_KIND):
        explanation = {name: explanation}
    message = {
        "dataset_id": DATASET,
        "partner_opportunity_id": recommendation.partner_opportunity_id,
        "recommendation_id": recommendation.recommendation_id,
        "advertiser_id": advertiser.encrypted_advertiser_id,
        "entity_id": advertiser.entity_id,
        "advertiser_type": advertiser.advertiser_type,
        "marketplace_name": advertiser.marketplace,
        "published_date": format_date(published) if published else None,
        "expiry_date": format_date(expiry) if expiry else None,
        "type": recommendation.type,
        "ad_product": recommendation.ad_product,
        "campaign_id": recommendation.campaign_id,
        "recommendation_group": recommendation.recommendation_group,
        "explanation": explanation if recommendation.grouping_type else None,
        CURRENT: recommendation.settings.current,
        RECOMMENDED: recommendation.settings.recommended,
    }
    said = {name: value for name, value in message.items() if value is not None}
    return json.dumps(said, separators=(",", ":"), allow_nan=False)

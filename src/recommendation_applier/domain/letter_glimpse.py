"""What can be told of a body that cannot be used: enough to find, to count and to filter it by.

Blind where the reading of deliveries is strict: an unknown marketplace, a missing expiry date or a
version that is not ours hide nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.marketplaces import code_of
from recommendation_applier.domain.recommendation import MAX_ID_LENGTH
from recommendation_applier.domain.waiting_letter import Subject, legible

_MAX_WRAPPINGS: Final = 6

_SECRET: Final = re.compile(r'(\\*"(?:Token|SubscribeURL)\\*"\s*:\s*\\*")(?:\\+/|[^"\\])*')
"""Of an SNS confirmation, however often it is wrapped: whoever has either can confirm."""

Json = Mapping[str, Any]


def without_tokens(text: str) -> str:
    """Give *text* as it is, but for what would confirm a subscription."""
    return _SECRET.sub(r"\1…", text)


def parsed(text: str) -> object:
    """Read JSON; None for whatever is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def glimpses(text: str) -> Iterator[Subject]:
    """Give what *text* says of recommendations. Never raises; what says nothing gives nothing."""
    return _of(parsed(text), wrappings=0)


def _of(value: object, *, wrappings: int) -> Iterator[Subject]:
    if wrappings > _MAX_WRAPPINGS:
        return
    if isinstance(value, list):
        for each in value:
            yield from _of(each, wrappings=wrappings + 1)
    if not isinstance(value, Mapping):
        return
    batch, message, wrapped = (value.get(name) for name in ("batch", "message", "Message"))
    if isinstance(batch, Mapping):
        yield from _of_batch(batch)
    elif isinstance(message, Mapping) and isinstance(text := message.get("body"), str):
        yield from _of(parsed(text), wrappings=wrappings + 1)
    elif "TopicArn" in value and isinstance(wrapped, str):
        yield from _of(parsed(wrapped), wrappings=wrappings + 1)
    elif (subject := _of_message(value)) != Subject():
        yield subject


def _of_batch(batch: Json) -> Iterator[Subject]:
    request = _object(batch.get("request"))
    known = {
        each.get("recommendationId"): each
        for each in _list(batch.get("recommendations"))
        if isinstance(each, Mapping) and isinstance(each.get("recommendationId"), str)
    }
    for recommendation_id in _list(request.get("recommendationIds")) or list(known):
        each = known.get(recommendation_id, {}) if isinstance(recommendation_id, str) else {}
        yield Subject(
            recommendation_id=_text(recommendation_id),
            encrypted_advertiser_id=_text(request.get("encryptedAdvertiserId")),
            entity_id=_text(request.get("entityId")),
            marketplace=_text(request.get("marketplace")),
            type=_text(each.get("type")),
            ad_product=_text(each.get("adProduct")),
            campaign_id=_text(each.get("campaignId")),
            partner_opportunity_id=_text(batch.get("partnerOpportunityId")),
            published_date=_date(each.get("publishedDate")),
            expiry_date=_date(each.get("expiryDate")),
        )


def _of_message(message: Json) -> Subject:
    inner = message.get("messageBody")
    inner = inner if isinstance(inner, Mapping) else message
    marketplace_id = _first(message, "marketplaceId", "marketplace_id")
    return Subject(
        recommendation_id=_first(inner, "recommendation_id"),
        encrypted_advertiser_id=_first(message, "advertiserId", "advertiser_id"),
        entity_id=_first(message, "entityId", "entity_id"),
        marketplace=_first(inner, "marketplace_name")
        or (code_of(marketplace_id) if marketplace_id else None),
        type=_first(inner, "type"),
        ad_product=_first(inner, "ad_product"),
        campaign_id=_first(inner, "campaign_id"),
        partner_opportunity_id=_first(message, "partnerOpportunityId", "partner_opportunity_id"),
        published_date=_date(inner.get("published_date")),
        expiry_date=_date(inner.get("expiry_date")),
    )


def _first(values: Json, *names: str) -> str | None:
    return next((text for name in names if (text := _text(values.get(name)))), None)


def _text(value: object) -> str | None:
    """Take a name or an id; what is longer than any of Amazon's is neither."""
    text = legible(value)
    return text if text is not None and len(text) <= MAX_ID_LENGTH else None


def _date(value: object) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


def _object(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

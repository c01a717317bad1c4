"""Dead letters of ours that have come back, read again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from recommendation_applier.domain.delivery import Publication, Rejection
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.recommendation import (
    Identifier,
    Recommendation,
    read_recommendation,
)
from recommendation_applier.domain.stream_message import rejection

_IN_DOUBT: Final = (DeadLetterReason.RETRIES_EXHAUSTED, DeadLetterReason.OUTCOME_UNKNOWN)
"""Reasons of letters about requests whose answer may have been lost."""

_NAMES: Final = {
    "advertiser_type": "batch.request.advertiserType",
    "encrypted_advertiser_id": "batch.request.encryptedAdvertiserId",
    "entity_id": "batch.request.entityId",
    "marketplace": "batch.request.marketplace",
    "expiry_date": "batch.recommendations.expiryDate",
    "published_date": "batch.recommendations.publishedDate",
}


def read_batch_letter(value: Mapping[str, Any], body: str) -> Sequence[Publication | Rejection]:
    """Read what a `batch` letter asks for, or say why it cannot be read.

    `batch.request` decides, so that an operator may take ids out of it before sending it back;
    `batch.recommendations` adds what is known of each id. A letter about an answer that never came
    marks its recommendations as in doubt.
    """
    try:
        letter = _BatchLetter.model_validate(value)
        recommendations = _recommendations(letter.batch)
    except ValidationError as error:
        return (_unreadable(error, body),)
    in_doubt = letter.reason.code in _IN_DOUBT
    return tuple(Publication(each, body, in_doubt, came_back=True) for each in recommendations)


def read_message_letter(value: Mapping[str, Any], body: str) -> str | Rejection:
    """Give the body that a `message` letter holds, or say why it cannot be read."""
    try:
        return _MessageLetter.model_validate(value).message.body
    except ValidationError as error:
        return _unreadable(error, body)


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, defer_build=True)


class _Reason(_Wire):
    code: str


class _Request(_Wire):
    advertiser_type: object = None
    encrypted_advertiser_id: object = None
    entity_id: object = None
    marketplace: object = None
    recommendation_ids: list[Identifier] = Field(min_length=1)


class _Known(_Wire):
    recommendation_id: str
    expiry_date: object = None
    published_date: object = None
    type: object = None
    ad_product: object = None
    campaign_id: object = None
    recommendation_group: object = None
    grouping_type: object = None


class _Batch(_Wire):
    partner_opportunity_id: Identifier
    request: _Request
    recommendations: list[_Known] = []


class _BatchLetter(_Wire):
    version: Literal[1]
    reason: _Reason
    batch: _Batch


class _Message(_Wire):
    body: str


class _MessageLetter(_Wire):
    version: Literal[1]
    message: _Message


def _recommendations(batch: _Batch) -> list[Recommendation]:
    known = {each.recommendation_id: each.model_dump() for each in batch.recommendations}
    advertiser = batch.request.model_dump()
    return [
        read_recommendation(
            {
                **known.get(recommendation_id, {"recommendation_id": recommendation_id}),
                "advertiser": advertiser,
                "partner_opportunity_id": batch.partner_opportunity_id,
            }
        )
        for recommendation_id in batch.request.recommendation_ids
    ]


def _unreadable(error: ValidationError, body: str) -> Rejection:
    found = rejection(error, body, names=_NAMES)
    if found.reason is DeadLetterReason.UNSUPPORTED_MARKETPLACE:
        return found
    return Rejection(DeadLetterReason.UNREADABLE_DEAD_LETTER, found.message, body)

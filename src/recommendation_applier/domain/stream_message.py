"""The two documented shapes of the Stream dataset -> what they say, or a typed reason why not.

The how-to guide shows a camelCase envelope around `messageBody`; the dataset guide lists one flat
snake_case object. Both are read the same way: an outer object with the ids of the account, and an
inner one (`messageBody`, or the outer object itself) with the recommendation.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from recommendation_applier.domain.campaign_settings import (
    CURRENT,
    RECOMMENDED,
    CampaignSettings,
)
from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.delivery import (
    Content,
    NotForUs,
    Publication,
    Rejection,
    Withdrawal,
)
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES, code_of
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from recommendation_applier.domain.recommendation import (
    MAX_ID_LENGTH,
    UNSUPPORTED_MARKETPLACE,
    Identifier,
    read_recommendation,
)

DATASET: Final = "sponsored-ads-campaign-diagnostics-recommendations"

REMOVED: Final = "REMOVED"
"""Amazon has taken the recommendation back. No setting can make this status actionable."""

SETTLED_STATUSES: Final = {
    REMOVED: NotApplicableReason.REMOVED,
    "REJECTED": NotApplicableReason.REJECTED,
    "APPLY_SUCCESS": NotApplicableReason.APPLIED_ELSEWHERE,
    "SUCCESS": NotApplicableReason.APPLIED_ELSEWHERE,
    "APPLY_IN_PROGRESS": NotApplicableReason.BEING_APPLIED_ELSEWHERE,
    "IN_PROGRESS": NotApplicableReason.BEING_APPLIED_ELSEWHERE,
}
"""Statuses that ask nothing of us. REMOVED is the guide's; the others are those of Amazon's
Recommendations API and of `applicationStatus`, which name one lifecycle twice. A failed application
is not among them: somebody should look at it."""

_OF_A_DATASET: Final = frozenset({"messageBody", "datasetId", "dataset_id", "recommendation_id"})
_SHOWN_CHARACTERS: Final = 60
_IN_MESSAGE_BODY: Final = (
    "recommendation_id",
    "advertiser_type",
    "published_date",
    "expiry_date",
)
_NESTED_NAMES: Final = {
    "encrypted_advertiser_id": "advertiserId",
    "entity_id": "entityId",
    "marketplace": "messageBody.marketplace_name",
    **{name: f"messageBody.{name}" for name in _IN_MESSAGE_BODY},
}
_FLAT_NAMES: Final = {
    "encrypted_advertiser_id": "advertiser_id",
    "marketplace": "marketplace_name",
}

Json = Mapping[str, Any]


def _date_or_none(value: object) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


class _Settled(BaseModel):
    """All that is read of a message whose status asks nothing of us.

    A date that cannot be read is taken for none, so that the message takes back every
    publication: a removal must never be lost over its date.
    """

    recommendation_id: Identifier
    published_date: Annotated[datetime | None, BeforeValidator(_date_or_none)] = None


def looks_like_stream_message(message: Json) -> bool:
    """Tell whether *message* is of a Stream dataset, ours or another."""
    return not _OF_A_DATASET.isdisjoint(message)


def read_stream_message(
    message: Json, body: str, *, actionable_statuses: AbstractSet[str]
) -> Content:
    """Say what *message* holds; *body* is the text it came from.

    Promise: never raises for anything that JSON can hold. A message of another dataset is
    `NotForUs`; a settled status is a `Withdrawal`, for which only the recommendation's id and
    dates are read; an actionable or absent status is a `Publication`.
    """
    dataset = _first(message, "datasetId", "dataset_id")
    if isinstance(dataset, str) and dataset.strip() and dataset != DATASET:
        return NotForUs(NotApplicableReason.OTHER_DATASET, shorten(dataset))
    nested = "messageBody" in message
    inner = message["messageBody"] if nested else message
    if not isinstance(inner, dict):
        return Rejection(
            DeadLetterReason.INVALID_MESSAGE,
            f"messageBody is {shorten(inner)}; it must be an object",
            body,
        )
    try:
        return _read(message, inner, body, actionable_statuses)
    except ValidationError as error:
        return rejection(error, body, names=_NESTED_NAMES if nested else _FLAT_NAMES)


def rejection(error: ValidationError, body: str, *, names: Mapping[str, str]) -> Rejection:
    """Turn pydantic's findings into field, value and rule, in the *names* that the source uses."""
    findings = error.errors(include_url=False)
    unsupported = all(finding["type"] == UNSUPPORTED_MARKETPLACE for finding in findings)
    return Rejection(
        DeadLetterReason.UNSUPPORTED_MARKETPLACE
        if unsupported
        else DeadLetterReason.INVALID_MESSAGE,
        "; ".join(_sentence(finding, names) for finding in findings),
        body,
    )


def grouping_type_of(inner: Json) -> object:
    """Find the grouping type in an `explanation`, which data files have in the same structure."""
    value: object = inner
    for key in ("explanation", "recommendation_context", "grouping_context", "grouping_type"):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def shorten(value: object) -> str:
    """Show *value* in a sentence, however long it is."""
    text = repr(value) if not isinstance(value, str) else f"'{value[:_SHOWN_CHARACTERS]}'"
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        return f"{text} and {len(value) - _SHOWN_CHARACTERS} more characters"
    return text if len(text) <= 2 * _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _read(message: Json, inner: Json, body: str, actionable_statuses: AbstractSet[str]) -> Content:
    status = inner.get("recommendation_status")
    actionable = isinstance(status, str) and status in actionable_statuses
    if status is not None and not actionable:
        return _read_inactive(message, inner, body)
    marketplace = inner.get("marketplace_name")
    marketplace_id = _first(message, "marketplaceId", "marketplace_id")
    known = code_of(marketplace_id) if isinstance(marketplace_id, str) else None
    if marketplace is None:
        marketplace = known
    elif isinstance(marketplace, str) and disagree(marketplace, known):
        return Rejection(
            DeadLetterReason.INVALID_MESSAGE,
            f"marketplace_name is {shorten(marketplace)} but marketplaceId "
            f"{shorten(marketplace_id)} is {known}; the two must agree",
            body,
        )
    if marketplace is None and isinstance(marketplace_id, str) and marketplace_id.strip():
        return Rejection(
            DeadLetterReason.UNSUPPORTED_MARKETPLACE,
            f"marketplaceId is {shorten(marketplace_id)}, which is not known, and there is no "
            "marketplace_name",
            body,
        )
    fields = {
        "recommendation_id": inner.get("recommendation_id"),
        "advertiser": {
            "advertiser_type": inner.get("advertiser_type"),
            "encrypted_advertiser_id": _first(message, "advertiserId", "advertiser_id"),
            "entity_id": _first(message, "entityId", "entity_id"),
            "marketplace": marketplace,
        },
        # Amazon's messages name none; what the reader of data files puts on the queue does.
        "partner_opportunity_id": _first(message, "partnerOpportunityId", "partner_opportunity_id"),
        "published_date": inner.get("published_date"),
        "expiry_date": inner.get("expiry_date"),
        "type": inner.get("type"),
        "ad_product": inner.get("ad_product"),
        "campaign_id": inner.get("campaign_id"),
        "recommendation_group": inner.get("recommendation_group"),
        "grouping_type": grouping_type_of(inner),
        "settings": CampaignSettings(inner.get(CURRENT), inner.get(RECOMMENDED)),
    }
    return Publication(read_recommendation(fields), body)


def disagree(marketplace: str, known: str | None) -> bool:
    """Tell whether a name that could be applied to is not the one that the id stands for."""
    if known is None or marketplace not in APPLICABLE_MARKETPLACES:
        return False
    return marketplace != known and {marketplace, known} != {"UK", "GB"}


def _read_inactive(message: Json, inner: Json, body: str) -> Content:
    status = inner["recommendation_status"]
    settled = SETTLED_STATUSES.get(status) if isinstance(status, str) else None
    if settled is None:
        return Rejection(
            DeadLetterReason.UNKNOWN_STATUS,
            f"recommendation_status is {shorten(status)}; it is neither actionable "
            "(parameter ActionableStatuses) nor known to be settled",
            body,
        )
    known = _Settled.model_validate(
        {name: inner.get(name) for name in ("recommendation_id", "published_date")}
    )
    account = _first(message, "advertiserId", "advertiser_id")
    return Withdrawal(
        known.recommendation_id,
        known.published_date,
        settled,
        body,
        account=account[:MAX_ID_LENGTH] if isinstance(account, str) else None,
    )


def _first(message: Json, name: str, other_name: str) -> object:
    value = message.get(name)
    return message.get(other_name) if value is None else value


def _sentence(finding: ErrorDetails, names: Mapping[str, str]) -> str:
    name = next(str(step) for step in reversed(finding["loc"]) if isinstance(step, str))
    value = finding["input"]
    # A field that is absent altogether is reported with the whole object as its input.
    absent = value is None or finding["type"] == "missing"
    state = "is missing" if absent else f"is {shorten(value)}"
    rule = finding["msg"]
    return f"{names.get(name, name)} {state}; {'it ' if rule.startswith('must') else ''}{rule}"

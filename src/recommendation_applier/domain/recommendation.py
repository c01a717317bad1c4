"""What Amazon recommends, and for whom: one model, whatever the source.

Strict on what an apply request needs, blind to the rest, so that a field or a `type` that Amazon
adds tomorrow breaks nothing.
"""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

from recommendation_applier.domain.dates import DATE_RULE, parse_date
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES

MAX_ID_LENGTH: Final = 256
"""Far above the 36 to 70 characters that Amazon's ids have, far below what could do harm."""

MAX_LABEL_LENGTH: Final = 128
"""What is only shown is cut here, so that a dead letter of 100 recommendations always fits into
an SQS message."""

_ID_RULE: Final = (
    f"must be a string of 1 to {MAX_ID_LENGTH} printable characters without spaces around it"
)


def _identifier(value: object) -> str:
    if (
        isinstance(value, str)
        and 0 < len(value) <= MAX_ID_LENGTH
        and value.isprintable()
        and value == value.strip()
    ):
        return value
    raise PydanticCustomError("identifier", _ID_RULE)


def _advertiser_type(value: object) -> str:
    if value in ("SELLER", "VENDOR"):
        return str(value)
    raise PydanticCustomError("advertiser_type", "must be SELLER or VENDOR")


def _marketplace(value: object) -> str:
    code = _identifier(value)
    if code in APPLICABLE_MARKETPLACES:
        return code
    raise PydanticCustomError(
        UNSUPPORTED_MARKETPLACE, "must be one of the marketplaces that can be applied to: {codes}",
        {"codes": " ".join(sorted(APPLICABLE_MARKETPLACES))},
    )  # fmt: skip


def _date(value: object) -> datetime:
    try:
        return parse_date(value)
    except ValueError as error:
        raise PydanticCustomError("date", DATE_RULE) from error


def _label(value: object) -> str | None:
    return value[:MAX_LABEL_LENGTH] if isinstance(value, str) and value else None


def _settings(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


UNSUPPORTED_MARKETPLACE: Final = "unsupported_marketplace"
"""The error type of a marketplace that exists, but that no apply request may name."""

Identifier = Annotated[str, PlainValidator(_identifier)]
"""An opaque id minted by Amazon, passed back exactly as it came."""

AmazonDate = Annotated[datetime, PlainValidator(_date)]
"""A moment in any of Amazon's notations, as UTC."""

Label = Annotated[str | None, PlainValidator(_label)]
"""Something we only show, filter or route by: absent when it is not a string."""


CampaignSettings = Annotated[dict[str, Any] | None, PlainValidator(_settings)]
"""A campaign's settings, kept as they came for whoever looks at them later."""


class Advertiser(BaseModel):
    """The account a recommendation belongs to; an apply request speaks for exactly one."""

    model_config = ConfigDict(frozen=True)  # hashable: it is part of the key that groups requests

    advertiser_type: Annotated[Literal["SELLER", "VENDOR"], PlainValidator(_advertiser_type)]
    encrypted_advertiser_id: Identifier
    entity_id: Identifier
    marketplace: Annotated[str, PlainValidator(_marketplace)]

    def __str__(self) -> str:
        """Name the account the way logs and dead letters do."""
        return f"{self.encrypted_advertiser_id} ({self.entity_id}, {self.marketplace})"


@lru_cache(maxsize=1_024)
def known_advertiser(fields: tuple[tuple[str, object], ...]) -> Advertiser:
    """Read an account from pairs of names and values, once for all its recommendations.

    Raises pydantic.ValidationError, and TypeError for values that are no keys, such as lists.
    """
    return Advertiser.model_validate(dict(fields))


class Recommendation(BaseModel):
    """One change that Amazon proposes to one advertiser."""

    model_config = ConfigDict(frozen=True)

    recommendation_id: Identifier
    advertiser: Advertiser
    published_date: AmazonDate | None = None
    expiry_date: AmazonDate | None = None
    partner_opportunity_id: Identifier | None = None
    """Known only where the source names it: a Stream message does not."""
    type: Label = None
    ad_product: Label = None
    campaign_id: Label = None
    recommendation_group: Label = None
    grouping_type: Label = None
    current_settings: CampaignSettings = None
    """What the campaign is like, in Amazon's structure (`current_campaign_settings`)."""
    recommended_settings: CampaignSettings = None
    """What it should be like; only what changes need be there (`recommended_campaign_settings`)."""

    def was_published_by(self, moment: datetime) -> bool:
        """Tell whether it was published at *moment* or before; one without a date always was."""
        return self.published_date is None or self.published_date <= moment

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it may no longer be applied at *now*; one without a date never expires."""
        return self.expiry_date is not None and self.expiry_date <= now

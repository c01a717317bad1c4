"""What Amazon recommends, and for whom: one model, whatever the source.

Strict on what an apply request needs, blind to the rest, so that a field or a `type` that Amazon
adds tomorrow breaks nothing.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import InstanceOf, PlainValidator, TypeAdapter
from pydantic_core import PydanticCustomError

from recommendation_applier.domain.campaign_settings import NO_SETTINGS, CampaignSettings
from recommendation_applier.domain.dates import DATE_RULE, parse_date
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES
from recommendation_applier.domain.value import value

MAX_ID_LENGTH: Final = 256
"""Far above the 36 to 70 characters that Amazon's ids have, far below what could do harm."""

MAX_LABEL_LENGTH: Final = 128
"""What is only shown is cut here, so that a dead letter of 100 recommendations always fits into
an SQS message."""

_ID_RULE: Final = (
    f"must be a string of 1 to {MAX_ID_LENGTH} printable characters without spaces around it"
)


def is_identifier(value: str) -> bool:
    """Tell whether *value* follows the rule of ids."""
    return (
        0 < len(value) <= MAX_ID_LENGTH
        and value.isprintable()
        and value[0] != " " != value[-1]  # of all space, only this one is printable
    )


def _identifier(value: object) -> str:
    if isinstance(value, str) and is_identifier(value):
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


UNSUPPORTED_MARKETPLACE: Final = "unsupported_marketplace"
"""The error type of a marketplace that exists, but that no apply request may name."""

Identifier = Annotated[str, PlainValidator(_identifier)]
"""An opaque id minted by Amazon, passed back exactly as it came."""

AmazonDate = Annotated[datetime, PlainValidator(_date)]
"""A moment in any of Amazon's notations, as UTC."""

Label = Annotated[str | None, PlainValidator(_label)]
"""Something we only show, filter or route by: absent when it is not a string."""


@value(frozen=True, slots=True)
class Advertiser:
    """The account a recommendation belongs to; an apply request speaks for exactly one.

    It is part of the key that groups requests. `read_advertiser` makes one of what has not been
    checked.
    """

    advertiser_type: Annotated[Literal["SELLER", "VENDOR"], PlainValidator(_advertiser_type)]
    encrypted_advertiser_id: Identifier
    entity_id: Identifier
    marketplace: Annotated[str, PlainValidator(_marketplace)]

    def __str__(self) -> str:
        """Name the account the way logs and dead letters do."""
        return f"{self.encrypted_advertiser_id} ({self.entity_id}, {self.marketplace})"


@value(frozen=True, slots=True)
class Recommendation:
    """One change that Amazon proposes to one advertiser.

    `read_recommendation` makes one of what has not been checked.
    """

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
    settings: InstanceOf[CampaignSettings] = field(default_factory=lambda: NO_SETTINGS)

    def was_published_by(self, moment: datetime) -> bool:
        """Tell whether it was published at *moment* or before; one without a date always was."""
        return self.published_date is None or self.published_date <= moment

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it may no longer be applied at *now*; one without a date never expires."""
        return self.expiry_date is not None and self.expiry_date <= now


_ADVERTISER: Final = TypeAdapter(Advertiser)


@cache
def _checks() -> TypeAdapter[Recommendation]:
    """Make what checks a recommendation: a message that is as documented does without it."""
    return TypeAdapter(Recommendation)


def read_advertiser(fields: Mapping[str, object]) -> Advertiser:
    """Check *fields*, by name, and make an account of them. Raises pydantic.ValidationError."""
    return _ADVERTISER.validate_python(fields)


def read_recommendation(fields: Mapping[str, object]) -> Recommendation:
    """Check *fields*, by name, and make a recommendation of them; others are ignored.

    The advertiser may be one, or fields of one. Raises pydantic.ValidationError.
    """
    return _checks().validate_python(fields)

"""What a rule of the policy can say: whom it is for, what it decides, and within which limits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from recommendation_applier.domain.recommendation import MAX_ID_LENGTH, Identifier, Recommendation

MAX_LIMIT: Final = 1_000_000_000_000
"""Above every bid and budget, in any currency."""

MAX_COOL_DOWN_HOURS: Final = 8_760
"""A year: recommendations live for two weeks."""

_SAME_AS: Final = {"GB": "UK", "UK": "GB"}
"""The apply request has two codes for the United Kingdom."""

_CODE: Final = r"^[A-Z][A-Z0-9_]*$"
_MOMENT_RULE: Final = "must be a date and time with its zone, such as '2026-11-27T00:00:00Z'"

WIRE: Final = ConfigDict(
    frozen=True,
    extra="forbid",  # a limit with a misspelt name would limit nothing
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
)


def _number(value: object) -> Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite() and 0 <= number <= MAX_LIMIT:
            return number
    raise PydanticCustomError("limit", f"must be a number from 0 to {MAX_LIMIT}")


def _hours(value: object) -> Decimal:
    hours = _number(value)
    if 0 < hours <= MAX_COOL_DOWN_HOURS:
        return hours
    raise PydanticCustomError("hours", f"must be above 0 and at most {MAX_COOL_DOWN_HOURS}")


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("moment", _MOMENT_RULE) from error
    raise PydanticCustomError("moment", _MOMENT_RULE)


def _as_written(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_WRITTEN: Final = PlainSerializer(_as_written, return_type=int | float, when_used="json")

Number = Annotated[
    Decimal,
    BeforeValidator(_number),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_LIMIT}),
]
"""A limit, exactly as the policy writes it: 0.1 is a tenth."""

Hours = Annotated[
    Decimal,
    BeforeValidator(_hours),
    _WRITTEN,
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_COOL_DOWN_HOURS}),
]

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Id = Annotated[
    Identifier, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH})
]

Code = Annotated[str, Field(pattern=_CODE)]
Marketplace = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Match(BaseModel):
    """Whom a rule is for: every list that is there has to name the recommendation's own value."""

    model_config = WIRE

    type: Annotated[
        tuple[Code, ...] | None,
        Field(min_length=1, description="Types of recommendation, such as KEYWORD_BID."),
    ] = None
    ad_product: Annotated[
        tuple[Code, ...] | None, Field(min_length=1, description="SP, SB, SD or ST.")
    ] = None
    marketplace: Annotated[
        tuple[Marketplace, ...] | None,
        Field(min_length=1, description="Marketplace codes such as US; UK and GB are the same."),
    ] = None
    advertiser_id: Annotated[
        tuple[Id, ...] | None, Field(min_length=1, description="Encrypted advertiser ids.")
    ] = None
    entity_id: Annotated[
        tuple[Id, ...] | None, Field(min_length=1, description="Entity ids of advertisers.")
    ] = None
    campaign_id: Annotated[
        tuple[Id, ...] | None, Field(min_length=1, description="Campaign ids.")
    ] = None

    def covers(self, recommendation: Recommendation) -> bool:
        """Tell whether the rule is for *recommendation*; one without a value is in no list."""
        advertiser = recommendation.advertiser
        marketplaces = {advertiser.marketplace, _SAME_AS.get(advertiser.marketplace)}
        return (self.marketplace is None or not marketplaces.isdisjoint(self.marketplace)) and all(
            wanted is None or value in wanted
            for wanted, value in (
                (self.type, recommendation.type),
                (self.ad_product, recommendation.ad_product),
                (self.advertiser_id, advertiser.encrypted_advertiser_id),
                (self.entity_id, advertiser.entity_id),
                (self.campaign_id, recommendation.campaign_id),
            )
        )


class Limits(BaseModel):
    """How far a rule lets recommendations go without asking; what is exactly at a limit passes."""

    model_config = WIRE

    max_increase_percent: Annotated[
        Number | None, Field(description="By how much a bid or budget may rise, in percent.")
    ] = None
    max_decrease_percent: Annotated[
        Number | None, Field(description="By how much a bid or budget may fall, in percent.")
    ] = None
    max_bid: Annotated[
        Number | None,
        Field(description="The highest bid to be sent, raised or lowered, in its own currency."),
    ] = None
    max_budget: Annotated[
        Number | None,
        Field(description="The highest budget to be sent, raised or lowered, in its own currency."),
    ] = None
    max_applications_per_campaign_per_day: Annotated[
        int | None,
        Field(strict=True, ge=1, description="Recommendations applied to a campaign in a day."),
    ] = None
    cool_down_hours: Annotated[
        Hours | None,
        Field(description="How long a campaign is left alone after an application."),
    ] = None


class AllowNew(BaseModel):
    """What has no current value to be compared with passes up to here, and not otherwise."""

    model_config = WIRE

    max_bid: Annotated[
        Number | None, Field(description="The highest bid of something new, in its own currency.")
    ] = None
    max_budget: Annotated[
        Number | None,
        Field(description="The highest budget of something new, in its own currency."),
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.max_bid is None and self.max_budget is None:
            raise PydanticCustomError("allow_new", "must have maxBid, maxBudget or both")
        return self


class Rule(BaseModel):
    """One line of the policy; limits are looked at only where the decision is APPLY."""

    model_config = WIRE

    name: Annotated[
        Id, Field(description="What held recommendations and the ledger call it; no two share one.")
    ]
    match: Annotated[Match, Field(description="Whom it is for; without it, everybody.")] = Match()
    decision: Annotated[
        Literal["APPLY", "HOLD", "IGNORE"],
        Field(description="Apply within the limits, keep for a person, or let go."),
    ]
    limits: Annotated[
        Limits | None,
        Field(description="APPLY becomes HOLD beyond them, or where that cannot be computed."),
    ] = None
    allow_new: Annotated[
        AllowNew | None,
        Field(description="Without it, what is new counts as beyond the limits."),
    ] = None
    not_before: Annotated[
        Moment | None, Field(description="The rule matches nothing before this moment.")
    ] = None
    not_after: Annotated[
        Moment | None, Field(description="The rule matches nothing after this moment.")
    ] = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.not_before and self.not_after and self.not_before > self.not_after:
            raise PydanticCustomError("window", "must not have its notAfter before its notBefore")
        return self

    def matches(self, recommendation: Recommendation, now: datetime) -> bool:
        """Tell whether the rule is for *recommendation*, and in force at *now*."""
        return (
            (self.not_before is None or self.not_before <= now)
            and (self.not_after is None or now <= self.not_after)
            and self.match.covers(recommendation)
        )

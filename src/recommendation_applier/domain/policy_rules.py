"""What a rule of the policy can say: whom it is for, what it decides, and within which limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, Field, model_validator

from recommendation_applier.domain.policy_fields import (
    WIRE,
    Code,
    Hours,
    Id,
    Marketplace,
    Moment,
    Number,
    refused,
)
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation

_SAME_AS: Final = {"GB": "UK", "UK": "GB"}
"""The apply request has two codes for the United Kingdom."""


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
            raise refused("must have maxBid, maxBudget or both")
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
            raise refused("must not have its notAfter before its notBefore")
        return self

    def matches(self, recommendation: Recommendation, now: datetime) -> bool:
        """Tell whether the rule is for *recommendation*, and in force at *now*."""
        return (
            (self.not_before is None or self.not_before <= now)
            and (self.not_after is None or now <= self.not_after)
            and self.match.covers(recommendation)
        )


@dataclass(frozen=True, slots=True)
class CampaignPacing:
    """How often the winning rule lets a campaign be changed; the ledger knows how often it was."""

    max_applications_per_day: int | None = None
    cool_down: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a rule does not let a recommendation pass; *detail* has the numbers."""

    reason: HeldReason
    detail: str


def pacing_of(rule: Rule) -> CampaignPacing | None:
    """Say how *rule* paces the changes of a campaign; None if it does not."""
    limits = rule.limits
    if limits is None:
        return None
    daily, hours = limits.max_applications_per_campaign_per_day, limits.cool_down_hours
    if daily is None and hours is None:
        return None
    return CampaignPacing(daily, None if hours is None else timedelta(hours=float(hours)))

"""What can be said of an advertiser's progress with a click-credit promotion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from recommendation_applier.domain.recommendation import Advertiser


class ProgressStatus(StrEnum):
    """How an account stands with one ad product."""

    EARNED = "EARNED"
    """All of the qualifying action that the ledger can see is done."""
    ON_TRACK = "ON_TRACK"
    """A change a week is being made, or nothing is missing but days."""
    AT_RISK = "AT_RISK"
    """A change is needed in this very week, or neither this week nor the one before has one."""
    OUT_OF_REACH = "OUT_OF_REACH"
    """As far as the ledger knows it can no longer be earned."""


class Obstacle(StrEnum):
    """Why something is out of reach."""

    MARKETPLACE_NOT_ELIGIBLE = "MARKETPLACE_NOT_ELIGIBLE"
    """The promotion is not for this marketplace."""
    ADVERTISER_TYPE_NOT_ELIGIBLE = "ADVERTISER_TYPE_NOT_ELIGIBLE"
    """The promotion is not for sellers, or not for vendors."""
    TOO_FEW_WEEKS = "TOO_FEW_WEEKS"
    """More weeks need a change than the window has left."""
    TOO_FEW_DAYS = "TOO_FEW_DAYS"
    """The window closes before a campaign that was changed can have been active for so long."""


class Uncounted(StrEnum):
    """Why a change counts for nothing."""

    NO_AD_PRODUCT = "NO_AD_PRODUCT"
    """The recommendation did not say what it is for, or the ledger has forgotten it."""
    OTHER_AD_PRODUCT = "OTHER_AD_PRODUCT"
    """The promotion is not for this ad product."""
    OUTSIDE_THE_WINDOW = "OUTSIDE_THE_WINDOW"
    """It was made before the window opens or once it has closed, or lies in the future."""


class NotKnown(StrEnum):
    """What the reward depends on, too, and no ledger of ours can tell."""

    INVITATION = "INVITATION"
    """Whether Amazon has invited the advertiser."""
    OTHER_CONDITIONS = "OTHER_CONDITIONS"
    """Whether the advertiser meets the terms' `other_conditions`."""
    CAMPAIGN_ACTIVE = "CAMPAIGN_ACTIVE"
    """Whether one of the campaigns that were changed has been active all the time."""
    MOMENT_APPLIED = "MOMENT_APPLIED"
    """When Amazon made a change that it has accepted, or says to have been applied before."""
    OTHER_CHANGES = "OTHER_CHANGES"
    """Changes that were made elsewhere, and those that the ledger has forgotten by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductProgress:
    """How far one account is with one ad product.

    *changes* counts those in the window; *weeks* are the first days of those that have one, and
    *campaign_ids* what was changed, both in the order of time. One of these campaigns has to be
    active until *active_until*, which is None before the first change. *missing_weeks* is in how
    many more weeks a change is needed, and *act_by* before when the next one; where something is
    out of reach, *obstacle* is why, and these two say nothing.
    """

    ad_product: str
    status: ProgressStatus
    changes: int = 0
    weeks: tuple[date, ...] = ()
    campaign_ids: tuple[str, ...] = ()
    active_until: datetime | None = None
    missing_weeks: int = 0
    act_by: datetime | None = None
    obstacle: Obstacle | None = None
    not_known: tuple[NotKnown, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountProgress:
    """How far one account is with the ad products that the ledger knows a change of.

    *earned* is for those that are earned; *attainable* is for all that are not out of reach. Both
    are in the currency of the terms and at most what the terms give for a marketplace.
    """

    advertiser: Advertiser
    products: tuple[ProductProgress, ...]
    earned: Decimal
    attainable: Decimal


@dataclass(frozen=True, slots=True)
class PromotionProgress:
    """How far all accounts are, and how many changes count for nothing, by the reason."""

    accounts: tuple[AccountProgress, ...]
    uncounted: Mapping[Uncounted, int]

"""Promotions: the terms of 2022 by default, one thing changed a test."""

from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from recommendation_applier.domain.applied_changes import AppliedChange
from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.promotion_terms import PromotionTerms, read_terms
from tests.builders import advertiser

TERMS_TEXT: Final = (
    files("recommendation_applier.domain").joinpath("terms/amazon-ads-api-2022.toml").read_text()
)


def terms(**changes: Any) -> PromotionTerms:
    """Make the terms of 2022 with *changes*."""
    read = read_terms(TERMS_TEXT, source="the terms of 2022")
    return PromotionTerms.model_validate(read.model_dump() | changes)


def at(text: str) -> datetime:
    """Read a moment in UTC, such as `2022-09-05 07:00`."""
    return parse_date(text)


def change(
    applied_at: str,
    *,
    ad_product: str | None = "SP",
    campaign_id: str | None = "210000000000001",
    account: int = 1,
    marketplace: str = "US",
    advertiser_type: str = "SELLER",
) -> AppliedChange:
    """Make a change that was applied at that moment in UTC."""
    return AppliedChange(
        advertiser=advertiser(account, marketplace=marketplace, advertiser_type=advertiser_type),
        ad_product=ad_product,
        campaign_id=campaign_id,
        applied_at=at(applied_at),
    )

"""How far everybody is with a promotion, in rows for tables and CSV, and as a document."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.domain.promotion_progress import (
    AccountProgress,
    NotKnown,
    ProductProgress,
    PromotionProgress,
)
from recommendation_applier.domain.promotion_terms import PromotionTerms

NOT_KNOWN: Final = {
    NotKnown.INVITATION: "whether Amazon has invited the advertiser",
    NotKnown.OTHER_CONDITIONS: "whether the promotion's other conditions are met",
    NotKnown.CAMPAIGN_ACTIVE: "whether one of the changed campaigns has been active all the time",
    NotKnown.MOMENT_APPLIED: "when exactly Amazon made a change that it has accepted",
    NotKnown.OTHER_CHANGES: "changes made elsewhere, or forgotten by the ledger",
}

TABLE: Final = {
    "marketplace": "market",
    "encryptedAdvertiserId": "advertiser",
    "adProduct": "product",
    "status": "status",
    "weeks": "weeks",
    "actBy": "next change before",
    "activeUntil": "active until",
    "obstacle": "because",
    "earnedInMarketplace": "earned in market",
    "attainableInMarketplace": "attainable",
}

CSV: Final = (
    *("marketplace", "encryptedAdvertiserId", "entityId", "advertiserType", "adProduct"),
    *("status", "changes", "weeks", "missingWeeks", "actBy", "activeUntil", "obstacle"),
    *("campaignIds", "earnedInMarketplace", "attainableInMarketplace", "currency"),
)


def rows_of(progress: PromotionProgress, terms: PromotionTerms) -> list[dict[str, Any]]:
    """Give a row for each account and ad product; amounts are those of the account."""
    return [
        {
            **_account(account),
            **_product(product),
            "weeks": len(product.weeks),
            "earnedInMarketplace": account.earned,
            "attainableInMarketplace": account.attainable,
            "currency": terms.currency,
        }
        for account in progress.accounts
        for product in account.products
    ]


def for_people(row: dict[str, Any], terms: PromotionTerms) -> dict[str, Any]:
    """Write a row's moments as clocks show them where the promotion is, and amounts as money."""
    return row | {
        "weeks": f"{row['weeks']} of {terms.weeks}",
        **{name: _local(row[name], terms) for name in ("actBy", "activeUntil")},
        **{
            name: _money(row[name], terms)
            for name in ("earnedInMarketplace", "attainableInMarketplace")
        },
    }


def facts_of(progress: PromotionProgress, terms: PromotionTerms, now: datetime) -> dict[str, Any]:
    """Say what the promotion is about, how many stand how, and what nobody here can know."""
    statuses = Counter(each.status for account in progress.accounts for each in account.products)
    return {
        "promotion": terms.name,
        "window": f"{_local(terms.opening, terms)} to {_local(terms.closing, terms)}"
        f"{_state(terms, now)}",
        "reward": f"{_money(terms.reward, terms)} for an ad product, at most "
        f"{_money(terms.most_per_marketplace, terms)} in a marketplace",
        "standing": _counts(statuses),
        "not counted": _counts(progress.uncounted),
        "not known": "; ".join(NOT_KNOWN.values()),
        "other conditions": "; ".join(terms.other_conditions),
    }


def document_of(
    progress: PromotionProgress, terms: PromotionTerms, now: datetime
) -> dict[str, Any]:
    """Say everything."""
    return {
        "asOf": now,
        "promotion": {
            "name": terms.name,
            "source": terms.source,
            "dated": terms.dated.isoformat(),
            "opens": terms.opening,
            "closes": terms.closing,
            "weeks": terms.weeks,
            "activeDays": terms.active_days,
            "reward": terms.reward,
            "mostPerMarketplace": terms.most_per_marketplace,
            "currency": terms.currency,
            "otherConditions": terms.other_conditions,
        },
        "accounts": [
            {
                **_account(account),
                "earned": account.earned,
                "attainable": account.attainable,
                "products": [
                    _product(each)
                    | {
                        "weeks": [week.isoformat() for week in each.weeks],
                        "notKnown": each.not_known,
                    }
                    for each in account.products
                ],
            }
            for account in progress.accounts
        ],
        "uncounted": progress.uncounted,
        "notKnown": NOT_KNOWN,
    }


def _account(account: AccountProgress) -> dict[str, Any]:
    return {
        "marketplace": account.advertiser.marketplace,
        "encryptedAdvertiserId": account.advertiser.encrypted_advertiser_id,
        "entityId": account.advertiser.entity_id,
        "advertiserType": account.advertiser.advertiser_type,
    }


def _product(product: ProductProgress) -> dict[str, Any]:
    return {
        "adProduct": product.ad_product,
        "status": product.status,
        "changes": product.changes,
        "weeks": product.weeks,
        "missingWeeks": product.missing_weeks,
        "actBy": product.act_by,
        "activeUntil": product.active_until,
        "obstacle": product.obstacle,
        "campaignIds": product.campaign_ids,
    }


def _local(moment: datetime | None, terms: PromotionTerms) -> str:
    return f"{moment.astimezone(terms.time_zone):%Y-%m-%d %H:%M %Z}" if moment else ""


def _state(terms: PromotionTerms, now: datetime) -> str:
    if now >= terms.closing:
        return ", closed: name the terms of another promotion with --terms"
    return "" if now >= terms.opening else ", not open yet"


def _money(amount: object, terms: PromotionTerms) -> str:
    return f"{amount} {terms.currency}"


def _counts(counted: Mapping[Any, int]) -> str:
    return ", ".join(f"{name} {counted[name]}" for name in sorted(counted))

"""How far advertisers are with a click-credit promotion. No I/O.

The rules are in `promotion_terms`. What the ledger cannot know is never guessed at: it stands, by
name, beside every result that depends on it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from recommendation_applier.domain.ad_products import ad_product_code
from recommendation_applier.domain.applied_changes import AppliedChange
from recommendation_applier.domain.marketplaces import one_code
from recommendation_applier.domain.promotion_progress import (
    AccountProgress,
    NotKnown,
    Obstacle,
    ProductProgress,
    ProgressStatus,
    PromotionProgress,
    Uncounted,
)
from recommendation_applier.domain.promotion_terms import WEEK, PromotionTerms
from recommendation_applier.domain.promotion_weeks import weeks_needed
from recommendation_applier.domain.recommendation import Advertiser

_NOT_KNOWN: Final = {
    status: tuple(
        each
        for each in NotKnown
        if each is not NotKnown.OTHER_CHANGES or status is not ProgressStatus.EARNED
    )
    for status in ProgressStatus
}
"""What is earned needs no other changes."""


def progress_of(
    changes: Iterable[AppliedChange], terms: PromotionTerms, *, now: datetime
) -> PromotionProgress:
    """Say how far the accounts are at *now* that *changes* are of, which may come in any order.

    UK and GB are one marketplace. An ad product gives its reward once, however much is changed.
    """
    accounts: dict[Advertiser, dict[str, list[AppliedChange]]] = {}
    uncounted: Counter[Uncounted] = Counter()
    for change in changes:
        ad_product = ad_product_code(change.ad_product or "")
        if ad_product not in terms.ad_products:
            uncounted[Uncounted.OTHER_AD_PRODUCT if ad_product else Uncounted.NO_AD_PRODUCT] += 1
            continue
        counted = accounts.setdefault(_account_of(change), {}).setdefault(ad_product, [])
        if terms.is_open(change.applied_at) and change.applied_at <= now:
            counted.append(change)
        else:
            uncounted[Uncounted.OUTSIDE_THE_WINDOW] += 1
    progress = (
        _of_account(account, accounts[account], terms, now)
        for account in sorted(accounts, key=_place)
    )
    return PromotionProgress(tuple(progress), uncounted)


def _account_of(change: AppliedChange) -> Advertiser:
    account = change.advertiser
    return replace(account, marketplace=one_code(account.marketplace))


def _place(account: Advertiser) -> tuple[str, ...]:
    return (
        account.marketplace,
        account.encrypted_advertiser_id,
        account.entity_id,
        account.advertiser_type,
    )


def _of_account(
    account: Advertiser,
    changes: Mapping[str, Sequence[AppliedChange]],
    terms: PromotionTerms,
    now: datetime,
) -> AccountProgress:
    ineligible = _ineligible(account, terms)
    products = tuple(
        _of_product(ad_product, changes[ad_product], terms, now, ineligible=ineligible)
        for ad_product in terms.ad_products
        if ad_product in changes
    )
    statuses = Counter(each.status for each in products)
    return AccountProgress(
        account,
        products,
        earned=_reward(statuses[ProgressStatus.EARNED], terms),
        attainable=_reward(len(products) - statuses[ProgressStatus.OUT_OF_REACH], terms),
    )


def _reward(products: int, terms: PromotionTerms) -> Decimal:
    return min(terms.reward * products, terms.most_per_marketplace)


def _ineligible(account: Advertiser, terms: PromotionTerms) -> Obstacle | None:
    if account.marketplace not in terms.marketplaces:
        return Obstacle.MARKETPLACE_NOT_ELIGIBLE
    if account.advertiser_type not in terms.advertiser_types:
        return Obstacle.ADVERTISER_TYPE_NOT_ELIGIBLE
    return None


def _of_product(
    ad_product: str,
    changes: Sequence[AppliedChange],
    terms: PromotionTerms,
    now: datetime,
    *,
    ineligible: Obstacle | None,
) -> ProductProgress:
    in_order = sorted(changes, key=lambda each: (each.applied_at, each.campaign_id or ""))
    weeks = tuple(dict.fromkeys(terms.week_of(each.applied_at) for each in in_order))
    campaign_ids = dict.fromkeys(each.campaign_id for each in in_order if each.campaign_id)
    begun = in_order[0].applied_at if in_order else None
    active_until = begun + terms.active_time if begun else None

    needed = weeks_needed(terms, frozenset(weeks), now=now)
    obstacle = ineligible or _too_late(needed, begun or max(now, terms.opening), terms)
    act_by = _act_by(needed, begun, terms) if needed and not obstacle else None
    if obstacle:
        status = ProgressStatus.OUT_OF_REACH
    elif act_by:
        has_time = act_by > terms.end_of(terms.week_of(now))
        on_track = has_time and _keeps_pace(weeks, terms, now)
        status = ProgressStatus.ON_TRACK if on_track else ProgressStatus.AT_RISK
    else:
        is_over = active_until is not None and active_until <= now
        status = ProgressStatus.EARNED if is_over else ProgressStatus.ON_TRACK
    return ProductProgress(
        ad_product=ad_product,
        status=status,
        changes=len(in_order),
        weeks=weeks,
        campaign_ids=tuple(campaign_ids),
        active_until=active_until,
        missing_weeks=len(needed) if needed and not obstacle else 0,
        act_by=act_by,
        obstacle=obstacle,
        not_known=() if ineligible else _NOT_KNOWN[status],
    )


def _too_late(
    needed: Sequence[date] | None, begun: datetime, terms: PromotionTerms
) -> Obstacle | None:
    if needed is None:
        return Obstacle.TOO_FEW_WEEKS
    return Obstacle.TOO_FEW_DAYS if begun + terms.active_time > terms.closing else None


def _act_by(needed: Sequence[date], begun: datetime | None, terms: PromotionTerms) -> datetime:
    end = terms.end_of(needed[0])
    return end if begun else min(end, terms.closing - terms.active_time)


def _keeps_pace(weeks: Sequence[date], terms: PromotionTerms, now: datetime) -> bool:
    """Tell whether this week or the last has a change; no week before the window was missed."""
    latest = weeks[-1] if weeks else terms.week_of(terms.opening) - WEEK
    return latest >= terms.week_of(now) - WEEK

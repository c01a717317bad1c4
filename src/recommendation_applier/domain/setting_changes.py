"""Which numbers of money a recommendation changes, and what cannot be computed of it."""

from typing import Final

from recommendation_applier.domain.amounts import show_value
from recommendation_applier.domain.budget_changes import compare_budgets
from recommendation_applier.domain.change import (
    Change,
    Changes,
    Findings,
    Place,
    Setting,
    compare,
)
from recommendation_applier.domain.other_numbers import other_numbers
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.setting_pairs import AD_GROUPS, TARGETS, Json, Pair

__all__ = ["WITHOUT_NUMBERS", "Change", "Changes", "Setting", "changes_of"]

WITHOUT_NUMBERS: Final = frozenset(
    {
        "AD_GROUP_STATE",
        "AUDIENCE_TARGETING_STATE",
        "CAMPAIGN_END_DATE",
        "CAMPAIGN_STATE",
        "KEYWORD_STATE",
        "NEGATIVE_AUDIENCE_TARGETING_STATE",
        "NEGATIVE_KEYWORD_STATE",
        "NEGATIVE_PRODUCT_TARGETING_STATE",
        "NEW_NEGATIVE_AUDIENCE_TARGETING",
        "NEW_NEGATIVE_KEYWORD",
        "NEW_NEGATIVE_PRODUCT_TARGETING",
        "NEW_PRODUCT_AD",
        "PRODUCT_AD_STATE",
        "PRODUCT_TARGETING_STATE",
    }
)
"""Types that are about no number: they pass every limit of numbers, and a rule of their own holds
them where that is not wanted. A type of any other name without a number is one that is not
understood: among those are CAMPAIGN_BIDDING_STRATEGY and AD_GROUP_BID_OPTIMIZATION, since it is
Amazon then that decides how much to bid."""

# The fields that the dataset guide documents.
_CAMPAIGN: Final = frozenset(
    {"budget", "ad_groups", "campaign_targeting", "bidding_strategy", "start_date", "end_date"}
)
_AD_GROUP: Final = frozenset(
    {"bid", "bid_optimization", "asins", "adgroup_name", "target_type", "targets", "creative"}
)
_TARGET: Final = frozenset(
    {"bid", "text", "match_type", "targeting", "category", "expressions", "audience_target_type"}
)


def changes_of(recommendation: Recommendation) -> Changes:
    """Compare the current with the recommended settings of *recommendation*.

    Every number on which money depends is in the answer: as a change, or as something that cannot
    be computed. What is absent or null in the recommended settings stays as it is, and a number
    that stays is no change. What has no current value counts as new, whether it is or not. Never
    raises, whatever JSON can hold.
    """
    recommended = recommendation.settings.recommended
    if not recommended:
        return Changes(uncomputable=("nothing is known of the recommended settings",))
    kind = recommendation.type or ""
    found = list(
        _of_campaign(
            recommended, recommendation.settings.current or {}, creates=kind.startswith("NEW_")
        )
    )
    if not found and kind not in WITHOUT_NUMBERS:
        found.append(f"type {show_value(kind)} names no number that is known in its settings")
    return Changes(
        tuple(each for each in found if isinstance(each, Change)),
        tuple(each for each in found if isinstance(each, str)),
    )


def _of_campaign(recommended: Json, current: Json, *, creates: bool) -> Findings:
    yield from compare_budgets(recommended.get("budget"), current.get("budget"), creates=creates)
    for group in AD_GROUPS.pairs(recommended, current, creates=creates):
        yield from [group] if isinstance(group, str) else _of_ad_group(group, creates=creates)
    yield from _of_strategy("bidding_strategy", recommended, current)
    yield from other_numbers(recommended, current, documented=_CAMPAIGN)


def _of_ad_group(group: Pair, *, creates: bool) -> Findings:
    there, here = group.recommended, group.current or {}
    place = Place(ad_group_id=group.told("adgroup_id"))
    what = f"default bid of {group.name}"
    yield from compare(Setting.BID, what, there.get("bid"), here.get("bid"), place)
    for target in TARGETS.pairs(there, here, creates=creates):
        if isinstance(target, str):
            yield target
        else:
            yield from _of_target(target, place)
    yield from _of_strategy("bid_optimization", there, here)
    yield from other_numbers(there, here, documented=_AD_GROUP)


def _of_target(target: Pair, ad_group: Place) -> Findings:
    there, here = target.recommended, target.current or {}
    place = Place(
        ad_group_id=ad_group.ad_group_id,
        target_id=target.told("target_id"),
        text=target.told("text"),
        match_type=target.told("match_type"),
    )
    what = f"bid of {target.name}"
    yield from compare(Setting.BID, what, there.get("bid"), here.get("bid"), place)
    yield from other_numbers(there, here, documented=_TARGET)


def _of_strategy(name: str, recommended: Json, current: Json) -> Findings:
    """Tell of another way of bidding, by which Amazon may bid more than the bids that are set."""
    there, here = recommended.get(name), current.get(name)
    if isinstance(there, str) and isinstance(here, str) and there != here:
        yield f"{name} {show_value(here)} -> {show_value(there)} lets Amazon bid differently"

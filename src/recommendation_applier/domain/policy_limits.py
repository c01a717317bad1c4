"""Whether changes stay within a rule's limits. A limit that cannot be checked counts as passed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from recommendation_applier.domain.amounts import show_amount
from recommendation_applier.domain.policy_rules import (
    AllowNew,
    Limits,
    Objection,
    Rule,
    pacing_of,
)
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.setting_changes import Change, Setting, changes_of

_SHOWN: Final = 3
"""So many findings are told in full: a recommendation may have thousands of targets."""

_GRAVEST_FIRST: Final = (
    HeldReason.LIMIT_PASSED,
    HeldReason.NEW_NOT_ALLOWED,
    HeldReason.LIMIT_UNKNOWN,
)

_MAXIMUM: Final = {Setting.BID: "maxBid", Setting.BUDGET: "maxBudget"}


def objection_to(recommendation: Recommendation, rule: Rule) -> Objection | None:
    """Say which limit of *rule* the recommendation passes, or may pass; None if all is well.

    The gravest reason speaks for all. A rule without any limit of numbers lets every number pass.
    Where it has one, whatever cannot be computed is beyond it: nobody knows what it would be.
    """
    found = [*_of_numbers(recommendation, rule), *_of_pacing(recommendation, rule)]
    if not found:
        return None
    found.sort(key=lambda each: _GRAVEST_FIRST.index(each.reason))
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    details = [each.detail for each in found[:_SHOWN]]
    return Objection(found[0].reason, "; ".join(details + more))


def _of_pacing(recommendation: Recommendation, rule: Rule) -> Iterator[Objection]:
    if recommendation.campaign_id is None and pacing_of(rule) is not None:
        yield Objection(
            HeldReason.LIMIT_UNKNOWN, "it names no campaign whose applications could be counted"
        )


def _of_numbers(recommendation: Recommendation, rule: Rule) -> Iterator[Objection]:
    limits, allow_new = rule.limits or Limits(), rule.allow_new
    increase, decrease = limits.max_increase_percent, limits.max_decrease_percent
    if (increase, decrease, limits.max_bid, limits.max_budget, allow_new) == (None,) * 5:
        return
    changes = changes_of(recommendation)
    for sentence in changes.uncomputable:
        yield Objection(HeldReason.LIMIT_UNKNOWN, sentence)
    for change in changes.changes:
        if not change.is_new:
            yield from _against_percents(change, increase, decrease)
        elif allow_new is None or _maximum(change, allow_new) is None:
            said = f"{change}, and the rule has no allowNew.{_MAXIMUM[change.setting]}"
            yield Objection(HeldReason.NEW_NOT_ALLOWED, said)
        else:
            yield from _against_maximum(change, allow_new, where="allowNew.")
        yield from _against_maximum(change, limits, where="")


def _against_percents(
    change: Change, increase: Decimal | None, decrease: Decimal | None
) -> Iterator[Objection]:
    percent = change.percent
    if percent is None:  # from nothing to something
        if increase is not None:
            said = f"{change}, of which maxIncreasePercent {show_amount(increase)} says nothing"
            yield Objection(HeldReason.LIMIT_UNKNOWN, said)
    elif increase is not None and percent > increase:
        said = f"{change}, above maxIncreasePercent {show_amount(increase)}"
        yield Objection(HeldReason.LIMIT_PASSED, said)
    elif decrease is not None and percent.copy_negate() > decrease:
        said = f"{change}, beyond maxDecreasePercent {show_amount(decrease)}"
        yield Objection(HeldReason.LIMIT_PASSED, said)


def _against_maximum(
    change: Change, maximums: Limits | AllowNew, *, where: str
) -> Iterator[Objection]:
    maximum = _maximum(change, maximums)
    if maximum is None:
        return
    name = f"{where}{_MAXIMUM[change.setting]} {show_amount(maximum)}"
    if change.after is None:
        said = f"{change}, of an amount that is not told, and may be above {name}"
        yield Objection(HeldReason.LIMIT_UNKNOWN, said)
    elif change.after > maximum:
        yield Objection(HeldReason.LIMIT_PASSED, f"{change}, above {name}")


def _maximum(change: Change, maximums: Limits | AllowNew) -> Decimal | None:
    return maximums.max_bid if change.setting is Setting.BID else maximums.max_budget

"""What a rule with limits says of every type of recommendation that Amazon documents."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from recommendation_applier.domain.policy import ApplyPolicy, Decision, DecisionVerdict
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.setting_changes import WITHOUT_NUMBERS
from tests.unit.domain.policies import decided, limited, policy, rule

TYPES: Final = (
    # The dataset guide's own seven.
    "CAMPAIGN_BUDGET",
    "KEYWORD_BID",
    "NEW_CAMPAIGN",
    "CAMPAIGN_BUDGET_RULE",
    "NEW_CAMPAIGN_BUDGET_RULE",
    "PRODUCT_TARGETING_BID",
    "AUDIENCE_TARGETING_BID",
    # Those that Amazon's Recommendations API has beyond them.
    "AD_GROUP_BID_OPTIMIZATION",
    "AD_GROUP_DEFAULT_BID",
    "AD_GROUP_STATE",
    "AMAZON_BUSINESS_BID_BOOST",
    "AUDIENCE_COHORT_BID_BOOST",
    "AUDIENCE_TARGETING_STATE",
    "CAMPAIGN_BIDDING_RULE",
    "CAMPAIGN_BIDDING_STRATEGY",
    "CAMPAIGN_END_DATE",
    "CAMPAIGN_PRODUCT_PLACEMENT",
    "CAMPAIGN_STATE",
    "CAMPAIGN_TOP_PLACEMENT",
    "KEYWORD_STATE",
    "NEGATIVE_AUDIENCE_TARGETING_STATE",
    "NEGATIVE_KEYWORD_STATE",
    "NEGATIVE_PRODUCT_TARGETING_STATE",
    "NEW_AD_GROUP",
    "NEW_AUDIENCE_TARGETING",
    "NEW_CAMPAIGN_BIDDING_RULE",
    "NEW_KEYWORD",
    "NEW_NEGATIVE_AUDIENCE_TARGETING",
    "NEW_NEGATIVE_KEYWORD",
    "NEW_NEGATIVE_PRODUCT_TARGETING",
    "NEW_PRODUCT_AD",
    "NEW_PRODUCT_TARGETING",
    "NEW_VIDEO_CAMPAIGN",
    "PRODUCT_AD_STATE",
    "PRODUCT_TARGETING_STATE",
)

APPLY: Final = DecisionVerdict.APPLY
NEW: Final = HeldReason.NEW_NOT_ALLOWED
PASSED: Final = HeldReason.LIMIT_PASSED
UNKNOWN: Final = HeldReason.LIMIT_UNKNOWN

LIMITS: Final = {
    "maxIncreasePercent": 50,
    "maxDecreasePercent": 80,
    "maxBid": 2000,
    "maxBudget": 2000,
}
ALLOW_NEW: Final = {"maxBid": 20, "maxBudget": 20}

Settings = dict[str, Any]


def outcome(decision: Decision) -> DecisionVerdict | HeldReason:
    """Give the verdict, or why it is held."""
    return decision.reason or decision.verdict


def in_group(**fields: Any) -> Settings:
    """Make settings of one ad group with fields."""
    return {"budget": None, "ad_groups": [{"adgroup_id": "17", "bid": None} | fields]}


def targeting(**target: Any) -> Callable[[object], Settings]:
    """Make settings of one target, by its bid."""
    return lambda bid: in_group(targets=[target | {"bid": bid}])


ONE_NUMBER: Final[dict[str, Callable[[object], Settings]]] = {
    "AD_GROUP_DEFAULT_BID": lambda bid: in_group(bid=bid),
    "AUDIENCE_TARGETING_BID": targeting(target_id=None, audience_target_type="VIEWS"),
    "CAMPAIGN_BUDGET": lambda budget: {"budget": budget, "ad_groups": None},
    "KEYWORD_BID": targeting(target_id=None, text="shampoo", match_type="EXACT"),
    "PRODUCT_TARGETING_BID": targeting(
        target_id="7", expressions=[{"type": "ASIN_SAME_AS", "value": "B0EXAMPLE1"}]
    ),
}
"""Types that change one number: what the settings are like, by that number."""

NOT_A_NUMBER: Final = ("abc", "", "1.500,00", "1500 USD", True, [1500], {"amount": [1500]})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Up, down, and at the limits.
        (1000, 1500, APPLY),
        (1000, 1500.01, PASSED),
        (1000, 200, APPLY),
        (1000, 199.99, PASSED),
        (1000, 0, PASSED),
        (1000, 1000, APPLY),
        (1500, 2000, APPLY),
        (1500, 2000.01, PASSED),
        (4000, 3000, PASSED),
        # Strings, with commas.
        ("1,000.00", " 1,500 ", APPLY),
        ("1,000.00", "1,500.01", PASSED),
        ("1000", "200.00", APPLY),
        ("1,000", "1000.0", APPLY),
        # Nulls, and nothing to compare with.
        (None, 1, NEW),
        (1000, None, UNKNOWN),
        (None, None, UNKNOWN),
        (0, 1, UNKNOWN),
        # Huge, negative, and no numbers at all.
        (1000, 1e300, PASSED),
        (1000, 10**400, PASSED),
        (1000, "9" * 50, PASSED),
        (1e300, 1000, PASSED),
        (1e300, 1e300, APPLY),
        (1000, -1, UNKNOWN),
        (-1000, 1000, UNKNOWN),
        (1000, float("nan"), UNKNOWN),
        (1000, float("inf"), UNKNOWN),
        *((1000, each, UNKNOWN) for each in NOT_A_NUMBER),
        *((each, 1000, UNKNOWN) for each in NOT_A_NUMBER),
    ],
)
@pytest.mark.parametrize("kind", ONE_NUMBER)
def test_a_bid_or_a_budget_is_held_against_the_limits(
    kind: str, before: object, after: object, expected: object
) -> None:
    """Both ways, however it is written."""
    settings = ONE_NUMBER[kind]

    found = decided(limited(**LIMITS), settings(after), settings(before), type=kind)

    assert outcome(found) is expected


def with_rule(increase_by: object, budget: object = None) -> Settings:
    """Make settings of a budget with one rule."""
    rules = [{"rule_name": "Prime Day", "type": "SCHEDULE", "increase_by": increase_by}]
    return {"budget": {"amount": budget, "budget_rules": rules}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (with_rule("10%", 1000), with_rule("50%"), APPLY),
        (with_rule("10%", 1000), with_rule("50.5%"), PASSED),
        (with_rule("900%", 1000), with_rule("100%"), APPLY),
        (with_rule("900%", 1000), with_rule("99%"), PASSED),
        (with_rule("400%", 1000), with_rule("0%"), APPLY),
        (with_rule("400.1%", 1000), with_rule("0%"), PASSED),
        (with_rule("10%", 1500), with_rule("33.4%"), PASSED),
        (with_rule("10%", "1,500.00"), with_rule("33.3 PERCENT"), APPLY),
        (with_rule("10%", 1000), with_rule("10%"), APPLY),
        (with_rule("10%", 1000), with_rule("10%", 1600), PASSED),
        (with_rule("10%"), with_rule("50%"), UNKNOWN),
        (with_rule("10%", 0), with_rule("51%"), UNKNOWN),
        (with_rule("10 EUR", 0), with_rule("11 EUR"), UNKNOWN),
        (with_rule("10", 1000), with_rule("11"), UNKNOWN),
        (with_rule("10%", 1000), with_rule(11), UNKNOWN),
        (with_rule("10%", 1000), with_rule("-50%"), UNKNOWN),
        (with_rule("10%", 1000), with_rule("9,99%"), UNKNOWN),
        (with_rule("100 EUR", 1000), with_rule("500 EUR"), APPLY),
        (with_rule("100 EUR", 1000), with_rule("501 EUR"), PASSED),
        (with_rule("100 EUR", 1000), with_rule("10%"), UNKNOWN),
        ({"budget": 1000}, with_rule("50%"), APPLY),
        ({"budget": 1000}, with_rule("51%"), PASSED),
        ({"budget": 1000}, with_rule({"type": "PERCENT", "value": 50}), APPLY),
        ({"budget": 1000}, with_rule({"type": "PERCENT", "value": 1e300}), PASSED),
        ({"budget": 1000}, with_rule("9" * 60 + "%"), PASSED),
        ({"budget": 1000}, with_rule(None), UNKNOWN),
        ({"budget": 1000}, {"budget": {"budget_rules": None}}, UNKNOWN),
        (None, with_rule("50%"), UNKNOWN),
        (None, with_rule("50%", 10), NEW),
    ],
)
@pytest.mark.parametrize("kind", ["CAMPAIGN_BUDGET_RULE", "NEW_CAMPAIGN_BUDGET_RULE"])
def test_a_budget_rule_is_held_against_the_limits(
    kind: str, before: object, after: object, expected: object
) -> None:
    """By the share that it adds to the budget, and by what the budget becomes."""
    assert outcome(decided(limited(**LIMITS), after, before, type=kind)) is expected


@pytest.mark.parametrize("kind", ["CAMPAIGN_BUDGET_RULE", "NEW_CAMPAIGN_BUDGET_RULE"])
@pytest.mark.parametrize(("percent", "expected"), [("50%", APPLY), ("51%", PASSED)])
def test_a_budget_rule_has_percent_without_a_budget(
    kind: str, percent: str, expected: object
) -> None:
    """As in messages that tell no budget; what it becomes cannot be limited then."""
    by = limited(maxIncreasePercent=50)

    assert outcome(decided(by, with_rule(percent), None, type=kind)) is expected


CREATING: Final[dict[str, Callable[[object], Settings]]] = {
    "NEW_AD_GROUP": lambda bid: {"ad_groups": [{"adgroup_id": None, "bid": bid, "asins": ["B0"]}]},
    "NEW_AUDIENCE_TARGETING": targeting(audience_target_type="PURCHASES"),
    "NEW_CAMPAIGN": lambda budget: {
        "budget": {"budget": budget},
        "ad_groups": [{"adgroup_name": "All", "targets": [{"text": "a", "bid": budget}]}],
        "campaign_targeting": "MANUAL",
        "bidding_strategy": "AUTO_FOR_SALES",
        "start_date": "2026-11-20",
    },
    "NEW_KEYWORD": targeting(text="conditioner", match_type="BROAD"),
    "NEW_PRODUCT_TARGETING": targeting(expressions=[{"type": "ASIN_SAME_AS", "value": "B0"}]),
    "NEW_VIDEO_CAMPAIGN": lambda budget: {"budget": budget, "ad_groups": [{"bid": budget}]},
}
"""Types that create something with a number: what the settings are like, by that number."""

THERE_NOW: Final = in_group(bid=1, targets=[{"target_id": "7", "text": "shampoo", "bid": 1}])


@pytest.mark.parametrize(
    ("number", "allow_new", "expected"),
    [
        (1, None, NEW),
        (1, {"maxBid": 20}, None),
        (20, ALLOW_NEW, APPLY),
        ("20.00", ALLOW_NEW, APPLY),
        (20.01, ALLOW_NEW, PASSED),
        ("1,234.50", ALLOW_NEW, PASSED),
        (1e300, ALLOW_NEW, PASSED),
        (0, ALLOW_NEW, APPLY),
        (-1, ALLOW_NEW, UNKNOWN),
        ("abc", ALLOW_NEW, UNKNOWN),
        (None, ALLOW_NEW, UNKNOWN),
    ],
)
@pytest.mark.parametrize("kind", CREATING)
def test_something_new_needs_to_be_allowed(
    kind: str, number: object, allow_new: dict[str, Any] | None, expected: object
) -> None:
    """It has no current value; a campaign needs its bids and its budget allowed."""
    by = policy(rule(limits=LIMITS, allowNew=allow_new))
    current = None if kind.endswith("CAMPAIGN") else THERE_NOW

    found = decided(by, CREATING[kind](number), current, type=kind)

    assert outcome(found) is (expected or (NEW if kind.endswith("CAMPAIGN") else APPLY))


NOT_COMPUTABLE: Final[dict[str, tuple[Settings, Settings | None]]] = {
    "AD_GROUP_BID_OPTIMIZATION": (
        in_group(bid_optimization="REACH"), in_group(bid_optimization="CLICKS"),
    ),
    "AMAZON_BUSINESS_BID_BOOST": ({"business_boost": {"percentage": 50}}, None),
    "AUDIENCE_COHORT_BID_BOOST": ({"cohorts": [{"cohort_id": "1", "boost": "30%"}]}, None),
    "CAMPAIGN_BIDDING_RULE": ({"rule": {"roas": 3.5}}, {"rule": {"roas": 4.5}}),
    "CAMPAIGN_BIDDING_STRATEGY": ({"bidding_strategy": "AUTO_FOR_SALES"}, None),
    "CAMPAIGN_PRODUCT_PLACEMENT": (
        {"placement_bidding": [{"placement": "PRODUCT_PAGE", "percentage": 50}]},
        {"placement_bidding": [{"placement": "PRODUCT_PAGE", "percentage": 45}]},
    ),
    "CAMPAIGN_TOP_PLACEMENT": (
        {"placement_bidding": [{"placement": "TOP", "percentage": 50}]},
        {"placement_bidding": [{"placement": "TOP", "percentage": 45}]},
    ),
    "NEW_CAMPAIGN_BIDDING_RULE": ({"rule": {"roas": 3.5}}, None),
}  # fmt: skip
"""Types that change what is paid by something that no limit is about."""


@pytest.mark.parametrize("kind", NOT_COMPUTABLE)
def test_what_no_limit_is_about_is_held(kind: str) -> None:
    """A rule for the type, without limits, says that it may be applied."""
    then, now = NOT_COMPUTABLE[kind]
    by = policy(rule(limits=LIMITS, allowNew=ALLOW_NEW))

    assert outcome(decided(by, then, now, type=kind)) is UNKNOWN


@pytest.mark.parametrize("kind", sorted(WITHOUT_NUMBERS))
def test_what_is_about_no_number_passes_every_limit(kind: str) -> None:
    """A rule for the type that says HOLD is how to see it first."""
    then = in_group(targets=[{"text": "free", "match_type": "EXACT", "state": "ENABLED"}])

    assert outcome(decided(limited(**LIMITS), then, THERE_NOW, type=kind)) is APPLY
    assert outcome(decided(limited(**LIMITS), None, THERE_NOW, type=kind)) is UNKNOWN


def test_every_type_stands_in_the_tables() -> None:
    """Once in this module, by what it is about."""
    tables: list[list[str]] = [
        list(ONE_NUMBER), list(CREATING), list(NOT_COMPUTABLE), list(WITHOUT_NUMBERS),
        ["CAMPAIGN_BUDGET_RULE", "NEW_CAMPAIGN_BUDGET_RULE"],
    ]  # fmt: skip

    assert sorted(kind for table in tables for kind in table) == sorted(TYPES)


@pytest.mark.parametrize("kind", [*sorted(TYPES), "TYPE_OF_TOMORROW"])
@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (policy(), APPLY),
        (policy(rule()), APPLY),
        (policy(default="HOLD"), HeldReason.POLICY_HOLD),
        (policy(rule(decision="HOLD")), HeldReason.POLICY_HOLD),
        (policy(rule(decision="IGNORE")), DecisionVerdict.IGNORE),
        (limited(maxBid=10**9), UNKNOWN),
    ],
)
def test_without_limits_every_type_is_the_same(
    kind: str, by: ApplyPolicy, expected: object
) -> None:
    """So is every type of which nothing is known, with them."""
    assert outcome(decided(by, None, None, type=kind)) is expected

"""What a recommendation does to a budget, and to the rules that raise it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.budget_increases import (
    INCREASE_RULE,
    Increase,
    parse_increase,
)
from recommendation_applier.domain.setting_changes import Change, Changes, Setting, changes_of
from tests.unit.domain.policies import changed

UNDER = "budget under budget rule 'Prime Day'"


def found(recommended: object, current: object = None) -> Changes:
    """Compare two budgets."""
    return changes_of(
        changed({"budget": recommended}, {"budget": current}, type="CAMPAIGN_BUDGET_RULE")
    )


def ruled(increase_by: object, amount: object = None, **fields: Any) -> dict[str, Any]:
    """Make a budget with one rule."""
    rule = {"rule_name": "Prime Day", "increase_by": increase_by} | fields
    return {"amount": amount, "budget_rules": [rule]}


@pytest.mark.parametrize("now", [100, "100.00", {"amount": 100}, {"budget": 100, "type": "DAILY"}])
@pytest.mark.parametrize("then", [180, "180.0", {"daily_budget": 180}, {"value": "180"}])
def test_a_budget_is_a_number_or_has_one(now: object, then: object) -> None:
    """The guide calls it an object, and does not name its amount."""
    assert found(then, now) == Changes(
        (Change(Setting.BUDGET, "budget", Decimal(100), Decimal(180)),)
    )


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"amount": 100, "daily_budget": 5000}, None),
        ({"amount": 100, "value": 100}, {"amount": 100}),
        ({"amount": 200}, {"amount": 100, "budget": 50}),
    ],
)
def test_a_budget_of_several_amounts_cannot_be_computed(then: object, now: object) -> None:
    """Nobody knows which of them is spent."""
    assert found(then, now) == Changes(uncomputable=("the budget has more than one amount",))


def test_an_amount_that_is_only_there_now_stays() -> None:
    """What is absent in the recommended settings is left as it is."""
    changes = found({"budget_rules": []}, {"amount": 100, "value": 100})

    assert changes.changes == ()


# --- By how much ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "increase"),
    [
        ("25%", Increase(Decimal(25), in_percent=True)),
        (" 25.5 % ", Increase(Decimal("25.5"), in_percent=True)),
        ("25 PERCENT", Increase(Decimal(25), in_percent=True)),
        ("1,000 PERCENTAGE", Increase(Decimal(1000), in_percent=True)),
        ({"type": "PERCENT", "value": 25}, Increase(Decimal(25), in_percent=True)),
        ({"type": "PERCENT", "value": "25"}, Increase(Decimal(25), in_percent=True)),
        ("20.00 USD", Increase(Decimal(20), in_percent=False)),
        ("20EUR", Increase(Decimal(20), in_percent=False)),
        ({"type": "JPY", "value": 2000}, Increase(Decimal(2000), in_percent=False)),
    ],
)
def test_an_increase_is_a_share_or_an_amount(written: object, increase: Increase) -> None:
    """Its unit says which."""
    assert parse_increase(written) == increase


@pytest.mark.parametrize(
    "written",
    [
        None, 25, 0.25, "25", "25 percent", "25 usd", "25 points", "25 USDT", "%", "USD 25", "+25%",
        "-25%", "25%%", True, [], ["25%"], {}, {"value": 25}, {"type": "PERCENT"},
        {"type": "PERCENT", "value": -25}, {"type": "PERCENT", "value": None},
        {"type": ["PERCENT"], "value": 25}, {"type": "percent", "value": 25}, "2,5%", "1.2.3 USD",
    ],
    ids=repr,
)  # fmt: skip
def test_an_increase_without_a_unit_is_not_guessed_at(written: object) -> None:
    """Of a budget of 20, an increase by 50 is 70 or 30."""
    with pytest.raises(ValueError, match=r"^must be a number"):
        parse_increase(written)


def test_a_missing_unit_is_told() -> None:
    """With an example of what is understood."""
    with pytest.raises(ValueError, match=f"^{INCREASE_RULE}$"):
        parse_increase("25")


def test_an_increase_is_added() -> None:
    """The share of the budget, or the amount."""
    assert Increase(Decimal(25), in_percent=True).on(Decimal(40)) == 50
    assert Increase(Decimal(25), in_percent=False).on(Decimal(40)) == 65


# --- What a rule does ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        # A new rule: of the budget that there is, or that there will be, or of one not told.
        (ruled("25%"), 100, (100, 125, None)),
        (ruled("25%", 200), 100, (100, 250, None)),
        (ruled("25%", 100), 125, (100, 125, None)),
        (ruled("25%", 60), 100, (60, 75, None)),
        (ruled("25%"), None, (None, None, 25)),
        (ruled("25%"), {"amount": 1, "value": 2}, (None, None, 25)),
        (ruled("20 USD"), 100, (100, 120, None)),
        # A raise is measured from the budget itself, a cut from what the rule allows now.
        (ruled("50%"), ruled("25%", 100), (100, 150, None)),
        (ruled("10%"), ruled("60%", 100), (160, 110, None)),
        (ruled("50%"), ruled("25%"), (None, None, 50)),
        (ruled("0%"), ruled("100%"), (None, None, -50)),
        (ruled("5 USD"), ruled("20 USD", 100), (120, 105, None)),
        (ruled("10%", 50), ruled("60%", 100), (160, 55, None)),
        (ruled("30 USD"), ruled("20 USD", 100), (100, 130, None)),
        # A rule that is there without a number.
        (ruled("25%"), ruled(None, 100), (100, 125, None)),
    ],
)
def test_a_rule_raises_the_budget(
    then: object, now: object, change: tuple[int | None, int | None, int | None]
) -> None:
    """By its share, whether the budget is told or not."""
    before, after, relative = (None if each is None else Decimal(each) for each in change)

    expected = Change(Setting.BUDGET, UNDER, before, after, relative)
    assert [each for each in found(then, now).changes if each.what != "budget"] == [expected]
    assert found(then, now).uncomputable == ()


def test_a_rule_of_a_new_budget_is_new() -> None:
    """The most that the campaign may spend then."""
    assert found(ruled("25%", 40)) == Changes(
        (
            Change(Setting.BUDGET, "budget", None, Decimal(40)),
            Change(Setting.BUDGET, UNDER, None, Decimal(50)),
        )
    )


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (ruled("25%"), ruled("25%")),
        (ruled("25%"), ruled("25.0 PERCENT", 100)),
        (ruled("20 USD"), ruled("20.00 USD")),
        (ruled("25"), ruled("25")),
        (ruled("0%"), ruled(None, 100)),
        (ruled(25), ruled(25.0)),
        (ruled({"type": "PERCENT", "value": 25}), ruled({"type": "PERCENT", "value": "25"})),
        (ruled(None, 100), ruled("25%", 100)),
        (ruled("25%"), ruled("25%", end_date="2026-12-01", type="EVENT", recurrence={"days": 5})),
    ],
)
def test_a_rule_that_stays_is_no_change(then: object, now: object) -> None:
    """Even if nobody knows its unit."""
    assert found(then, now) == Changes()


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (ruled("25"), 100, f"increase_by null -> '25' {INCREASE_RULE}"),
        (ruled(None), 100, f"increase_by null -> null {INCREASE_RULE}"),
        (ruled("25%"), ruled("20", 100), f"increase_by '20' -> '25%' {INCREASE_RULE}"),
        (ruled("25%"), ruled("20 USD", 100), "increase_by '20 USD' -> '25%' must keep its unit"),
        (
            ruled("20 USD"), None,
            "increase_by null -> '20 USD' cannot be added to a budget that is not told",
        ),
        (ruled([25]), ruled([25], 100), f"increase_by an array -> an array {INCREASE_RULE}"),
    ],
)  # fmt: skip
def test_a_raise_of_unknown_size_cannot_be_computed(then: object, now: object, said: str) -> None:
    """It is named, with what stands on both sides."""
    assert found(then, now) == Changes(uncomputable=(f"{UNDER}: {said}",))


CONDITION = {"performance_measure_condition": {"metric_name": "ROAS", "threshold": 3}}


def test_the_condition_of_a_new_rule_is_none_of_money() -> None:
    """The increase is the most that the rule can do."""
    assert found(ruled("25%", **CONDITION), 100).uncomputable == ()


def test_another_condition_of_a_rule_cannot_be_computed() -> None:
    """With a lower threshold it raises the budget more often."""
    lower = {"performance_measure_condition": {"metric_name": "ROAS", "threshold": 1}}

    changes = found(ruled("25%", **lower), ruled("25%", **CONDITION))

    (sentence,) = changes.uncomputable
    assert sentence.startswith("'performance_measure_condition' has a number that changes")
    assert changes.changes == ()


def test_a_number_of_a_new_rule_that_nobody_documents_cannot_be_computed() -> None:
    """It is not a part of the condition."""
    changes = found(ruled("25%", boost=5), 100)

    assert changes.uncomputable == (
        "'boost' has a number that changes, and nobody knows what it costs",
    )


@pytest.mark.parametrize(
    ("now", "then", "name"),
    [
        ({"rule_id": "1"}, {"rule_id": "1"}, "budget rule 1"),
        ({"rule_id": "1", "rule_name": "Old"}, {"rule_id": "1"}, "budget rule 1"),
        ({"rule_id": "1", "rule_name": "New"}, {"rule_name": "New"}, "budget rule 'New'"),
        ({}, {}, "the budget rule"),
    ],
)
def test_a_rule_is_known_again(now: dict[str, str], then: dict[str, str], name: str) -> None:
    """By its id, by its name where an id is missing, or as the only one."""
    changes = found(
        {"budget_rules": [then | {"increase_by": "10%"}]},
        {"budget_rules": [now | {"increase_by": "100%"}]},
    )

    assert [(each.what, each.relative) for each in changes.changes] == [
        (f"budget under {name}", Decimal(-45))
    ]


def test_a_rule_that_is_created_is_not_the_one_that_is_there() -> None:
    """Though neither has a name."""
    changes = changes_of(
        changed(
            {"budget": {"budget_rules": [{"increase_by": "10%"}]}},
            {"budget": {"budget_rules": [{"increase_by": "100%"}]}},
            type="NEW_CAMPAIGN_BUDGET_RULE",
        )
    )

    assert [each.relative for each in changes.changes] == [Decimal(10)]


def test_a_malformed_list_of_rules_cannot_be_computed() -> None:
    """Each rule in it may raise the budget."""
    changes = found({"budget_rules": "25%"})

    assert changes.uncomputable == (
        "the recommended budget_rules are '25%', not a list of objects",
    )


@given(now=st.none() | st.integers(0, 300), then=st.integers(0, 300), budget=st.integers(1, 999))
def test_a_budget_that_is_told_changes_no_percent(now: int | None, then: int, budget: int) -> None:
    """The share is the same of every budget."""
    before = None if now is None else f"{now}%"

    told = found(ruled(f"{then}%"), ruled(before, budget)).changes
    untold = found(ruled(f"{then}%"), ruled(before)).changes

    assert len(told) == len(untold) == (0 if (now or 0) == then else 1)
    for one, other in zip(told, untold, strict=True):
        assert one.percent is not None
        assert other.percent is not None
        assert abs(one.percent - other.percent) < Decimal("1e-25")

"""How much money recommendations move."""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.change import Change, Setting
from recommendation_applier.domain.movements import Kind, Movement, Movements
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import advertiser, recommendation


def bid(before: object, after: object, *, marketplace: str = "US") -> Recommendation:
    """Make a recommendation that changes one bid."""
    return recommendation(
        advertiser=advertiser(marketplace=marketplace),
        current_settings={"ad_groups": [{"bid": before}]},
        recommended_settings={"ad_groups": [{"bid": after}]},
    )


def budget(before: Any, after: Any) -> Recommendation:
    """Make a recommendation that changes a budget."""
    return recommendation(
        current_settings={"budget": before}, recommended_settings={"budget": after}
    )


def moved(*recommendations: Recommendation) -> Movements:
    """Add up what *recommendations* change."""
    movements = Movements()
    for each in recommendations:
        movements.add(each)
    return movements


def test_amounts_of_two_currencies_are_never_added() -> None:
    """Those of one are, wherever the accounts are."""
    found = moved(
        bid(1, "1.50", marketplace="DE"),
        bid(2, 1, marketplace="FR"),
        bid(100, 120, marketplace="JP"),
    ).sums

    assert found == {
        ("EUR", Kind.BID): Movement(
            changed=2, raised=1, lowered=1, before=Decimal(3), after=Decimal("2.5")
        ),
        ("JPY", Kind.BID): Movement(changed=1, raised=1, before=Decimal(100), after=Decimal(120)),
    }
    assert found["EUR", Kind.BID].difference == Decimal("-0.5")


def test_a_number_that_stays_neither_rises_nor_falls() -> None:
    """It is among those that change, since something about it did."""
    same = Movement().with_one_more(Change(Setting.BUDGET, "budget", Decimal(5), Decimal(5)))

    assert same == Movement(changed=1, before=Decimal(5), after=Decimal(5))


def test_a_currency_that_nobody_knows_is_told_by_its_marketplace() -> None:
    """Two such are not taken for one."""
    unknown = replace(advertiser(), marketplace="BE")
    found = moved(replace(bid(1, 2), advertiser=unknown), bid(1, 2))

    assert set(found.sums) == {("currency of BE", Kind.BID), ("USD", Kind.BID)}


def test_budgets_under_rules_are_no_budgets() -> None:
    """They say what may be spent while the rule raises the budget, which is added as well."""
    rule = {"rule_id": "7", "increase_by": {"type": "PERCENT", "value": 50}}
    found = moved(budget({"budget": 100}, {"budget": 120, "budget_rules": [rule]})).sums

    assert {kind: (each.before, each.after) for (_, kind), each in found.items()} == {
        Kind.BUDGET: (Decimal(100), Decimal(120)),
        Kind.BUDGET_RULE: (Decimal(100), Decimal(180)),
    }


def test_what_is_new_is_added_by_itself() -> None:
    """There is nothing to compare it with."""
    found = moved(bid(None, 2), bid(None, "0.25")).sums["USD", Kind.BID]

    assert found == Movement(new=2, new_sum=Decimal("2.25"))


def test_what_is_no_amount_is_counted_and_not_added() -> None:
    """A percentage of a budget that is not told, and numbers that are no money."""
    rule = {"rule_id": "7", "increase_by": {"type": "PERCENT", "value": 50}}
    found = moved(
        budget({"budget_rules": [{"rule_id": "7"}]}, {"budget_rules": [rule]}),
        bid(1, 1e300),
        bid(10**15, 1),
        bid(1e-31, 1),
    )

    assert found.sums["USD", Kind.BUDGET_RULE] == Movement(unknown=1)
    assert found.sums["USD", Kind.BID] == Movement(unknown=3)
    assert moved(bid(10**15 - 1, "1." + "0" * 30)).sums["USD", Kind.BID].changed == 1


def test_what_cannot_be_computed_is_counted_by_recommendation() -> None:
    """Once each."""
    odd = bid("much", "more")

    assert moved(odd, odd, bid(1, 2)).uncomputable == {"USD": 2}


amounts = st.none() | st.integers(0, 10**18) | st.floats(0, allow_nan=False, allow_infinity=False)
bids = st.builds(bid, amounts, amounts, marketplace=st.sampled_from(["US", "DE", "FR", "JP"]))


@given(recommendations=st.lists(bids, max_size=12), order=st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(
    recommendations: list[Recommendation], order: Random
) -> None:
    """Sums are exact, however large and small the numbers are."""
    shuffled = list(recommendations)
    order.shuffle(shuffled)

    assert moved(*shuffled) == moved(*recommendations)

"""Where in a campaign the numbers stand that a recommendation changes."""

from typing import Any

from recommendation_applier.domain.change import Place
from recommendation_applier.domain.setting_changes import changes_of
from tests.unit.domain.policies import changed


def places(recommended: Any, current: Any, **changes: Any) -> list[Place]:
    """Give the places of all changes."""
    return [each.place for each in changes_of(changed(recommended, current, **changes)).changes]


def test_a_keyword_is_found_by_its_ids_and_its_text() -> None:
    """All of its text, however long; what only the current settings tell is told as well."""
    text = "+shoes " * 60
    here = {"target_id": "42", "text": text, "match_type": "BROAD", "bid": 1}
    there = {"target_id": "42", "bid": 2}

    assert places(
        {"ad_groups": [{"adgroup_id": "17", "bid": 3, "targets": [there]}]},
        {"ad_groups": [{"adgroup_id": "17", "bid": 1, "targets": [here]}]},
    ) == [
        Place(ad_group_id="17"),
        Place(ad_group_id="17", target_id="42", text=text, match_type="BROAD"),
    ]


def test_what_is_new_has_no_ids_yet() -> None:
    """Its text is all there is."""
    there = {"text": "soap", "match_type": "EXACT", "bid": 2}

    assert places({"ad_groups": [{"targets": [there]}]}, None, type="NEW_KEYWORD") == [
        Place(text="soap", match_type="EXACT")
    ]


def test_a_budget_is_the_campaigns() -> None:
    """There is no other place to look for it."""
    assert places({"budget": 5}, {"budget": 4}) == [Place()]


def test_a_budget_rule_is_found_with_what_it_says() -> None:
    """The budgets that it makes are computed, and cannot be put back."""
    here = {"rule_id": "r", "increase_by": {"type": "PERCENT", "value": 20}}
    there = {"rule_id": "r", "increase_by": "50%"}

    assert places(
        {"budget": {"budget_rules": [there]}}, {"budget": {"budget": 10, "budget_rules": [here]}}
    ) == [Place(budget_rule_id="r", increase_before="20 PERCENT", increase_after="50%")]
    assert places({"budget": {"budget_rules": [there]}}, {"budget": 10}) == [
        Place(budget_rule_id="r", increase_before=None, increase_after="50%")
    ]

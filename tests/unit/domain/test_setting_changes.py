"""Which numbers of money a recommendation changes."""

import copy
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.setting_changes import (
    WITHOUT_NUMBERS,
    Change,
    Changes,
    Setting,
    changes_of,
)
from tests.unit.domain.documents import json_values, mutated
from tests.unit.domain.policies import bids, changed

KEYWORD: Final = {"text": "ceramic car shampoo", "match_type": "BROAD"}


def found(recommended: object, current: object = None, **changes: Any) -> Changes:
    """Compare two settings."""
    return changes_of(changed(recommended, current, **changes))


def numbers(changes: Changes) -> list[tuple[str, str | None, str | None]]:
    """Give what changes, from what to what."""
    return [
        (
            each.what,
            None if each.before is None else str(each.before),
            None if each.after is None else str(each.after),
        )
        for each in changes.changes
    ]


def group(*targets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Make settings of one ad group."""
    return {"ad_groups": [{"adgroup_id": "17", "targets": list(targets)} | fields]}


# --- One change ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "difference", "percent", "shown"),
    [
        ("100", "180", "80", "80", "budget 100 -> 180 is +80 %"),
        ("0.75", "2.64", "1.89", "252", "budget 0.75 -> 2.64 is +252 %"),
        ("2", "0.5", "-1.5", "-75", "budget 2 -> 0.5 is -75 %"),
        ("2", "0", "-2", "-100", "budget 2 -> 0 is -100 %"),
        ("0", "2", "2", None, "budget 0 -> 2"),
        ("2", "2", "0", "0", "budget 2 -> 2 is 0 %"),
        (None, "2", None, None, "budget 2 is new"),
    ],
)
def test_a_change_knows_how_large_it_is(
    before: str | None, after: str, difference: str | None, percent: str | None, shown: str
) -> None:
    """In money, in percent of what was there before, and in words."""
    change = Change(
        Setting.BUDGET, "budget", None if before is None else Decimal(before), Decimal(after)
    )

    assert change.difference == (None if difference is None else Decimal(difference))
    assert change.percent == (None if percent is None else Decimal(percent))
    assert change.is_new is (before is None)
    assert str(change) == shown


def test_a_relative_change_is_all_that_is_known() -> None:
    """A rule raises a budget by a quarter, and nobody told the budget."""
    change = Change(Setting.BUDGET, "budget", None, None, Decimal(25))

    assert (change.is_new, change.difference, change.percent) == (False, None, Decimal(25))
    assert str(change) == "budget is +25 %"


@given(
    before=st.decimals(min_value="0.01", allow_infinity=False, allow_nan=False, places=2),
    after=st.decimals(min_value=0, allow_infinity=False, allow_nan=False),
)
def test_percent_are_never_understated(before: Decimal, after: Decimal) -> None:
    """What is computed is the exact change, or a little more of it."""
    percent = Change(Setting.BID, "bid", before, after).percent

    exact = (Fraction(after) - Fraction(before)) * 100 / Fraction(before)
    assert percent is not None
    assert abs(Fraction(percent)) >= abs(exact)
    assert Fraction(percent) * exact >= 0
    assert abs(Fraction(percent)) <= abs(exact) * (1 + Fraction(1, 10**45))


# --- What is found -------------------------------------------------------------------------------


def test_the_guides_example_raises_a_keyword() -> None:
    """The only message that Amazon documents in full, with its nulls."""
    nulls = {"bid": None, "bid_optimization": None, "asins": None, "creative": None}
    target = {
        **KEYWORD, "target_id": "132038708905255", "targeting": "ceramic car shampoo",
        "category": None, "expressions": None, "audience_target_type": None,
    }  # fmt: skip
    campaign = {
        "budget": None, "campaign_targeting": None, "bidding_strategy": None, "start_date": None,
        "end_date": None,
    }  # fmt: skip
    fields = {**nulls, "adgroup_name": None, "target_type": "KEYWORD"}

    changes = found(
        campaign | group(target | {"bid": 2.64}, **fields),
        campaign | group(target | {"bid": 0.75}, **fields),
    )

    assert changes == Changes(
        (
            Change(
                Setting.BID,
                "bid of keyword 'ceramic car shampoo' BROAD",
                Decimal("0.75"),
                Decimal("2.64"),
            ),
        )
    )


def test_all_that_a_recommendation_names_is_compared() -> None:
    """The budget, ad groups and their targets; what stays, or is not named, is no change."""
    current = {
        "budget": 100,
        "ad_groups": [
            {"adgroup_id": "1", "bid": 1, "targets": [{"target_id": "7", "bid": "1,000.50"}]},
            {"adgroup_id": "2", "bid": 2, "targets": [{"target_id": "8", "bid": 3}]},
            {"adgroup_id": "3", "bid": 3},
        ],
    }
    recommended = {
        "budget": "1,250.00",
        "ad_groups": [
            {"adgroup_id": "2", "bid": 2.0, "targets": [{"target_id": "8", "bid": " 4 "}]},
            {"adgroup_id": "1", "bid": 1.5, "targets": [{"target_id": "7", "bid": "1000.5"}]},
        ],
    }

    changes = found(recommended, current)

    assert numbers(changes) == [
        ("budget", "100", "1250.00"),
        ("bid of target 8", "3", "4"),
        ("default bid of ad group 1", "1", "1.5"),
    ]
    assert [each.setting for each in changes.changes] == [
        Setting.BUDGET,
        Setting.BID,
        Setting.BID,
    ]
    assert changes.uncomputable == ()


def test_numbers_that_stay_are_no_change() -> None:
    """A recommendation that was followed meanwhile changes nothing, and that is known."""
    assert found({"budget": "100.00"} | bids(1.0), {"budget": 100} | bids("1")) == Changes()


@pytest.mark.parametrize("current", [None, {}, {"budget": None, "ad_groups": None}, bids(None)])
def test_what_has_no_current_value_is_new(current: object) -> None:
    """Whether it does not exist yet, or nobody told its value."""
    changes = found({"budget": 50} | bids(2, bid=1), current)

    assert numbers(changes) == [
        ("budget", None, "50"),
        ("default bid of ad group 170000000000001", None, "1"),
        ("bid of target 0", None, "2"),
    ]
    assert all(each.is_new for each in changes.changes)
    assert changes.uncomputable == ()


@pytest.mark.parametrize("recommended", [None, {}])
@pytest.mark.parametrize("kind", ["KEYWORD_BID", "KEYWORD_STATE"])
def test_without_recommended_settings_nothing_can_be_computed(
    kind: str, recommended: object
) -> None:
    """As of one that came back from a dead letter."""
    changes = found(recommended, bids(1), type=kind)

    assert changes == Changes(uncomputable=("nothing is known of the recommended settings",))


@pytest.mark.parametrize("kind", sorted(WITHOUT_NUMBERS))
def test_some_types_are_about_no_number(kind: str) -> None:
    """A state or a date, and negative targets, cost nothing that a limit could be held against."""
    recommended = {"ad_groups": [{"targets": [KEYWORD | {"state": "PAUSED"}]}]}

    assert found(recommended, type=kind) == Changes()


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("KEYWORD_BID", "'KEYWORD_BID'"),
        ("CAMPAIGN_BIDDING_STRATEGY", "'CAMPAIGN_BIDDING_STRATEGY'"),
        ("AD_GROUP_BID_OPTIMIZATION", "'AD_GROUP_BID_OPTIMIZATION'"),
        ("TYPE_OF_TOMORROW", "'TYPE_OF_TOMORROW'"),
        (None, "''"),
    ],
)
def test_every_other_type_without_a_number_is_not_understood(kind: str | None, shown: str) -> None:
    """Such as one whose settings are mangled, or one that leaves the bids to Amazon."""
    assert found({"bidding_strategy": "AUTO_FOR_SALES"}, type=kind) == Changes(
        uncomputable=(f"type {shown} names no number that is known in its settings",)
    )


@pytest.mark.parametrize("kind", sorted(WITHOUT_NUMBERS))
def test_a_number_of_a_type_without_numbers_is_a_number(kind: str) -> None:
    """A type is believed for what its settings do not say, not against them."""
    assert numbers(found({"budget": 200}, {"budget": 100}, type=kind)) == [("budget", "100", "200")]


@pytest.mark.parametrize(
    ("recommended", "current", "said"),
    [
        (bids("abc"), bids(1), "bid of target 0 1 -> 'abc'"),
        (bids(1), bids("abc"), "bid of target 0 'abc' -> 1"),
        (bids(1, bid=False), bids(1), "default bid of ad group 170000000000001 null -> false"),
        ({"budget": -1}, {"budget": 1}, "budget 1 -> -1"),
        ({"budget": [5]}, None, "budget null -> an array"),
    ],
)
def test_a_malformed_number_cannot_be_computed(
    recommended: object, current: object, said: str
) -> None:
    """On whichever side it stands; it is named with what it is."""
    rule = "each must be a number, 0 or more, such as 2.5 or '1,234.50'"

    assert found(recommended, current) == Changes(uncomputable=(f"{said}: {rule}",))


@pytest.mark.parametrize("name", ["ad_groups", "targets"])
@pytest.mark.parametrize("malformed", ["abc", 5, {"bid": 1}, [1], [{"bid": 1}, None], [[]]])
@pytest.mark.parametrize("side", ["recommended", "current"])
def test_a_malformed_list_cannot_be_computed(side: str, malformed: object, name: str) -> None:
    """Its bids would be missed, or taken for new ones."""
    whole, broken = bids(1), bids(1)
    if name == "ad_groups":
        broken["ad_groups"] = malformed
    else:
        broken["ad_groups"][0]["targets"] = malformed

    changes = found(broken, whole) if side == "recommended" else found(whole, broken)

    shown = {"abc": "'abc'", 5: "5"}.get(malformed) if isinstance(malformed, str | int) else None
    shown = shown or ("an object" if isinstance(malformed, dict) else "an array")
    assert changes == Changes(
        uncomputable=(f"the {side} {name} are {shown}, not a list of objects",)
    )


@pytest.mark.parametrize(
    ("recommended", "current", "named"),
    [
        ({"a_groups": [{"adgrou_id": "1", "targets": [{"bid": 0.82}]}]}, None, "a_groups"),
        ({"placements": [{"at": "TOP", "percentage": 50}]}, None, "placements"),
        (
            {"placements": [{"at": "TOP", "percentage": 50}]},
            {"placements": [{"at": "TOP", "percentage": 20}]},
            "placements",
        ),
        ({"placements": [20, 50]}, {"placements": [20]}, "placements"),
        ({"placements": [20]}, {"placements": "20"}, "placements"),
        ({"placements": {"top": 20}}, {"placements": [20]}, "placements"),
        ({"placements": {"top": 20, "rest": {"at": "x"}}}, None, "placements"),
        ({"placements": {"rest": {"at": "x"}, "top": 20}}, None, "placements"),
        ({"placements": [20, ["x"]]}, None, "placements"),
        ({"placements": [["x"], 20]}, None, "placements"),
        ({"boost": "50"}, None, "boost"),
        ({"boost": " 50 %"}, None, "boost"),
        ({"boost": "$1,000.00"}, None, "boost"),
        ({"boost": "1e3"}, None, "boost"),
        ({"boost": "1E+3"}, None, "boost"),
        ({"boost": "20 PERCENT"}, None, "boost"),
        ({"boost": "-5"}, {"boost": -5}, "boost"),
        ({"bid": 5}, None, "bid"),
        ({"daily_bid": 5}, None, "daily_bid"),
        ({"paid": 5}, None, "paid"),
        ({"idle": 5}, None, "idle"),
        ({"amountId_value": 5}, None, "amountId_value"),
        ({"budget": {"lifetime_budget": 5}}, None, "lifetime_budget"),
        (group(bid=None, boost=5), None, "boost"),
        (group(KEYWORD | {"boost": 5}), None, "boost"),
        ({"budget": {"budget_rules": [{"rule_id": "1", "boost": 5}]}},
         {"budget": {"budget_rules": [{"rule_id": "1"}]}}, "boost"),
    ],
)  # fmt: skip
def test_a_number_that_nobody_documents_cannot_be_computed(
    recommended: object, current: object, named: str
) -> None:
    """It may be money, such as the percentage of a placement."""
    assert found(recommended, current, type="KEYWORD_STATE") == Changes(
        uncomputable=(f"'{named}' has a number that changes, and nobody knows what it costs",)
    )


@pytest.mark.parametrize(
    ("recommended", "current"),
    [
        ({"boost": 50, "also": "50 %"}, {"boost": 50.0, "also": "50 %"}),
        ({"placements": [{"top": [1, {"rest": 2}]}]}, {"placements": [{"top": [1, {"rest": 2}]}]}),
        ({"placements": [20]}, {"placements": [20, 50]}),
        ({"portfolio_id": 5, "portfolioId": "6", "ids": [7], "id": 8, "asinIds": [9]}, None),
        ({"state": "ENABLED", "is_new": True, "note": None, "day": "2026-11-27"}, None),
        ({"note": "5 stars or more", "grade": "B0", "dots": "..,", "more": "5 to 6"}, None),
        (group(asins=["0123456789"], creative={"width": 300}, adgroup_name="5"), None),
        (
            group({"text": "100", "match_type": "7", "targeting": "100", "category": {"id": 5}}),
            None,
        ),
        (group({"expressions": [{"type": "ASIN_PRICE_LESS_THAN", "value": "15"}]}), None),
        ({"start_date": 1736899200000000, "end_date": "20261127"}, None),
    ],
)
def test_a_number_that_stays_or_is_none_of_money_is_no_change(
    recommended: object, current: object
) -> None:
    """Ids, texts, dates, and what the guide documents as something else."""
    assert found(recommended, current, type="KEYWORD_STATE") == Changes()


@pytest.mark.parametrize(
    ("now", "then", "differs"),
    [
        ("LEGACY_FOR_SALES", "AUTO_FOR_SALES", True),
        ("MANUAL", "MANUAL", False),
        (None, "MANUAL", False),
        ("MANUAL", None, False),
        (["AUTO"], ["MANUAL"], False),
        ("AUTO", ["MANUAL"], False),
    ],
)
@pytest.mark.parametrize("name", ["bidding_strategy", "bid_optimization"])
def test_another_way_of_bidding_cannot_be_computed(
    name: str, now: object, then: object, *, differs: bool
) -> None:
    """With AUTO_FOR_SALES Amazon may double a bid that nobody changed."""
    recommended, current = {name: then}, {name: now}
    if name == "bid_optimization":
        recommended, current = group(**recommended), group(**current)

    changes = found(recommended, current, type="KEYWORD_STATE")

    sentence = f"{name} '{now}' -> '{then}' lets Amazon bid differently"
    assert changes == Changes(uncomputable=(sentence,) if differs else ())


# --- What is what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "then", "name"),
    [
        ({"target_id": "7"}, {"target_id": "7"}, "target 7"),
        ({"target_id": 7}, {"target_id": "7"}, "target 7"),
        ({"target_id": "7", "text": "old"}, {"target_id": "7", **KEYWORD}, None),
        ({"target_id": "7", **KEYWORD}, KEYWORD, None),
        (KEYWORD, {"target_id": "7", **KEYWORD}, None),
        (KEYWORD, KEYWORD, None),
        ({"target_id": None, **KEYWORD}, {"target_id": "", **KEYWORD}, None),
        ({"text": "shoes"}, {"text": "shoes", "match_type": None}, "keyword 'shoes'"),
        (
            {"expressions": [{"type": "ASIN_SAME_AS", "value": "B0EXAMPLE1"}]},
            {"expressions": [{"type": "ASIN_SAME_AS", "value": "B0EXAMPLE1"}]},
            "target 'ASIN_SAME_AS B0EXAMPLE1'",
        ),
        (
            {"expressions": [{"type": "CLOSE_MATCH", "value": None}], "targeting": "a"},
            {"expressions": [{"type": "CLOSE_MATCH"}], "targeting": "b"},
            "target 'CLOSE_MATCH'",
        ),
        (
            {"targeting": 'asin="B0"', "expressions": []}, {"targeting": 'asin="B0"'},
            "target 'asin=\"B0\"'",
        ),
        (
            {"audience_target_type": "VIEWS"}, {"audience_target_type": "VIEWS"}, "target 'VIEWS'",
        ),
        ({}, {}, "the target"),
        ({"expressions": "abc"}, {"expressions": [1]}, "the target"),
        ({"target_id": True}, {"target_id": 10**30}, "the target"),
        (
            {"expressions": [{"type": "ASIN_SAME_AS", "value": ["B01"]}]},
            {"expressions": [{"type": "ASIN_SAME_AS", "value": ["B02"]}]},
            "the target",
        ),
    ],
)  # fmt: skip
def test_a_target_is_known_again(
    now: dict[str, Any], then: dict[str, Any], name: str | None
) -> None:
    """By its id, by what it targets where an id is missing, or as the only one there is."""
    changes = found(group(then | {"bid": 2}), group(now | {"bid": 1}))

    name = name or "keyword 'ceramic car shampoo' BROAD"
    assert numbers(changes) == [(f"bid of {name}", "1", "2")]
    assert changes.uncomputable == ()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"target_id": "7"}, {"target_id": "8"}),
        ({"target_id": "7", **KEYWORD}, {"target_id": "8", **KEYWORD}),
        (KEYWORD, {**KEYWORD, "match_type": "EXACT"}),
        (KEYWORD, {**KEYWORD, "match_type": None}),
        (KEYWORD, {**KEYWORD, "text": "car shampoo"}),
        ({"text": "B0"}, {"targeting": "B0"}),
        ({"target_id": "7"}, KEYWORD),
        (KEYWORD, {"target_id": "7"}),
        ({}, KEYWORD),
        (
            {"expressions": [{"type": "ASIN_SAME_AS", "value": "B01"}]},
            {"expressions": [{"type": "ASIN_SAME_AS", "value": "B02"}]},
        ),
        (
            {"expressions": [{"type": "ASIN_SAME_AS", "value": "B01"}]},
            {"expressions": [{"type": "ASIN_EXPANDED", "value": "B01"}]},
        ),
    ],
)
def test_another_target_is_another_one(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Its bid is new, since that of another says nothing about it."""
    changes = found(group(then | {"bid": 2}), group(now | {"bid": 1}))

    assert [(each.before, each.after) for each in changes.changes] == [(None, Decimal(2))]
    assert changes.uncomputable == ()


@pytest.mark.parametrize(
    ("now", "then", "sentence"),
    [
        (
            [KEYWORD, KEYWORD], [KEYWORD],
            "keyword 'ceramic car shampoo' BROAD may be any of 2 current targets",
        ),
        (
            [{"target_id": "7"}, {"target_id": "7"}], [{"target_id": "7"}],
            "target 7 may be any of 2 current targets",
        ),
        (
            [{"target_id": "7", **KEYWORD}, KEYWORD], [KEYWORD],
            "keyword 'ceramic car shampoo' BROAD may be any of 2 current targets",
        ),
        ([{}, {}], [{}], "the target may be any of 2 current targets"),
        ([{"target_id": "7"}], [{}], "the target may be any of 1 current targets"),
        ([KEYWORD], [{}], "the target may be any of 1 current targets"),
    ],
)  # fmt: skip
def test_what_may_be_one_or_the_other_cannot_be_computed(
    now: list[dict[str, Any]], then: list[dict[str, Any]], sentence: str
) -> None:
    """Nobody guesses which of two bids is the one that changes."""
    changes = found(
        group(*(each | {"bid": 2} for each in then)), group(*(each | {"bid": 1} for each in now))
    )

    assert changes == Changes(uncomputable=(sentence,))


def test_an_id_says_more_than_a_description() -> None:
    """The target with the id is meant, whichever others look like it."""
    now: list[dict[str, Any]] = [KEYWORD | {"bid": 9}, {"target_id": "7", "bid": 1}]

    changes = found(group(KEYWORD | {"target_id": "7", "bid": 2}), group(*now))

    assert [(each.before, each.after) for each in changes.changes] == [(Decimal(1), Decimal(2))]


def test_several_without_a_name_are_each_told() -> None:
    """One sentence for each number that is not computed."""
    changes = found(group({"bid": 2}, {"bid": 3}), group({"bid": 1}))

    assert changes == Changes(
        uncomputable=("the target may be any of 1 current targets",) * 2,
    )


@pytest.mark.parametrize("kind", ["NEW_AD_GROUP", "NEW_KEYWORD", "NEW_OF_TOMORROW"])
def test_what_a_type_creates_is_new_without_a_name(kind: str) -> None:
    """The only ad group that there is now is not the one to be created."""
    changes = found({"ad_groups": [{"bid": 2}]}, {"ad_groups": [{"bid": 1}]}, type=kind)

    assert numbers(changes) == [("default bid of the ad group", None, "2")]


def test_a_target_that_is_created_is_not_the_one_that_is_there() -> None:
    """Though neither has a name, and both stand in the same ad group."""
    changes = found(group({"bid": 2}), group({"bid": 1}), type="NEW_KEYWORD")

    assert numbers(changes) == [("bid of the target", None, "2")]


def test_what_a_type_creates_beside_others_is_new_without_a_name() -> None:
    """Those that have a name are not it either."""
    now = {"ad_groups": [{"adgroup_id": "1", "bid": 1}, {"adgroup_id": "2", "bid": 1}]}

    changes = found({"ad_groups": [{"bid": 2}]}, now, type="NEW_AD_GROUP")

    assert numbers(changes) == [("default bid of the ad group", None, "2")]
    assert changes.uncomputable == ()


def test_an_existing_thing_is_known_again_by_a_type_that_creates() -> None:
    """A keyword that exists already is changed by a recommendation to add it."""
    changes = found(group(KEYWORD | {"bid": 2}), group(KEYWORD | {"bid": 1}), type="NEW_KEYWORD")

    assert [(each.before, each.after) for each in changes.changes] == [(Decimal(1), Decimal(2))]


@pytest.mark.parametrize("kind", ["KEYWORD_BID", "RENEW_KEYWORD", None])
def test_the_only_ad_group_needs_no_name(kind: str | None) -> None:
    """Where nothing is created there is nothing else that it could be."""
    changes = found({"ad_groups": [{"bid": 2}]}, {"ad_groups": [{"bid": 1}]}, type=kind)

    assert numbers(changes) == [("default bid of the ad group", "1", "2")]


@pytest.mark.parametrize(
    ("now", "then", "before", "name"),
    [
        ({"adgroup_id": "1"}, {"adgroup_id": "1", "adgroup_name": "Shoes"}, "1", "'Shoes'"),
        ({"adgroup_name": "Shoes"}, {"adgroup_id": "1", "adgroup_name": "Shoes"}, "1", "'Shoes'"),
        ({"adgroup_id": "1", "adgroup_name": "Shoes"}, {"adgroup_name": "Shoes"}, "1", "'Shoes'"),
        ({"adgroup_id": "1", "adgroup_name": "Shoes"}, {"adgroup_name": "Hats"}, None, "'Hats'"),
        ({"adgroup_id": "1"}, {"adgroup_id": "2"}, None, "2"),
    ],
)
def test_an_ad_group_is_known_again(
    now: dict[str, Any], then: dict[str, Any], before: str | None, name: str
) -> None:
    """By its id, or by its name where an id is missing."""
    changes = found({"ad_groups": [then | {"bid": 2}]}, {"ad_groups": [now | {"bid": 1}]})

    assert numbers(changes) == [(f"default bid of ad group {name}", before, "2")]


def test_targets_of_another_ad_group_are_others() -> None:
    """The same keyword may stand in two ad groups, with a bid in each."""
    now = {
        "ad_groups": [
            {"adgroup_id": "1", "targets": [KEYWORD | {"bid": 1}]},
            {"adgroup_id": "2", "targets": [KEYWORD | {"bid": 8}]},
        ]
    }
    then = {"ad_groups": [{"adgroup_id": "2", "targets": [KEYWORD | {"bid": 4}]}]}

    changes = found(then, now)

    assert [(each.before, each.after) for each in changes.changes] == [(Decimal(8), Decimal(4))]


def test_what_amazon_writes_is_fit_for_a_log() -> None:
    """A keyword of any length and any letters, and a match type too."""
    target = {"text": "a\nb" + "c" * 100, "match_type": "EX\ud83dACT" + "T" * 100}

    (change,) = found(group(target | {"bid": 2})).changes

    assert change.what == (
        f"bid of keyword 'a?b{'c' * 57}' and 43 more characters EX?ACT{'T' * 34}"
    )


def test_an_id_is_fit_for_a_log_too() -> None:
    """Whatever stands in its place."""
    (change,) = found(group({"target_id": "7\n" + "7" * 99, "bid": 2})).changes

    assert change.what == f"bid of target 7?{'7' * 38}"


# --- Whatever comes ------------------------------------------------------------------------------

SETTINGS: Final[dict[str, Any]] = {
    "budget": {
        "amount": 100,
        "budget_rules": [{"rule_name": "Prime Day", "increase_by": "25%", "type": "EVENT"}],
    },
    "bidding_strategy": "MANUAL",
    "ad_groups": [
        {
            "adgroup_id": "1",
            "bid": 1,
            "targets": [
                {"target_id": "7", "bid": "1,000.50", **KEYWORD},
                {"bid": 2, "expressions": [{"type": "ASIN_SAME_AS", "value": "B0"}]},
            ],
        }
    ],
}


@given(recommended=mutated(st.just(SETTINGS)), current=mutated(st.just(SETTINGS)), kind=st.text())
def test_nothing_that_json_can_hold_raises(recommended: Any, current: Any, kind: str) -> None:
    """Something is changed, dropped or added anywhere, on both sides."""
    changes = found(recommended, current, type=kind)

    assert all(str(each).isprintable() for each in changes.changes)
    assert all(each.isprintable() for each in changes.uncomputable)


@given(st.dictionaries(st.sampled_from(["budget", "ad_groups", "new"]), json_values))
def test_settings_of_any_kind_raise_nothing(settings: dict[str, Any]) -> None:
    """Nor do they when the very same stand on both sides: then no number changes."""
    found(settings)

    assert found(settings, copy.deepcopy(settings)).changes == ()


@pytest.mark.parametrize("name", ["budget", "ad_groups", "targets", "bid", "target_id", "other"])
def test_nesting_is_never_too_deep(name: str) -> None:
    """Deeper than Python can call."""
    deep: Any = 5
    for _ in range(100_000):
        deep = [deep]
    settings: dict[str, Any] = (
        {name: deep}
        if name in ("budget", "ad_groups", "other")
        else {"ad_groups": [{"targets": deep, "adgroup_id": "1"}]}
        if name == "targets"
        else {"ad_groups": [{"adgroup_id": "1", "targets": [{"bid": 1} | {name: deep}]}]}
    )

    changes = found(settings, copy.copy(settings))

    assert all(each.isprintable() for each in changes.uncomputable)


def test_thousands_of_targets_are_compared_at_once() -> None:
    """As many as a message can hold, each found by its id or its text."""
    now = [{"target_id": f"{n}", "bid": 1} for n in range(4_000)]
    now += [{"text": f"word {n}", "match_type": "EXACT", "bid": 1} for n in range(4_000)]
    then = [each | {"bid": 2} for each in reversed(now)]

    changes = found(json.loads(json.dumps(group(*then))), group(*now))

    assert len(changes.changes) == 8_000
    assert {each.percent for each in changes.changes} == {Decimal(100)}

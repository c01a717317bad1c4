"""Whether changes stay within the limits of a rule."""

from typing import Any, Final

import pytest

from recommendation_applier.domain.policy import Decision, DecisionVerdict, decide
from recommendation_applier.domain.reasons import HeldReason
from tests.builders import NOW
from tests.unit.domain.policies import LIMITS, bids, changed, decided, limited, policy, rule

APPLY: Final = DecisionVerdict.APPLY
NEW: Final = HeldReason.NEW_NOT_ALLOWED
PASSED: Final = HeldReason.LIMIT_PASSED
UNKNOWN: Final = HeldReason.LIMIT_UNKNOWN


def outcome(decision: Decision) -> DecisionVerdict | HeldReason:
    """Give the verdict, or why it is held."""
    return decision.reason or decision.verdict


@pytest.mark.parametrize(
    ("limits", "before", "after", "expected"),
    [
        ({"maxIncreasePercent": 50}, 100, 150, APPLY),
        ({"maxIncreasePercent": 50}, 100, 150.01, PASSED),
        ({"maxIncreasePercent": 50}, 3, "4.50", APPLY),
        ({"maxIncreasePercent": 50}, 100, 1, APPLY),
        ({"maxIncreasePercent": 0}, 100, 100.01, PASSED),
        ({"maxIncreasePercent": 0}, 100, 100, APPLY),
        ({"maxIncreasePercent": 0}, 100, 99, APPLY),
        ({"maxIncreasePercent": 33.3}, 3, 4, PASSED),
        ({"maxIncreasePercent": 0.1}, 1000, 1001, APPLY),
        ({"maxIncreasePercent": 50}, 0, 0.01, UNKNOWN),
        ({"maxDecreasePercent": 80}, 100, 20, APPLY),
        ({"maxDecreasePercent": 80}, 100, 19.99, PASSED),
        ({"maxDecreasePercent": 80}, 100, 1000, APPLY),
        ({"maxDecreasePercent": 100}, 100, 0, APPLY),
        ({"maxDecreasePercent": 99}, 100, 0, PASSED),
        ({"maxDecreasePercent": 0}, 100, 99.99, PASSED),
        ({"maxDecreasePercent": 50}, 0, 10, APPLY),
        ({"maxIncreasePercent": 50, "maxDecreasePercent": 50}, 100, 40, PASSED),
        ({"maxIncreasePercent": 50, "maxDecreasePercent": 50}, 100, 160, PASSED),
        ({"maxIncreasePercent": 50, "maxDecreasePercent": 50}, 100, 50, APPLY),
    ],
)
@pytest.mark.parametrize("what", ["bid", "budget"])
def test_percent_are_held_against_the_current_value(
    what: str, limits: dict[str, Any], before: float, after: float, expected: object
) -> None:
    """Exactly at a limit is not beyond it; from nought there are no percent."""
    then, now = (bids(after), bids(before)) if what == "bid" else (
        {"budget": after}, {"budget": before},
    )  # fmt: skip

    assert outcome(decided(limited(**limits), then, now)) is expected


@pytest.mark.parametrize(
    ("limits", "then", "now", "expected"),
    [
        ({"maxBid": 5}, bids(5), bids(1), APPLY),
        ({"maxBid": 5}, bids("5.01"), bids(1), PASSED),
        ({"maxBid": 5}, bids(6), bids(9), PASSED),
        ({"maxBid": 5}, bids(bid=6), bids(bid=1), PASSED),
        ({"maxBid": 5}, bids(1, 2, 6), bids(1, 1, 1), PASSED),
        ({"maxBid": 5}, bids(6), bids(6), APPLY),
        ({"maxBid": 5}, bids(2), bids(0), APPLY),
        ({"maxBid": 0}, bids(0), bids(1), APPLY),
        ({"maxBid": 5}, {"budget": 500}, {"budget": 1}, APPLY),
        ({"maxBudget": 500}, {"budget": 500}, {"budget": 1}, APPLY),
        ({"maxBudget": 500}, {"budget": "500.01"}, {"budget": 1}, PASSED),
        ({"maxBudget": 500}, {"budget": 600}, {"budget": 900}, PASSED),
        ({"maxBudget": 500}, bids(900), bids(800), APPLY),
    ],
)
def test_what_is_sent_is_never_above_a_maximum(
    limits: dict[str, Any], then: object, now: object, expected: object
) -> None:
    """A lowered number neither; a number that stays is not sent."""
    assert outcome(decided(limited(**limits), then, now)) is expected


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("then", "now"),
    [(bids("abc"), bids(1)), (bids(1), bids("abc")), (None, bids(1)), ({"new": 1}, {"new": 2})],
)
def test_what_cannot_be_computed_is_beyond_every_limit(
    limit: str, then: object, now: object
) -> None:
    """Whichever limit the rule has."""
    assert outcome(decided(limited(**{limit: 100}), then, now)) is UNKNOWN


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("then", "now"), [(bids(1), None), ({"budget": 1}, bids(1))])
def test_what_is_new_is_beyond_every_limit(limit: str, then: object, now: object) -> None:
    """Unless the rule allows for it."""
    assert outcome(decided(limited(**{limit: 100}), then, now)) is NEW


@pytest.mark.parametrize(
    ("allow_new", "then", "expected"),
    [
        ({"maxBid": 2}, bids(2), APPLY),
        ({"maxBid": 2}, bids(2.01), PASSED),
        ({"maxBid": 2}, bids(2, 3), PASSED),
        ({"maxBid": 2}, {"budget": 1}, NEW),
        ({"maxBid": 2}, {"budget": 1} | bids(1), NEW),
        ({"maxBudget": 50}, {"budget": 50}, APPLY),
        ({"maxBudget": 50}, {"budget": 51}, PASSED),
        ({"maxBudget": 50}, bids(0.01), NEW),
        ({"maxBid": 2, "maxBudget": 50}, {"budget": 50} | bids(2, bid=1), APPLY),
        ({"maxBid": 2, "maxBudget": 50}, {"budget": 51} | bids(2), PASSED),
        ({"maxBid": 2, "maxBudget": 50}, {"budget": 50} | bids(bid=3), PASSED),
        ({"maxBid": 9, "maxBudget": 999}, bids(6), PASSED),
        ({"maxBid": 9, "maxBudget": 999}, {"budget": 501}, PASSED),
        ({"maxBid": 0}, bids(0), APPLY),
    ],
)
def test_what_is_new_passes_up_to_what_the_rule_allows(
    allow_new: dict[str, Any], then: object, expected: object
) -> None:
    """And no further than the rule's own limits, which hold for everything that is sent."""
    by = policy(rule(limits=LIMITS, allowNew=allow_new))

    assert outcome(decided(by, then, type="NEW_CAMPAIGN")) is expected


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (bids(900), bids(1), APPLY),
        (bids(1), None, APPLY),
        (bids(3), None, PASSED),
        ({"budget": 1}, None, NEW),
        (None, None, UNKNOWN),
    ],
)
def test_a_rule_may_limit_only_what_is_new(then: object, now: object, expected: object) -> None:
    """What exists may change as it likes then."""
    assert outcome(decided(policy(rule(allowNew={"maxBid": 2})), then, now)) is expected


@pytest.mark.parametrize("then", [bids(10**9), bids("abc"), {"new": 5}, None, {}])
def test_a_rule_without_limits_lets_everything_pass(then: object) -> None:
    """Whoever sets none wants none."""
    assert decided(policy(rule("free")), then) == Decision(verdict=APPLY, rule="free")


UNTOLD: Final = {"budget": {"budget_rules": [{"rule_name": "Prime Day", "increase_by": "25%"}]}}

UNDER: Final = "budget under budget rule 'Prime Day'"
BID_6: Final = "bid of target 0 6"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"maxIncreasePercent": 25}, APPLY),
        ({"maxIncreasePercent": 24.9}, PASSED),
        ({"maxDecreasePercent": 0}, APPLY),
        ({"maxBid": 0}, APPLY),
        ({"maxBudget": 10**9}, UNKNOWN),
        ({"maxIncreasePercent": 25, "maxBudget": 10**9}, UNKNOWN),
    ],
)
def test_a_share_of_a_budget_that_is_not_told_has_percent_only(
    limits: dict[str, Any], expected: object
) -> None:
    """Nobody knows whether it stays below a maximum."""
    assert outcome(decided(limited(**limits), UNTOLD)) is expected


@pytest.mark.parametrize(
    ("by", "then", "now", "detail"),
    [
        (
            limited(maxIncreasePercent=50), {"budget": 180}, {"budget": 100},
            "budget 100 -> 180 is +80 %, above maxIncreasePercent 50",
        ),
        (
            limited(maxDecreasePercent=80), bids(0.1), bids(1),
            "bid of target 0 1 -> 0.1 is -90 %, beyond maxDecreasePercent 80",
        ),
        (
            limited(maxIncreasePercent=50), bids(2), bids(0),
            "bid of target 0 0 -> 2, of which maxIncreasePercent 50 says nothing",
        ),
        (
            limited(maxBid=5.5), bids(6), bids(5),
            "bid of target 0 5 -> 6 is +20 %, above maxBid 5.5",
        ),
        (
            limited(maxBudget=500), UNTOLD, None,
            f"{UNDER} is +25 %, of an amount that is not told, and may be above maxBudget 500",
        ),
        (
            limited(maxBid=5), bids(6), None,
            f"{BID_6} is new, above maxBid 5; {BID_6} is new, and the rule has no allowNew.maxBid",
        ),
        (
            limited(maxBid=5), {"budget": 6}, None,
            "budget 6 is new, and the rule has no allowNew.maxBudget",
        ),
        (
            policy(rule(allowNew={"maxBid": 5})), bids(6), None,
            "bid of target 0 6 is new, above allowNew.maxBid 5",
        ),
        (limited(maxBid=5), None, None, "nothing is known of the recommended settings"),
    ],
)  # fmt: skip
def test_the_detail_has_the_numbers(by: Any, then: object, now: object, detail: str) -> None:
    """Enough for a person to decide by."""
    assert decided(by, then, now).detail == detail


def test_the_gravest_reason_speaks_for_all() -> None:
    """A limit that is passed is worse than one that is new, and that than one not known."""
    by = limited(maxIncreasePercent=50)

    found = [
        decided(by, bids("abc", 1, 9, 9), bids(1, None, 1, 8)),
        decided(by, bids("abc", 1, 9, 9), bids(1, None, 9, 8)),
        decided(by, bids("abc", 9, 9, 9), bids(1, 9, 9, 8)),
    ]

    assert [each.reason for each in found] == [PASSED, NEW, UNKNOWN]
    assert found[0].detail.startswith("bid of target 2 1 -> 9 is +800 %, above")
    assert found[0].detail.count("; ") == 2
    assert found[0].rule == "all"


@pytest.mark.parametrize(
    ("targets", "more"), [(3, ""), (4, "; and 1 more"), (900, "; and 897 more")]
)
def test_a_detail_tells_three_findings(targets: int, more: str) -> None:
    """A recommendation may have thousands, and a reader has not the time."""
    detail = decided(limited(maxBid=1), bids(*[2] * targets), bids(*[1] * targets)).detail

    shown = [f"bid of target {n} 1 -> 2 is +100 %, above maxBid 1" for n in range(3)]
    assert detail == "; ".join(shown) + more


def test_one_number_beyond_a_limit_holds_all() -> None:
    """A recommendation is applied as a whole."""
    now = {"budget": 100} | bids(1, 1, 1, bid=1)
    by = limited(**LIMITS)

    assert decided(by, {"budget": 150} | bids(1.5, 0.5, 1, bid=0.2), now).verdict is APPLY
    assert outcome(decided(by, {"budget": 150} | bids(1.5, 0.5, 1, bid=0.1), now)) is PASSED
    assert outcome(decided(by, {"budget": 150} | bids(1.5, 0.5, 1.51, bid=0.2), now)) is PASSED


def test_what_cannot_be_paced_is_told_beside_the_numbers() -> None:
    """Both are to be mended."""
    by = limited(maxBid=1, coolDownHours=1)

    found = decide(changed(bids(2), bids(1), campaign_id=None), by, now=NOW)

    assert (found.reason, found.pacing) == (PASSED, None)
    assert found.detail.endswith("; it names no campaign whose applications could be counted")

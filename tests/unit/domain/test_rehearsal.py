"""What a policy would have done, and with whose money."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.policy import DecisionVerdict
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.rehearsal import Money, Rehearsed, Ruling, rehearse
from tests.builders import NOW, PUBLISHED, advertiser, recommendation
from tests.unit.domain.policies import bids, policy, rule

APPLY, HOLD, IGNORE = DecisionVerdict.APPLY, DecisionVerdict.HOLD, DecisionVerdict.IGNORE
HOUR = timedelta(hours=1)
BIDS = rule("bids", match={"type": ["KEYWORD_BID"]}, limits={"maxIncreasePercent": 30})
BUDGETS = rule("budgets", "HOLD", match={"type": ["CAMPAIGN_BUDGET"]})
STATES = rule("states", "IGNORE", match={"type": ["CAMPAIGN_STATE"]})
POLICY = policy(BIDS, BUDGETS, STATES)


def bid(before: Any, after: Any, name: str = "rec-1", **changes: Any) -> Recommendation:
    """Recommend another bid."""
    settings = {"current_settings": bids(before), "recommended_settings": bids(after)}
    return recommendation(name, **settings | changes)


def budget(before: Any, after: Any, **changes: Any) -> Recommendation:
    """Recommend another budget."""
    settings = {
        "current_settings": {"budget": {"budget": before}},
        "recommended_settings": {"budget": {"budget": after}},
        "type": "CAMPAIGN_BUDGET",
    }
    return recommendation(**settings | changes)


def rehearsed(*recommendations: Recommendation, by: Any = POLICY) -> Rehearsed:
    """Rehearse them."""
    return rehearse(recommendations, by, now=NOW)


def test_rulings_are_counted_by_reason_and_rule() -> None:
    """What is applied, what is held, and what is left alone."""
    found = rehearsed(
        bid(1, 1.2), bid(1, 1.3), bid(1, 1.4), bid(1, "odd"), budget(5, 6),
        recommendation(type="CAMPAIGN_STATE"), recommendation(type="NEW_CAMPAIGN"),
    )  # fmt: skip

    assert found.rulings == {
        Ruling(APPLY, "", "bids"): 2,
        Ruling(HOLD, "LIMIT_PASSED", "bids"): 1,
        Ruling(HOLD, "LIMIT_UNKNOWN", "bids"): 1,
        Ruling(HOLD, "POLICY_HOLD", "budgets"): 1,
        Ruling(IGNORE, "", "states"): 1,
        Ruling(APPLY, "", ""): 1,
    }
    assert found.recommendations == 7


def test_money_is_summed_by_account_and_verdict() -> None:
    """Differences of bids and of budgets apart, with their signs."""
    other = advertiser(2, marketplace="DE")
    found = rehearsed(
        bid(1, 1.2), bid(2, "1.50"), bid(1, 9), budget(100, 180.5), bid(3, 3.3, advertiser=other)
    )

    us, de = advertiser(), other
    assert found.accounts == {
        (us, APPLY): Money(recommendations=2, bids=Decimal("-0.3")),
        (us, HOLD): Money(recommendations=2, bids=Decimal(8), budgets=Decimal("80.5")),
        (de, APPLY): Money(recommendations=1, bids=Decimal("0.3")),
    }


def test_what_is_new_is_summed_apart() -> None:
    """There is nothing to take from it."""
    found = rehearsed(bid(None, 1.5), bid(None, 2), budget(None, 50), by=DEFAULT_POLICY)

    assert found.accounts == {
        (advertiser(), APPLY): Money(
            recommendations=3, new_bids=Decimal("3.5"), new_budgets=Decimal(50)
        )
    }


def test_what_cannot_be_computed_is_counted() -> None:
    """Once a recommendation; its other numbers are summed all the same."""
    increase = {"budget_rules": [{"rule_id": "r", "increase_by": "20%"}]}
    found = rehearsed(
        recommendation(current_settings=bids(1, 1), recommended_settings=bids("odd", 2)),
        recommendation(recommended_settings={"budget": increase}),
        recommendation(),
        by=DEFAULT_POLICY,
    )

    assert found.accounts == {
        (advertiser(), APPLY): Money(recommendations=3, bids=Decimal(1), unknown=3)
    }


def test_the_mode_makes_no_difference() -> None:
    """It is a rehearsal: what DRY_RUN would hold, it would hold altogether."""
    dry = policy(mode="DRY_RUN")

    assert rehearsed(bid(1, 2), by=dry) == rehearsed(bid(1, 2), by=DEFAULT_POLICY)


def test_expired_is_taken_for_what_it_was() -> None:
    """It would have been sent before."""
    found = rehearsed(bid(1, 1.1, expiry_date=NOW - HOUR))

    assert found.rulings == {Ruling(APPLY, "", "bids"): 1}


def test_campaigns_are_paced_by_when_each_was_published() -> None:
    """In whatever order they come; campaigns of other accounts or names do not count."""
    paced = policy(rule("paced", limits={"coolDownHours": 24}))
    moments = {"rec-3": 25, "rec-2": 23, "rec-1": 0, "rec-4": 48}
    same = [
        bid(1, 2, name, published_date=PUBLISHED + hours * HOUR) for name, hours in moments.items()
    ]
    others = [
        bid(1, 2, "rec-5", advertiser=advertiser(2), published_date=PUBLISHED),
        bid(1, 2, "rec-6", campaign_id="another", published_date=PUBLISHED),
        bid(1, 2, "rec-7", published_date=None),
    ]

    found = rehearsed(*same, *others, by=paced)

    assert found.rulings == {
        Ruling(APPLY, "", "paced"): 5,
        Ruling(HOLD, "COOLING_DOWN", "paced"): 2,
    }
    assert found.accounts[advertiser(), HOLD] == Money(recommendations=2, bids=Decimal(2))


def test_no_more_a_day_than_the_rule_lets_through() -> None:
    """The third of one day is held."""
    paced = policy(rule("paced", limits={"maxApplicationsPerCampaignPerDay": 2}))

    found = rehearsed(
        *(bid(1, 2, f"rec-{hour}", published_date=PUBLISHED + hour * HOUR) for hour in range(3)),
        by=paced,
    )

    assert found.rulings == {
        Ruling(APPLY, "", "paced"): 2,
        Ruling(HOLD, "DAILY_LIMIT", "paced"): 1,
    }


def test_what_was_let_through_may_go_again() -> None:
    """Published anew, it is counted once for its campaign, as the ledger does."""
    paced = policy(rule("paced", limits={"coolDownHours": 24}))
    again = [bid(1, 2, published_date=PUBLISHED + hours * HOUR) for hours in (0, 1)]

    assert rehearsed(*again, by=paced).rulings == {Ruling(APPLY, "", "paced"): 2}


def test_a_rule_that_is_not_in_force_yet_decides_nothing() -> None:
    """The policy is tried as it would be now."""
    later = rule("later", "IGNORE", notBefore="2026-11-10T12:00:01Z")
    now = rule("now", "HOLD", notBefore="2026-11-10T12:00:00Z")

    assert rehearsed(bid(1, 2), by=policy(later, now)).rulings == {
        Ruling(HOLD, "POLICY_HOLD", "now"): 1
    }


def test_what_names_no_campaign_cannot_be_paced() -> None:
    """It is held, as the spine does."""
    paced = policy(rule("paced", limits={"coolDownHours": 24}))

    assert rehearsed(bid(1, 2, campaign_id=None), by=paced).rulings == {
        Ruling(HOLD, "LIMIT_UNKNOWN", "paced"): 1
    }


cents = st.integers(1, 10_000).map(lambda number: number / 100)
kinds = st.sampled_from(["KEYWORD_BID", "CAMPAIGN_BUDGET", "CAMPAIGN_STATE"])
accounts = st.sampled_from([advertiser(1), advertiser(2, marketplace="DE"), advertiser(3)])


@given(drawn=st.lists(st.tuples(kinds, accounts, cents, cents), max_size=30))
def test_totals_are_those_of_a_recount(drawn: list[Any]) -> None:
    """Which knows the one limit there is, and nothing of how changes are found."""
    made = [
        budget(before, after, advertiser=account)
        if kind == "CAMPAIGN_BUDGET"
        else bid(before, after, type=kind, advertiser=account)
        for kind, account, before, after in drawn
    ]
    expected: Counter[str] = Counter()
    sums: defaultdict[Any, Decimal] = defaultdict(Decimal)
    for kind, account, before, after in drawn:
        old, new = Decimal(str(before)), Decimal(str(after))
        verdict = {"CAMPAIGN_BUDGET": HOLD, "CAMPAIGN_STATE": IGNORE}.get(kind, APPLY)
        if verdict is APPLY and new > old * Decimal("1.3"):
            verdict = HOLD
        expected[verdict] += 1
        sums[account, verdict, kind == "CAMPAIGN_BUDGET"] += new - old

    found = rehearsed(*made)

    by_verdict: Counter[str] = Counter()
    for ruling, count in found.rulings.items():
        by_verdict[ruling.verdict] += count
    assert by_verdict == expected
    for (account, verdict), money in found.accounts.items():
        assert money.bids == sums[account, verdict, False]
        assert money.budgets == sums[account, verdict, True]

"""What holds for every policy and every recommendation."""

import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.policy import DecisionVerdict, decide
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW, recommendation
from tests.unit.domain.documents import json_values, mutated
from tests.unit.domain.policies import document, policy, rule

APPLY: Final = DecisionVerdict.APPLY
TYPES: Final = ("KEYWORD_BID", "CAMPAIGN_BUDGET", "NEW_CAMPAIGN", "KEYWORD_STATE")
CAMPAIGNS: Final = ("1", "2")

# Few numbers, so that they meet each other and the limits.
numbers: Final = st.sampled_from(
    [None, 0, 1, "1.00", 1.5, "1.51", 2, 3, "1,000", 1_499.99, "1500", 1e30, -1, "abc", True]
)
plain_numbers: Final = st.sampled_from([0.01, 1, 1.5, "1.51", "2.00", 3, 10, "1,000.5"])
limit_values: Final = st.sampled_from([0, 1, 1.5, 2, 49.9, 50, 100, 1000])


@st.composite
def settings(draw: st.DrawFn, drawn: st.SearchStrategy[Any] = numbers) -> dict[str, Any]:
    """Draw settings with a budget, a rule of it, and ad groups with targets."""
    percent = draw(st.sampled_from([None, "0%", "25%", "50 PERCENT", "50"]))
    targets = draw(
        st.lists(
            st.fixed_dictionaries({"target_id": st.sampled_from(["7", "8", "9"]), "bid": drawn}),
            max_size=3,
            unique_by=lambda target: target["target_id"],
        )
    )
    budget = {
        "amount": draw(drawn),
        "budget_rules": [] if percent is None else [{"rule_id": "1", "increase_by": percent}],
    }
    return {
        "budget": budget,
        "ad_groups": [{"adgroup_id": "17", "bid": draw(drawn), "targets": targets}],
    }


@st.composite
def recommendations(draw: st.DrawFn, drawn: st.SearchStrategy[Any] | None = None) -> Recommendation:
    """Draw a recommendation of a few types and campaigns."""
    of = mutated(settings()) if drawn is None else settings(drawn)
    return recommendation(
        type=draw(st.sampled_from(TYPES)),
        campaign_id=draw(st.sampled_from([*CAMPAIGNS, None])),
        recommended_settings=draw(of),
        current_settings=draw(of),
    )


LIMIT_NAMES: Final = ("maxIncreasePercent", "maxDecreasePercent", "maxBid", "maxBudget")

rules: Final = st.fixed_dictionaries(
    {"decision": st.sampled_from(["APPLY", "APPLY", "APPLY", "HOLD", "IGNORE"])},
    optional={
        "match": st.fixed_dictionaries(
            {},
            optional={
                "type": st.lists(st.sampled_from(TYPES), min_size=1, max_size=3),
                "campaignId": st.lists(st.sampled_from(CAMPAIGNS), min_size=1, max_size=2),
            },
        ),
        "limits": st.dictionaries(st.sampled_from(LIMIT_NAMES), limit_values)
        | st.fixed_dictionaries(
            {}, optional={"maxBid": limit_values, "coolDownHours": st.sampled_from([1, 24])}
        ),
        "allowNew": st.dictionaries(
            st.sampled_from(["maxBid", "maxBudget"]), limit_values, min_size=1
        ),
        "notBefore": st.sampled_from([NOW - timedelta(days=1), NOW + timedelta(days=1)]).map(
            lambda moment: moment.isoformat()
        ),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a policy, as it is written."""
    drawn = draw(st.lists(rules, max_size=3))
    return document(
        *({"name": f"rule {number}"} | each for number, each in enumerate(drawn)),
        default=draw(st.sampled_from(["APPLY", "APPLY", "HOLD"])),
        protectedCampaigns=draw(st.lists(st.sampled_from(CAMPAIGNS), max_size=1)),
    )


# --- A stricter policy ---------------------------------------------------------------------------


def protect(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Protect one campaign more."""
    by["protectedCampaigns"].append(draw(st.sampled_from(CAMPAIGNS)))


def hold_by_default(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Hold what no rule matches."""
    del draw
    by["default"] = "HOLD"


def hold_in_front(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Put a rule that holds, or one that lets go, before all others."""
    first = draw(rules.filter(lambda each: each["decision"] != "APPLY"))
    by["rules"].insert(0, {"name": "in front"} | first)


def apply_no_more(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Let one rule apply nothing."""
    if by["rules"]:
        draw(st.sampled_from(by["rules"]))["decision"] = draw(st.sampled_from(["HOLD", "IGNORE"]))


def lower_a_limit(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Lower or add a limit of one rule."""
    if by["rules"]:
        limits = draw(st.sampled_from(by["rules"])).setdefault("limits", {})
        name = draw(st.sampled_from(LIMIT_NAMES))
        limits[name] = min(limits.get(name, 10**9), draw(limit_values))


def slow_down(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Let one rule be used less often."""
    if by["rules"]:
        limits = draw(st.sampled_from(by["rules"])).setdefault("limits", {})
        limits["maxApplicationsPerCampaignPerDay"] = 1


def allow_less_that_is_new(by: dict[str, Any], draw: st.DrawFn) -> None:
    """Lower what one rule allows of new things, or allow them no more."""
    if by["rules"]:
        one = draw(st.sampled_from(by["rules"]))
        allowed = one.get("allowNew", {})
        for name in allowed:
            allowed[name] = min(allowed[name], draw(limit_values))
        # Without any limit, what is new needs no allowance.
        if set(LIMIT_NAMES) & one.get("limits", {}).keys() and draw(st.booleans()):
            one.pop("allowNew", None)


STRICTER: Final[list[Callable[[dict[str, Any], st.DrawFn], None]]] = [
    protect, hold_by_default, hold_in_front, apply_no_more, lower_a_limit, slow_down,
    allow_less_that_is_new,
]  # fmt: skip


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a policy, and the same made stricter in one way or several."""
    one = draw(documents())
    stricter = copy.deepcopy(one)
    for change in draw(st.lists(st.sampled_from(STRICTER), min_size=1, max_size=3, unique=True)):
        change(stricter, draw)
    return one, stricter


@given(pair=pairs(), one=recommendations() | recommendations(plain_numbers))
def test_a_stricter_policy_never_applies_more(
    pair: tuple[dict[str, Any], dict[str, Any]], one: Recommendation
) -> None:
    """What it applies, the policy that it was made from applies as well."""
    before, after = (decide(one, policy(*each["rules"], **each), now=NOW) for each in pair)

    if after.verdict is APPLY:
        assert before.verdict is APPLY


# --- Limits --------------------------------------------------------------------------------------


def exact(raw: Any) -> Fraction | None:
    """Read a number in the simplest way there is."""
    return None if raw is None else Fraction(str(raw).replace(",", ""))


def share(raw: str | None) -> Fraction:
    """Read by how much a rule raises a budget."""
    return Fraction((raw or "0%").removesuffix("%").removesuffix(" PERCENT")) / 100


def recount(one: Recommendation) -> Iterator[tuple[str, Fraction | None, Fraction]]:
    """List every bid and budget of the raw settings that would be sent, and what it is now.

    With the name of its maximum, which is "untold" for a share of a budget that is not told.
    """
    there, here = one.settings.recommended or {}, one.settings.current or {}
    (group,), (current,) = there["ad_groups"], here["ad_groups"]
    bids = {target["target_id"]: target["bid"] for target in current["targets"]}
    rows = [("maxBid", group["bid"], current["bid"])]
    rows += [("maxBid", each["bid"], bids.get(each["target_id"])) for each in group["targets"]]
    now, then = here["budget"]["amount"], there["budget"]["amount"]
    rows.append(("maxBudget", then, now))
    for maximum, raw_after, raw_before in rows:
        before, after = exact(raw_before), exact(raw_after)
        if after is not None and before != after:
            yield maximum, before, after
    raised, allowed = (
        each["budget"]["budget_rules"][0]["increase_by"] if each["budget"]["budget_rules"] else None
        for each in (there, here)
    )
    less, more = share(allowed), share(raised)
    if raised is None or less == more:
        return
    before, after = exact(now), exact(now if then is None else then)
    if after is None:
        yield "untold", 1 + (less if less > more else Fraction(0)), 1 + more
    elif before is None:
        yield "maxBudget", None, after * (1 + more)
    else:
        least = before * (1 + less) if less > more else min(before, after)
        yield "maxBudget", least, after * (1 + more)


@given(
    one=recommendations(plain_numbers | st.none()),
    limits=st.dictionaries(st.sampled_from(LIMIT_NAMES), limit_values, min_size=1),
    allow_new=st.none() | st.fixed_dictionaries(
        {}, optional={"maxBid": limit_values, "maxBudget": limit_values}
    ).filter(bool),
)  # fmt: skip
def test_no_limit_is_passed_by_what_is_applied(
    one: Recommendation, limits: dict[str, float], allow_new: dict[str, float] | None
) -> None:
    """Recounted from the raw settings, number by number."""
    by = policy(rule(limits=limits, allowNew=allow_new))
    if decide(one, by, now=NOW).verdict is not APPLY:
        return

    for maximum, before, after in recount(one):
        assert maximum != "untold" or "maxBudget" not in limits
        if maximum in limits:
            assert after <= exact(limits[maximum])  # type: ignore[operator] # a number was given
        if before is None:
            assert allow_new is not None
            assert after <= exact(allow_new[maximum])  # type: ignore[operator] # the same
        elif after > before and "maxIncreasePercent" in limits:
            assert (after - before) * 100 <= before * Fraction(str(limits["maxIncreasePercent"]))
        elif after < before and "maxDecreasePercent" in limits:
            assert (before - after) * 100 <= before * Fraction(str(limits["maxDecreasePercent"]))


@given(one=recommendations(plain_numbers), limits=st.lists(limit_values, min_size=4, max_size=4))
def test_what_passes_no_limit_is_applied(one: Recommendation, limits: list[float]) -> None:
    """As long as everything can be computed: the limits hold nothing else."""
    by = policy(
        rule(
            limits=dict(zip(LIMIT_NAMES, limits, strict=True)),
            allowNew={"maxBid": limits[2], "maxBudget": limits[3]},
        )
    )
    found = decide(one, by, now=NOW)
    if found.reason is not None and found.reason.name != "LIMIT_PASSED":
        return

    increase, decrease = (Fraction(str(limit)) for limit in limits[:2])
    maximums = {"maxBid": Fraction(str(limits[2])), "maxBudget": Fraction(str(limits[3]))}
    beyond = [
        (maximum, before, after)
        for maximum, before, after in recount(one)
        if after > maximums[maximum]
        or (before is not None and (after - before) * 100 > before * increase)
        or (before is not None and (before - after) * 100 > before * decrease)
    ]
    assert (found.verdict is APPLY) == (not beyond)


# --- Whatever comes ------------------------------------------------------------------------------


@given(
    by=documents(),
    recommended=mutated(settings()) | st.dictionaries(st.text(), json_values),
    current=mutated(settings()) | st.none(),
    kind=st.text() | st.sampled_from(TYPES),
)
def test_a_decision_is_made_whatever_the_settings_hold(
    by: dict[str, Any], recommended: object, current: object, kind: str
) -> None:
    """Always the same one, with a reason exactly where it is held, in one line."""
    one = recommendation(
        type=kind, campaign_id="1", recommended_settings=recommended, current_settings=current
    )

    found = decide(one, policy(*by["rules"], **by), now=NOW)

    assert found == decide(one, policy(*by["rules"], **by), now=NOW)
    assert (found.reason is not None) == (found.verdict is DecisionVerdict.HOLD)
    assert bool(found.detail) == (found.verdict is not APPLY)
    assert found.detail.isprintable()
    assert len(found.detail) < 2_000
    assert found.pacing is None or found.verdict is APPLY


@given(by=documents(), one=recommendations())
def test_the_rule_that_decides_is_the_first_that_matches(
    by: dict[str, Any], one: Recommendation
) -> None:
    """Found by asking each rule alone, and none matches where the default decided."""
    whole = policy(*by["rules"], **by)
    matching = [each.name for each in whole.rules if each.matches(one, NOW)]

    assert decide(one, whole, now=NOW).rule == (matching[0] if matching else None)

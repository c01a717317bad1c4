"""What a policy says, and what it must not say."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.policy import (
    ApplyPolicy,
    CampaignPacing,
    Decision,
    DecisionVerdict,
    decide,
    read_policy,
)
from recommendation_applier.domain.reasons import HeldReason
from tests.builders import NOW, advertiser, recommendation
from tests.unit.domain.policies import LIMITS, bids, changed, decided, document, policy, rule

SECOND = timedelta(seconds=1)
CAMPAIGN = "210000000000001"

EVERYTHING: dict[str, Any] = document(
    rule(
        "bids",
        match={
            "type": ["KEYWORD_BID"],
            "adProduct": ["SP", "SB"],
            "marketplace": ["US"],
            "advertiserId": ["A0000000000001"],
            "entityId": ["ENTITY0000000000001"],
            "campaignId": [CAMPAIGN],
        },
        limits=LIMITS | {"maxApplicationsPerCampaignPerDay": 3, "coolDownHours": 1.5},
        allowNew={"maxBid": 0.75, "maxBudget": 50},
        notBefore="2026-11-01T00:00:00Z",
        notAfter="2026-12-01T00:00:00Z",
    ),
    rule("rest", "HOLD"),
    default="HOLD",
    protectedCampaigns=["1", "2"],
)


# --- Reading -------------------------------------------------------------------------------------


def test_the_default_policy_applies_everything() -> None:
    """It is the one of the interface, to the letter."""
    text = '{"version":1,"mode":"APPLY","default":"APPLY","rules":[]}'

    assert read_policy(text) == DEFAULT_POLICY
    assert DEFAULT_POLICY.model_dump_json(by_alias=True, exclude_defaults=True) == text


def test_everything_that_a_policy_can_say_is_read() -> None:
    """Numbers exactly, moments in UTC."""
    read = read_policy(json.dumps(EVERYTHING))

    first = read.rules[0]
    assert (read.version, read.mode, read.default) == (1, "APPLY", "HOLD")
    assert read.protected_campaigns == ("1", "2")
    assert first.match.ad_product == ("SP", "SB")
    assert first.limits is not None
    assert first.limits.max_increase_percent == Decimal(50)
    assert first.limits.cool_down_hours == Decimal("1.5")
    assert first.allow_new is not None
    assert first.allow_new.max_bid == Decimal("0.75")
    assert first.not_before == datetime(2026, 11, 1, tzinfo=UTC)
    assert (read.rules[1].limits, read.rules[1].match.type) == (None, None)


def test_a_policy_is_written_as_it_is_read() -> None:
    """Field by field, and numbers as numbers: what a command shows can be stored again."""
    read = read_policy(json.dumps(EVERYTHING))

    written = read.model_dump_json(by_alias=True, exclude_defaults=True)

    assert json.loads(written) == EVERYTHING
    assert '"maxIncreasePercent":50,' in written
    assert read_policy(read.model_dump_json(by_alias=True)) == read


def test_a_moment_is_the_same_in_every_zone() -> None:
    """An offset says as much as a Z."""
    one = policy(rule(notBefore="2026-11-27T00:00:00-08:00"))
    other = policy(rule(notBefore="2026-11-27T08:00:00Z"))

    assert one == other
    assert one.rules[0].not_before == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert one.rules[0].not_before.tzinfo is UTC


@pytest.mark.parametrize("zero", [0, 0.0])
def test_a_limit_may_be_nought(zero: float) -> None:
    """Nothing may rise then."""
    assert policy(rule(limits={"maxIncreasePercent": zero})).rules[0].limits is not None


def test_a_limit_may_be_as_high_as_anybody_wants() -> None:
    """Up to where it is surely a slip."""
    limits = {"maxBudget": 1_000_000_000_000, "coolDownHours": 8_760}

    assert policy(rule(limits=limits)).rules[0].limits is not None


@pytest.mark.parametrize("decision", ["HOLD", "IGNORE"])
def test_limits_may_stay_where_they_decide_nothing(decision: str) -> None:
    """Whoever stops a rule for a weekend changes one word, and changes it back."""
    assert policy(rule(decision=decision, limits=LIMITS, allowNew={"maxBid": 1})).rules


@pytest.mark.parametrize("nothing", [{"limits": {}}, {"match": {}}, {"limits": None}])
def test_an_object_without_fields_is_one_that_is_absent(nothing: dict[str, Any]) -> None:
    """It limits nothing, and matches everything."""
    by = policy(rule(**nothing), default="HOLD")

    assert decided(by, bids(999), bids(1)).verdict is DecisionVerdict.APPLY


NUMBER = "must be a number from 0 to 1000000000000"
ID = "must be a string of 1 to 256 printable characters without spaces around it"
MOMENT = "must be a date and time with its zone, such as '2026-11-27T00:00:00Z'"
VERSION = "must be 1, the only version that is known"
CODE = "must match pattern '^[A-Z][A-Z0-9_]*$'"
ARRAY, OBJECT, INTEGER = (
    f"must be {each}" for each in ("an array", "an object", "a valid integer")
)
ELEMENT = "must have one element at least"
HOURS = "must be above 0 and at most 8760"
DAILY = "maxApplicationsPerCampaignPerDay"


@pytest.mark.parametrize(
    ("changes", "said", "rule_of_it"),
    [
        ({"version": 2}, "version is 2", VERSION),
        ({"version": True}, "version is true", VERSION),
        ({"version": 1.0}, "version is 1.0", VERSION),
        ({"version": "1"}, "version is '1'", VERSION),
        ({"mode": "apply"}, "mode is 'apply'", "must be 'APPLY' or 'DRY_RUN'"),
        ({"mode": None}, "mode is null", "must be 'APPLY' or 'DRY_RUN'"),
        ({"default": "IGNORE"}, "default is 'IGNORE'", "must be 'APPLY' or 'HOLD'"),
        ({"rules": {}}, "rules is an object", ARRAY),
        ({"rules": None}, "rules is null", ARRAY),
        ({"rules": ["bids"]}, "rules[0] is 'bids'", OBJECT),
        ({"protectedCampaigns": "1"}, "protectedCampaigns is '1'", ARRAY),
        ({"protectedCampaigns": ["1", 2]}, "protectedCampaigns[1] is 2", ID),
        (
            {"rules": [rule("a"), rule("b"), rule("b")]},
            "rules is an array",
            "must have a name of its own for each rule; 'b' is there twice",
        ),
    ],
)
def test_a_policy_that_is_not_understood_is_refused(
    changes: Any, said: str, rule_of_it: str
) -> None:
    """The sentence names the field, what it is and what it must be."""
    with pytest.raises(PolicyError) as refused:
        policy(**changes)

    assert str(refused.value) == f"the policy cannot be used: {said}; it {rule_of_it}"


@pytest.mark.parametrize(
    ("changes", "said", "rule_of_it"),
    [
        ({"name": ""}, "name is ''", ID),
        ({"name": " bids"}, "name is ' bids'", ID),
        ({"name": 1}, "name is 1", ID),
        ({"decision": "DROP"}, "decision is 'DROP'", "must be 'APPLY', 'HOLD' or 'IGNORE'"),
        ({"match": []}, "match is an empty array", OBJECT),
        ({"match": {"type": []}}, "match.type is an empty array", ELEMENT),
        ({"match": {"campaignId": []}}, "match.campaignId is an empty array", ELEMENT),
        ({"match": {"adProduct": "SP"}}, "match.adProduct is 'SP'", ARRAY),
        ({"match": {"type": ["keyword_bid"]}}, "match.type[0] is 'keyword_bid'", CODE),
        (
            {"match": {"marketplace": ["us"]}},
            "match.marketplace[0] is 'us'",
            "must match pattern '^[A-Z]{2}$'",
        ),
        ({"match": {"entityId": ["A", ""]}}, "match.entityId[1] is ''", ID),
        ({"match": {"campaignId": [21]}}, "match.campaignId[0] is 21", ID),
        ({"match": {"advertiserId": [None]}}, "match.advertiserId[0] is null", ID),
        ({"limits": {"maxBid": -1}}, "limits.maxBid is -1", NUMBER),
        ({"limits": {"maxBid": "5"}}, "limits.maxBid is '5'", NUMBER),
        ({"limits": {"maxBid": True}}, "limits.maxBid is true", NUMBER),
        ({"limits": {"maxBudget": 1e12 + 1}}, "limits.maxBudget is 1000000000001.0", NUMBER),
        ({"limits": {"maxBudget": 10**400}}, "limits.maxBudget is 1.000e+400", NUMBER),
        ({"limits": {"maxBudget": []}}, "limits.maxBudget is an empty array", NUMBER),
        ({"limits": {DAILY: 0}}, f"limits.{DAILY} is 0", "must be greater than or equal to 1"),
        ({"limits": {DAILY: 1.0}}, f"limits.{DAILY} is 1.0", INTEGER),
        ({"limits": {DAILY: True}}, f"limits.{DAILY} is true", INTEGER),
        ({"limits": {"coolDownHours": 0}}, "limits.coolDownHours is 0", HOURS),
        ({"limits": {"coolDownHours": 8760.5}}, "limits.coolDownHours is 8760.5", HOURS),
        ({"limits": {"coolDownHours": "1"}}, "limits.coolDownHours is '1'", NUMBER),
        ({"allowNew": {}}, "allowNew is an object", "must have maxBid, maxBudget or both"),
        ({"allowNew": {"maxBid": -0.5}}, "allowNew.maxBid is -0.5", NUMBER),
        ({"allowNew": True}, "allowNew is true", OBJECT),
        ({"notBefore": "2026-11-27"}, "notBefore is '2026-11-27'", MOMENT),
        ({"notBefore": "2026-11-27T00:00"}, "notBefore is '2026-11-27T00:00'", MOMENT),
        ({"notAfter": "Friday"}, "notAfter is 'Friday'", MOMENT),
        ({"notAfter": 1795737600}, "notAfter is 1795737600", MOMENT),
        ({"notAfter": "9999-12-31T23:00-08:00"}, "notAfter is '9999-12-31T23:00-08:00'", MOMENT),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_understood_is_refused(changes: Any, said: str, rule_of_it: str) -> None:
    """The sentence names its place in the list as well."""
    with pytest.raises(PolicyError) as refused:
        policy(rule("first"), rule() | changes)

    assert str(refused.value) == f"the policy cannot be used: rules[1].{said}; it {rule_of_it}"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rule": []}, "rule"),
        ({"protected_campaigns": []}, "protected_campaigns"),
        ({"a\nb": 1}, "a?b"),
        ({"rules": [rule(limts={})]}, "rules[0].limts"),
        ({"rules": [rule(allow_new={"maxBid": 1})]}, "rules[0].allow_new"),
        ({"rules": [rule(match={"types": ["A"]})]}, "rules[0].match.types"),
        ({"rules": [rule(limits={"max_bid": 1})]}, "rules[0].limits.max_bid"),
        ({"rules": [rule(allowNew={"maxBid": 1, "maxbudget": 1})]}, "rules[0].allowNew.maxbudget"),
    ],
)
def test_a_field_that_is_not_known_is_refused(changes: Any, named: str) -> None:
    """A misspelt limit would limit nothing."""
    with pytest.raises(PolicyError) as refused:
        policy(**changes)

    assert str(refused.value) == (
        f"the policy cannot be used: {named} is no field of a policy "
        "(policy.schema.json lists them all)"
    )


def test_a_window_ends_after_it_begins() -> None:
    """Else the rule would match nothing, ever."""
    moment = "2026-11-27T00:00:00Z"

    assert policy(rule(notBefore=moment, notAfter=moment)).rules
    with pytest.raises(
        PolicyError, match=r"rules\[0\] is an object; it must not have its notAfter before its not"
    ):
        policy(rule(notBefore=moment, notAfter="2026-11-27T00:59:59+01:00"))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Whoever mends a policy mends it once."""
    with pytest.raises(PolicyError) as refused:
        read_policy(
            '{"version": 2, "rules": [{"match": {"type": [7]}, "limits": {"maxBid": "x"}}]}'
        )

    assert str(refused.value) == (
        "the policy cannot be used: version is 2; it must be 1, the only version that is known; "
        "mode is missing; default is missing; rules[0].name is missing; rules[0].match.type[0] is "
        f"7; it must be a valid string; rules[0].decision is missing; rules[0].limits.maxBid is "
        f"'x'; it {NUMBER}"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "the policy is an empty array; it must be an object"),
        ("null", "the policy is null; it must be an object"),
        ("APPLY", "it is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"version": 1, "version": 1}', "it is not JSON: 'version' is there twice in one object"),
        ('{"version": NaN}', "it is not JSON: NaN is no number"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, sentence: str) -> None:
    """Nothing of it is used."""
    with pytest.raises(PolicyError) as refused:
        read_policy(text)

    assert str(refused.value) == f"the policy cannot be used: {sentence}"


def test_a_policy_can_be_made_without_a_text() -> None:
    """By the names of Python or of the text, and just as strictly."""
    by = ApplyPolicy(version=1, mode="DRY_RUN", default="HOLD", rules=())

    assert by == read_policy('{"version": 1, "mode": "DRY_RUN", "default": "HOLD", "rules": []}')
    with pytest.raises(ValidationError, match="version"):
        ApplyPolicy.model_validate(EVERYTHING | {"version": 2})


def test_a_moment_can_be_given_as_one() -> None:
    """One without a zone is refused as well."""
    fields = EVERYTHING["rules"][1] | {"not_before": NOW}

    made = ApplyPolicy.model_validate(EVERYTHING | {"rules": [fields]})

    assert made.rules[0].not_before == NOW
    with pytest.raises(ValidationError, match="with its zone"):
        ApplyPolicy.model_validate(
            EVERYTHING | {"rules": [fields | {"not_before": NOW.replace(tzinfo=None)}]}
        )


def test_a_limit_is_exact_however_it_is_given() -> None:
    """A tenth is a tenth, and not the nearest thing that a computer has."""
    made = ApplyPolicy.model_validate(document(rule(limits={"maxBid": 0.1})))

    assert made.rules[0].limits is not None
    assert made.rules[0].limits.max_bid == Decimal("0.1")


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_a_limit_is_a_number_however_it_is_given(limit: object) -> None:
    """Nothing is ever above one that is not."""
    with pytest.raises(ValidationError, match=NUMBER):
        ApplyPolicy.model_validate(document(rule(limits={"maxBid": limit})))


# --- Which rule decides --------------------------------------------------------------------------


def test_the_first_rule_that_matches_decides() -> None:
    """Those behind it are not asked, however strict they are."""
    by = policy(
        rule("other", "IGNORE", match={"type": ["CAMPAIGN_BUDGET"]}),
        rule("first", "APPLY"),
        rule("second", "HOLD"),
        default="HOLD",
    )

    assert decided(by, bids(2), bids(1)) == Decision(verdict=DecisionVerdict.APPLY, rule="first")


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("APPLY", Decision(verdict=DecisionVerdict.APPLY)),
        (
            "HOLD",
            Decision(
                verdict=DecisionVerdict.HOLD,
                reason=HeldReason.POLICY_HOLD,
                detail="no rule matches, and the default says HOLD",
            ),
        ),
    ],
)
def test_without_a_rule_the_default_decides(default: str, expected: Decision) -> None:
    """No rule is named then."""
    by = policy(rule(match={"type": ["CAMPAIGN_BUDGET"]}), default=default)

    assert decided(by, bids(2), bids(1)) == expected


def test_a_rule_can_hold_or_let_go() -> None:
    """Whatever the recommendation would change."""
    held = decided(policy(rule("see", "HOLD")), bids(1), bids(1))
    ignored = decided(policy(rule("old", "IGNORE")), None)

    assert held == Decision(
        verdict=DecisionVerdict.HOLD,
        rule="see",
        reason=HeldReason.POLICY_HOLD,
        detail="rule 'see' says HOLD",
    )
    assert ignored == Decision(
        verdict=DecisionVerdict.IGNORE, rule="old", detail="rule 'old' says IGNORE"
    )


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ({}, True),
        ({"type": ["CAMPAIGN_BUDGET", "KEYWORD_BID"]}, True),
        ({"type": ["CAMPAIGN_BUDGET"]}, False),
        ({"type": ["KEYWORD"]}, False),
        ({"adProduct": ["SB", "SP"]}, True),
        ({"adProduct": ["SB"]}, False),
        ({"marketplace": ["DE", "US"]}, True),
        ({"marketplace": ["DE"]}, False),
        ({"advertiserId": ["A0000000000001"]}, True),
        ({"advertiserId": ["ENTITY0000000000001"]}, False),
        ({"entityId": ["ENTITY0000000000001"]}, True),
        ({"entityId": ["A0000000000001"]}, False),
        ({"campaignId": [CAMPAIGN]}, True),
        ({"campaignId": ["21"]}, False),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SP"], "marketplace": ["US"]}, True),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SP"], "marketplace": ["DE"]}, False),
        ({"type": ["KEYWORD_BID"], "adProduct": ["SD"], "marketplace": ["US"]}, False),
    ],
)
def test_a_rule_matches_what_all_its_lists_name(match: dict[str, Any], *, matches: bool) -> None:
    """Each list by the value that has its name."""
    by = policy(rule(match=match), default="HOLD")

    verdict = DecisionVerdict.APPLY if matches else DecisionVerdict.HOLD
    assert decide(recommendation(), by, now=NOW).verdict is verdict


@pytest.mark.parametrize(
    ("field", "name"),
    [("type", "type"), ("ad_product", "adProduct"), ("campaign_id", "campaignId")],
)
def test_what_has_no_value_is_in_no_list(field: str, name: str) -> None:
    """A rule for some is not one for those of whom nothing is known."""
    by = policy(rule("some", "IGNORE", match={name: ["SP"]}))
    unknown: dict[str, Any] = {field: None}

    assert decide(recommendation(**unknown), by, now=NOW).rule is None


@pytest.mark.parametrize("here", ["UK", "GB"])
@pytest.mark.parametrize("named", [["UK"], ["GB"], ["UK", "GB"], ["DE", "GB"]])
def test_the_united_kingdom_is_one_marketplace(here: str, named: list[str]) -> None:
    """By whichever of its two codes a message and a policy call it."""
    by = policy(rule(match={"marketplace": named}), default="HOLD")

    assert decide(
        recommendation(advertiser=advertiser(marketplace=here)), by, now=NOW
    ).verdict is DecisionVerdict.APPLY  # fmt: skip


@pytest.mark.parametrize("here", ["UK", "GB"])
def test_the_united_kingdom_is_no_other_marketplace(here: str) -> None:
    """A rule for others is not for it."""
    by = policy(rule(match={"marketplace": ["DE", "US"]}), default="HOLD")

    found = decide(recommendation(advertiser=advertiser(marketplace=here)), by, now=NOW)

    assert found.verdict is DecisionVerdict.HOLD


@pytest.mark.parametrize(
    ("window", "matches"),
    [
        ({"notBefore": NOW}, True),
        ({"notBefore": NOW + SECOND}, False),
        ({"notBefore": NOW - SECOND}, True),
        ({"notAfter": NOW}, True),
        ({"notAfter": NOW + SECOND}, True),
        ({"notAfter": NOW - SECOND}, False),
        ({"notBefore": NOW - SECOND, "notAfter": NOW + SECOND}, True),
        ({"notBefore": NOW - 2 * SECOND, "notAfter": NOW - SECOND}, False),
        ({"notBefore": NOW + SECOND, "notAfter": NOW + 2 * SECOND}, False),
    ],
)
def test_a_rule_matches_within_its_window(window: dict[str, datetime], *, matches: bool) -> None:
    """The first and the last moment are within."""
    by = policy(rule("window", **{name: when.isoformat() for name, when in window.items()}))

    assert decide(recommendation(), by, now=NOW).rule == ("window" if matches else None)


# --- Protected campaigns -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "name"),
    [([], None), ([rule("all")], "all"), ([rule("see", "HOLD")], "see")],
)
def test_a_protected_campaign_is_held(rules: list[dict[str, Any]], name: str | None) -> None:
    """Whatever a rule or the default says."""
    by = policy(*rules, protectedCampaigns=["1", CAMPAIGN])

    assert decided(by, bids(1), bids(1)) == Decision(
        verdict=DecisionVerdict.HOLD,
        rule=name,
        reason=HeldReason.PROTECTED_CAMPAIGN,
        detail=f"campaign {CAMPAIGN} is among the protectedCampaigns",
    )


def test_what_is_ignored_is_not_kept_for_its_campaign() -> None:
    """Nobody is to look at it."""
    by = policy(rule(decision="IGNORE"), protectedCampaigns=[CAMPAIGN])

    assert decided(by, bids(1)).verdict is DecisionVerdict.IGNORE


@pytest.mark.parametrize("campaign", ["21", None])
def test_other_campaigns_are_not_protected(campaign: str | None) -> None:
    """Nor is what names none."""
    by = policy(protectedCampaigns=[CAMPAIGN])

    assert decided(by, bids(2), campaign_id=campaign).verdict is DecisionVerdict.APPLY


# --- Pacing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "pacing"),
    [
        (None, None),
        ({"maxBid": 5}, None),
        ({"maxApplicationsPerCampaignPerDay": 3}, CampaignPacing(3, None)),
        ({"coolDownHours": 1.5}, CampaignPacing(None, timedelta(minutes=90))),
        (
            {"maxApplicationsPerCampaignPerDay": 1, "coolDownHours": 24},
            CampaignPacing(1, timedelta(days=1)),
        ),
    ],
)
def test_the_rule_says_how_often_a_campaign_is_changed(
    limits: dict[str, Any] | None, pacing: CampaignPacing | None
) -> None:
    """The ledger, which knows how often it was, is told what to check."""
    found = decided(policy(rule("slow", limits=limits)), bids(2), bids(1))

    assert found == Decision(verdict=DecisionVerdict.APPLY, rule="slow", pacing=pacing)


def test_pacing_alone_limits_no_number() -> None:
    """A rule without limits of numbers lets every number pass."""
    by = policy(rule(limits={"coolDownHours": 1}))

    assert decided(by, None).verdict is DecisionVerdict.APPLY


@pytest.mark.parametrize("name", ["maxApplicationsPerCampaignPerDay", "coolDownHours"])
def test_what_names_no_campaign_cannot_be_paced(name: str) -> None:
    """Nobody could count its applications."""
    found = decided(policy(rule("slow", limits={name: 1})), bids(2), bids(1), campaign_id=None)

    assert found == Decision(
        verdict=DecisionVerdict.HOLD,
        rule="slow",
        reason=HeldReason.LIMIT_UNKNOWN,
        detail="it names no campaign whose applications could be counted",
    )


def test_the_mode_is_not_asked() -> None:
    """DRY_RUN is somebody else's to obey, so that a rehearsal says what would be applied."""
    by = policy(mode="DRY_RUN")

    assert decide(changed(bids(2), bids(1)), by, now=NOW).verdict is DecisionVerdict.APPLY

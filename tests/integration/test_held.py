"""`applier held` against a deployed stack: what a person sees, lets go and rejects."""

import csv
import io
import json
from datetime import timedelta
from typing import Any, Final

import boto3
import pytest

from tests.builders import body
from tests.emulator.deployment import Deployment, deployed
from tests.operator import applier, sentence_of

STACK: Final = ("--stack", "recommendation-applier")
AGREED: Final = ("--why", "agreed with the client")
BUDGET: Final = {
    "type": "CAMPAIGN_BUDGET",
    "current_campaign_settings": {"budget": {"budget": 100}},
    "recommended_campaign_settings": {"budget": {"budget": 180}},
}


def put_policy(deployment: Deployment, **changes: Any) -> None:
    """Put a policy in force that holds what no rule is about."""
    policy = {"version": 1, "mode": "APPLY", "default": "HOLD", "rules": []} | changes
    boto3.client("ssm").put_parameter(
        Name=deployment.stack.outputs["ApplyPolicyName"], Value=json.dumps(policy), Overwrite=True
    )
    deployment.let_time_pass(timedelta(minutes=2))


@pytest.fixture
def holding(deployment: Deployment) -> Deployment:
    """A deployment whose policy holds everything."""
    put_policy(deployment)
    return deployment


def held(*filters: str) -> list[dict[str, Any]]:
    """Give what is held, as a program reads it."""
    found: list[dict[str, Any]] = json.loads(
        applier("held", "list", *filters, *STACK, "--json").stdout
    )
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    """Name what was found."""
    return sorted(each["recommendationId"] for each in found)


def said(*arguments: str) -> tuple[int, dict[str, str]]:
    """Say something about what is held; give the exit code, and outcome or reason by id."""
    result = applier("held", *arguments, *AGREED, *STACK, "--yes", "--json")
    rows = json.loads(result.stdout)
    return result.exit_code, {
        each["recommendationId"]: each.get("reason") or each["outcome"] for each in rows
    }


def in_hours(deployment: Deployment, hours: float) -> str:
    """Write a moment so many hours from now as Amazon does."""
    return f"{deployment.clock.now() + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S} UTC"


def test_a_campaign_manager_sees_what_would_change(holding: Deployment) -> None:
    """From what to what and by how much, what ends first first, with a mark at what ends today."""
    holding.invoke(
        body("rec-bid", expiry_date=in_hours(holding, 200.5)),
        body("rec-budget", **BUDGET, expiry_date=in_hours(holding, 5.5)),
    )

    result = applier("held", "list", *STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    [budget, bid] = [line.split() for line in result.stdout.splitlines() if "A00" in line]
    assert budget[:9] == [
        *("A0000000000001", "US", "210000000000001", "CAMPAIGN_BUDGET"),
        *("budget", "100", "180", "+80", "%"),
    ]
    assert budget[9] == "POLICY_HOLD"
    assert budget[-4:] == ["!", "5", "h", "rec-budget"]
    assert "default bid of the ad group" in " ".join(bid)
    assert bid[-3:] == ["8", "d", "rec-bid"]


def test_programs_and_spreadsheets_read_the_same(holding: Deployment) -> None:
    """The numbers as they are, and what a rule says of them."""
    rule = {"name": "budgets", "decision": "APPLY", "limits": {"maxIncreasePercent": 50}}
    put_policy(holding, rules=[rule])
    holding.invoke(body("rec-1", **BUDGET))

    [found] = held()
    [row] = csv.DictReader(io.StringIO(applier("held", "list", *STACK, "--csv").stdout))
    assert (found["reason"], found["rule"], found["policyVersion"]) == (
        "LIMIT_PASSED",
        "budgets",
        3,
    )
    assert found["changes"] == [
        {"setting": "BUDGET", "what": "budget", "before": "100", "after": "180", "percent": "+80"}
    ]
    assert found["detail"] == "budget 100 -> 180 is +80 %, above maxIncreasePercent 50"
    assert {name: row[name] for name in ("before", "after", "setting", "rule", "detail")} == {
        "before": "100",
        "after": "180",
        "setting": "BUDGET",
        "rule": "budgets",
        "detail": found["detail"],
    }
    assert row["heldAt"] == found["heldAt"]


def test_filters_choose(holding: Deployment) -> None:
    """Each by its value; several values of one fit any of them, several filters all have to."""
    put_policy(
        holding, rules=[{"name": "new", "decision": "HOLD", "match": {"type": ["NEW_CAMPAIGN"]}}]
    )
    holding.invoke(
        body("bid", expiry_date=in_hours(holding, 30)),
        body("budget", **BUDGET, account=2, expiry_date=in_hours(holding, 5)),
        body("new", type="NEW_CAMPAIGN", ad_product="SB", campaign_id=None),
    )

    for filters, expected in {
        (): ["bid", "budget", "new"],
        ("--type", "keyword_bid"): ["bid"],
        ("--type", "KEYWORD_BID", "--type", "NEW_CAMPAIGN"): ["bid", "new"],
        ("--ad-product", "SB"): ["new"],
        ("--marketplace", "us"): ["bid", "budget", "new"],
        ("--marketplace", "DE"): [],
        ("--advertiser", "A0000000000002"): ["budget"],
        ("--entity", "ENTITY0000000000002"): ["budget"],
        ("--campaign", "210000000000001"): ["bid", "budget"],
        ("--campaign", "210000000000001", "--ad-product", "SP", "--type", "KEYWORD_BID"): ["bid"],
        ("--reason", "policy_hold"): ["bid", "budget", "new"],
        ("--reason", "DRY_RUN"): [],
        ("--rule", "new"): ["new"],
        ("--ending-within", "24h"): ["budget"],
        ("--ending-within", "2d"): ["bid", "budget"],
    }.items():
        assert ids(held(*filters)) == expected, filters
    holding.let_time_pass(timedelta(hours=6))
    assert ids(held()) == ["bid", "new"]
    assert ids(held("--expired")) == ["budget"]
    assert "ended 1 h ago" in applier("held", "list", "--expired", *STACK).stdout


def test_one_is_shown_whole(holding: Deployment) -> None:
    """For people every number; for programs the settings as well."""
    holding.invoke(body("rec-1", **BUDGET))

    printed = applier("held", "show", "rec-1", *STACK).stdout
    found = json.loads(applier("held", "show", "rec-1", *STACK, "--json").stdout)

    assert "no rule matches, and the default says HOLD" in printed
    assert "policy 2, its default" in printed
    assert ["budget", "100", "180", "+80", "%"] in [line.split() for line in printed.splitlines()]
    assert found["recommendedSettings"] == {"budget": {"budget": 180}}
    assert sentence_of(applier("held", "show", "rec-9", *STACK)) == (
        "recommendation rec-9 of stack recommendation-applier is not held: the ledger has no entry "
        "of it"
    )


def test_what_a_filter_releases_is_accepted_once(holding: Deployment) -> None:
    """With who and why on record; what the filter does not mean stays held."""
    holding.invoke(*(body(f"rec-{number}", **BUDGET) for number in range(3)), body("bid"))

    assert said("release", "--type", "CAMPAIGN_BUDGET", "--by", "ann") == (
        0,
        dict.fromkeys(["rec-0", "rec-1", "rec-2"], "RELEASED"),
    )
    assert {each["releasedBy"] for each in held("--type", "CAMPAIGN_BUDGET")} == {"ann"}
    assert "released by ann: agreed with the client" in " ".join(
        applier("held", "show", "rec-0", *STACK).stdout.split()
    )
    holding.run_until_quiet()
    assert sorted(holding.amazon.accepted) == ["rec-0", "rec-1", "rec-2"]
    assert ids(held()) == ["bid"]
    story = applier("ledger", "show", "rec-0", *STACK).stdout
    assert "by ann: agreed with the client" in story
    assert "ann, over policy 2, its default" in story


def test_released_twice_is_accepted_once(holding: Deployment) -> None:
    """Before it is on its way, while it is, and afterwards, when it is refused."""
    holding.invoke(body("rec-1"))

    assert said("release", "--id", "rec-1", "--id", "rec-1") == (0, {"rec-1": "RELEASED"})
    assert said("release", "--all") == (0, {"rec-1": "RELEASED"})
    holding.run_until_quiet()
    assert said("release", "--id", "rec-1") == (1, {"rec-1": "NOT_HELD"})
    holding.run_until_quiet()
    assert list(holding.amazon.accepted) == ["rec-1"]
    assert holding.dead_letters() == []


def test_after_its_end_a_release_is_refused_with_the_reason(holding: Deployment) -> None:
    """Expired, or removed by Amazon; nothing is sent."""
    holding.invoke(body("expired", expiry_date=in_hours(holding, 5)), body("removed"))
    holding.invoke(body("removed", recommendation_status="REMOVED"))
    holding.let_time_pass(timedelta(hours=6))

    assert said("release", "--id", "expired", "--id", "removed", "--id", "unknown") == (
        1,
        {"expired": "EXPIRED", "removed": "REMOVED", "unknown": "UNKNOWN"},
    )
    holding.run_until_quiet()
    assert holding.amazon.apply_requests == []


def test_what_ends_on_its_way_is_not_applied(holding: Deployment) -> None:
    """The spine looks at its removal once more."""
    holding.invoke(body("rec-1"))
    said("release", "--all")
    holding.invoke(body("rec-1", recommendation_status="REMOVED"))

    holding.run_until_quiet()

    assert holding.amazon.apply_requests == []


def test_what_is_rejected_is_never_applied(holding: Deployment) -> None:
    """Not when it is delivered again; published again later, it is decided anew."""
    holding.invoke(body("rec-1"))

    assert said("reject", "--id", "rec-1") == (0, {"rec-1": "REJECTED"})
    put_policy(holding, default="APPLY")
    holding.invoke(body("rec-1"))
    assert holding.amazon.apply_requests == []
    assert said("release", "--id", "rec-1") == (1, {"rec-1": "REJECTED_BY_OPERATOR"})
    holding.invoke(body("rec-1", published_date="2026-11-02T12:00:00 UTC"))
    assert list(holding.amazon.accepted) == ["rec-1"]


def test_a_rehearsal_changes_nothing(holding: Deployment) -> None:
    """It says what would be done."""
    holding.invoke(body("rec-1"))
    before = held()

    for verb, would in {"release": "WOULD_BE_RELEASED", "reject": "WOULD_BE_REJECTED"}.items():
        assert said(verb, "--id", "rec-1", "--id", "rec-9", "--dry-run") == (
            0,
            {"rec-1": would, "rec-9": "UNKNOWN"},
        )
    assert held() == before


def test_nothing_is_written_before_somebody_agrees(holding: Deployment) -> None:
    """What it is about is shown where the question is asked."""
    holding.invoke(body("rec-1"))

    for verb in ("release", "reject"):
        result = applier("held", verb, "--all", *AGREED, *STACK)

        assert (result.exit_code, result.stdout) == (1, "")
        assert "default bid of the ad group" in result.stderr
        assert f"{verb.capitalize()} 1 held recommendations?" in " ".join(result.stderr.split())
    assert [each["releasedBy"] for each in held()] == [None]


def test_which_are_meant_is_said_in_one_way(holding: Deployment) -> None:
    """And why; what nothing can be held for is named."""
    assert holding.stack.region
    for words, sentence in {
        (): "by one of them",
        ("--all", "--id", "rec-1"): "by one of them",
        ("--all", "--type", "NEW_CAMPAIGN"): "by one of them",
        ("--why", " ", "--all"): "it must have 1 to 500 characters",
        ("--reason", "odd"): "nothing is held for ODD",
        ("--marketplace", "USA"): "no recommendation has",
        ("--ending-within", "soon"): "is no length of time",
    }.items():
        result = applier("held", "release", *AGREED, *words, *STACK)

        assert result.exit_code == 2
        assert sentence in " ".join(result.stderr.replace("│", "").split())


def test_nothing_is_meant(holding: Deployment) -> None:
    """That is said, and is no failure."""
    assert holding.stack.region
    result = applier("held", "release", "--all", *AGREED, *STACK)

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 of 0 are released.\n"
    assert said("reject", "--all") == (0, {})


def test_in_a_dry_run_a_release_warns() -> None:
    """What is released is held again: the mode is not overridden."""
    with deployed(parameters={"ApplyMode": "DRY_RUN"}) as deployment:
        deployment.invoke(body("rec-1"))
        result = applier("held", "release", "--all", *AGREED, *STACK, "--yes")
        deployment.run_until_quiet()

        assert result.stderr.startswith("Warning: the mode is DRY_RUN: ")
        assert [each["reason"] for each in held()] == ["DRY_RUN"]
        assert deployment.amazon.apply_requests == []


def test_a_policy_that_stops_releases_as_well_is_told(holding: Deployment) -> None:
    """Its mode, or that it cannot be used; the release is written all the same."""
    holding.invoke(body("rec-1"))
    for mode, warning in {
        "DRY_RUN": "Warning: the mode is DRY_RUN: ",
        "FAST": "Warning: nothing is applied before the policy is mended: the policy cannot be ",
    }.items():
        put_policy(holding, mode=mode)

        result = applier("held", "release", "--all", *AGREED, *STACK, "--yes")

        assert result.exit_code == 0
        assert result.stderr.startswith(warning)

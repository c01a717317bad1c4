"""`applier policy` against a deployed stack."""

import json
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from recommendation_applier.aws.policy_parameter import PolicyParameter
from recommendation_applier.domain.starter_policy import STARTER_POLICY
from recommendation_applier.entrypoints.cli import policy_commands
from tests.builders import body
from tests.emulator.deployment import Deployment
from tests.operator import applier, sentence_of
from tests.unit.domain.policies import document, rule

STACK: Final = ("--stack", "recommendation-applier")
PARAMETER: Final = "/recommendation-applier/apply-policy"


@pytest.fixture
def starter(tmp_path: Path) -> str:
    """The name of a file with the starter policy."""
    file = tmp_path / "starter.json"
    file.write_text(STARTER_POLICY)
    return str(file)


def put(text: str) -> None:
    """Put a text in force, as somebody else does."""
    boto3.client("ssm").put_parameter(Name=PARAMETER, Value=text, Overwrite=True)


def in_force() -> str:
    """Give the text that is in force."""
    return boto3.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"]


def shown() -> dict[str, Any]:
    """Give what `show` says to a program."""
    found: dict[str, Any] = json.loads(applier("policy", "show", *STACK, "--json").stdout)
    return found


@pytest.mark.usefixtures("deployment")
def test_the_policy_in_force_is_shown() -> None:
    """The mode is the stricter of two; rules stand in their order, with their limits."""
    assert shown()["parameterVersion"] == 1
    limits = {"maxBid": 2.5, "coolDownHours": 24}
    rules = [
        rule("a", "HOLD", match={"type": ["NEW_CAMPAIGN"], "marketplace": ["US", "DE"]}),
        rule("b", limits=limits, allowNew={"maxBid": 1}, notBefore="2026-11-27T00:00:00Z"),
    ]
    put(json.dumps(document(*rules, mode="DRY_RUN", protectedCampaigns=["17"])))

    printed = applier("policy", "show", *STACK).stdout
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert "mode DRY_RUN (the policy says DRY_RUN, the stack's ApplyMode APPLY)" in lines
    assert "protected campaigns 17" in lines
    assert "a type NEW_CAMPAIGN; marketplace US, DE HOLD" in lines
    assert (
        "b everything APPLY maxBid 2.5, coolDownHours 24, allowNew.maxBid 1 "
        "notBefore 2026-11-27T00:00:00Z"
    ) in lines
    assert (shown()["modeInForce"], shown()["policy"]["rules"]) == ("DRY_RUN", rules)


@pytest.mark.usefixtures("deployment")
def test_a_policy_is_put_in_force_after_its_difference_was_shown(starter: str) -> None:
    """And only then; what says the same is not put again."""
    rehearsed = applier("policy", "set", starter, *STACK, "--dry-run")
    unasked = applier("policy", "set", starter, *STACK)
    assert '-  "default": "APPLY",\n+  "default": "HOLD",' in rehearsed.stdout.replace(
        '-  "rules": []\n', ""
    )
    assert (unasked.exit_code, unasked.stdout) == (1, "")
    assert '+  "default": "HOLD",' in unasked.stderr
    assert "Replace version 1 of the policy?" in unasked.stderr
    assert shown()["parameterVersion"] == 1

    result = applier("policy", "set", starter, *STACK, "--yes")
    again = applier("policy", "set", starter, *STACK, "--yes")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("Version 2 is in force within a minute.\n")
    assert again.stderr == "Version 2 says the same; nothing was changed.\n"
    assert in_force() == STARTER_POLICY


def test_what_is_put_in_force_decides(deployment: Deployment, starter: str) -> None:
    """The function reads what the command wrote."""
    applier("policy", "set", starter, *STACK, "--yes")

    deployment.invoke(body("bid"), body("new", type="NEW_CAMPAIGN"))

    assert list(deployment.amazon.accepted) == ["bid"]


@pytest.mark.usefixtures("deployment")
def test_a_policy_that_cannot_be_used_is_not_put_in_force(tmp_path: Path) -> None:
    """What is wrong is named, and nothing is asked."""
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(document(mode="FAST")))

    sentence = sentence_of(applier("policy", "set", str(file), *STACK, "--yes"))

    assert sentence.startswith("the policy cannot be used: mode is 'FAST'; it must be ")
    assert shown()["parameterVersion"] == 1


@pytest.mark.usefixtures("deployment")
def test_one_that_cannot_be_used_and_is_in_force_is_told_and_mended(starter: str) -> None:
    """Whatever stands there can be replaced."""
    put("{no JSON")

    sentence = sentence_of(applier("policy", "show", *STACK))
    mended = applier("policy", "set", starter, *STACK, "--yes")

    assert sentence.startswith("version 2 is in force, and nothing is applied: the policy cannot")
    assert "-{no JSON" in mended.stderr
    assert shown()["parameterVersion"] == 3


@pytest.mark.usefixtures("deployment")
def test_a_change_while_it_is_looked_at_is_not_overwritten(
    starter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was agreed to was another difference."""
    theirs = json.dumps(document(mode="DRY_RUN"))
    monkeypatch.setattr(policy_commands, "confirm", lambda _, **__: put(theirs))

    result = applier("policy", "set", starter, *STACK)

    assert result.exit_code == 1
    assert "nothing was changed: version 2 of /recommendation-applier/apply-policy was put in " in (
        result.stderr
    )
    assert in_force() == theirs


@pytest.mark.usefixtures("deployment")
def test_a_change_at_the_same_moment_is_told(starter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSM cannot refuse it; who has overwritten whose policy is known at least."""
    write = PolicyParameter.write

    def write_second(parameter: PolicyParameter, text: str) -> int:
        put(json.dumps(document(mode="DRY_RUN")))
        return write(parameter, text)

    monkeypatch.setattr(PolicyParameter, "write", write_second)

    result = applier("policy", "set", starter, *STACK, "--yes")

    assert result.exit_code == 1
    assert "version 3 is in force, but somebody put version 2 in force" in result.stderr


@pytest.mark.usefixtures("deployment")
def test_history_tells_who_and_when(starter: str) -> None:
    """The latest last, and those that could not be used as well."""
    put("{no JSON")
    applier("policy", "set", starter, *STACK, "--yes")

    result = applier("policy", "history", *STACK)
    found = json.loads(applier("policy", "history", *STACK, "--json").stdout)

    assert [(each["version"], each["mode"], each.get("rules")) for each in found] == [
        (1, "APPLY", 0),
        (2, "cannot be used", None),
        (3, "APPLY", 3),
    ]
    assert found[2]["text"] == STARTER_POLICY
    assert all(each["at"].endswith("Z") and each["by"] for each in found)
    assert "cannot be used" in result.stdout


def test_a_policy_is_tried_on_what_the_ledger_has_seen(
    deployment: Deployment, starter: str
) -> None:
    """Sent or held, accepted or not; nothing is changed."""
    raised = {
        "current_campaign_settings": {"ad_groups": [{"bid": 1}]},
        "recommended_campaign_settings": {"ad_groups": [{"bid": 2}]},
    }
    deployment.invoke(
        *(body(f"rec-{number}") for number in range(3)),
        body("raised", **raised, account=2),
        body("new", type="NEW_CAMPAIGN"),
        body("removed", recommendation_status="REMOVED"),
    )

    found = json.loads(applier("policy", "simulate", starter, *STACK, "--json").stdout)
    printed = applier("policy", "simulate", starter, *STACK)

    assert (found["applied"], found["held"], found["ignored"]) == (3, 2, 0)
    assert [(each["reason"], each["rule"]) for each in found["rulings"]] == [
        ("", "bids"),
        ("LIMIT_PASSED", "bids"),
        ("POLICY_HOLD", "new campaigns"),
    ]
    money = {
        (each["encryptedAdvertiserId"], each["outcome"]): each["bids"] for each in found["accounts"]
    }
    assert money["A0000000000001", "applied"] == "0.45"
    assert money["A0000000000002", "held"] == "1"
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert ["held", "2"] in [line.split() for line in printed.stdout.splitlines()]
    assert shown()["parameterVersion"] == 1

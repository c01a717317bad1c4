"""`applier doctor` against a deployed stack: a good one, and ones with a fault each."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.core import set_initial_no_auth_action_count

from recommendation_applier.entrypoints.cli.preconditions import NEEDS, RIGHTS
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed
from tests.emulator.iam import CallRecorder
from tests.integration.planted import EMAIL, FAULTS, PROFILE, STACK, make_healthy, set_variables
from tests.operator import applier, let_operators_reach, sign_in_without


@pytest.fixture
def healthy() -> Iterator[Deployment]:
    """A stack with which everything is as it should be."""
    with deployed(parameters={"AlarmEmail": EMAIL}) as deployment:
        let_operators_reach(deployment)
        make_healthy(deployment)
        yield deployment


def examined(*arguments: str, exit_code: int = 0) -> Mapping[str, Mapping[str, Any]]:
    """Give what a program is told, by check."""
    result = applier("doctor", "--stack", STACK, "--json", *arguments)
    assert (result.exit_code, result.stderr) == (exit_code, "")
    return {each["check"]: each for each in json.loads(result.stdout)["checks"]}


def dependents(check: str) -> set[str]:
    """Give all checks that need *check*, directly or not."""
    direct = {each for each, needs in NEEDS.items() if check in needs}
    return direct.union(*map(dependents, direct)) if direct else set()


@pytest.mark.usefixtures("healthy")
def test_with_a_good_stack_everything_is_green() -> None:
    """In order, and with nothing to mend; the strictest build machine passes it."""
    found = examined("--strict")

    assert list(found) == list(NEEDS)
    assert {(each["state"], each["mend"], each["because"]) for each in found.values()} == {
        ("OK", None, None)
    }


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_alone_and_its_mend_is_named(healthy: Deployment, name: str) -> None:
    """One check is at fault; what it keeps from being looked at names it, and the rest is good."""
    planted = FAULTS[name]
    stack = planted.plant(healthy)

    found = examined(*(["--stack", stack] if stack else []), exit_code=1)

    faulty = found[planted.check]
    assert faulty["state"] == "FAULT"
    assert planted.seen in faulty["seen"]
    assert planted.mend in faulty["mend"]
    others = {check: each for check, each in found.items() if each["state"] != "OK"}
    del others[planted.check]
    kept_waiting = dependents(planted.check)
    if planted.check == "partner-account":
        kept_waiting |= {"hosts"}  # which is about hosts that answer, and none does
    assert {check: each["state"] for check, each in others.items()} == dict.fromkeys(
        kept_waiting, "SKIPPED"
    )
    assert {each["because"] for each in others.values()} <= {planted.check}


def test_people_read_a_table(healthy: Deployment) -> None:
    """Words and marks say how it stands, and below what is wrong stands how to mend it."""
    FAULTS["event source disabled"].plant(healthy)
    healthy.let_time_pass(timedelta(days=330))

    result = applier("doctor", "--stack", STACK)

    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (
        1,
        f"{STACK}: OK 18, WARNING 1, FAULT 1.\n",
    )
    assert "✓ OK region AdsRegion NA, in us-east-1" in lines
    [at] = [number for number, line in enumerate(lines) if line.startswith("✗ FAULT event-source")]
    assert lines[at + 1].startswith("to mend it: `aws lambda update-event-source-mapping --uuid ")
    assert any(line.startswith("! WARNING consent consented to on ") for line in lines)


def test_a_warning_ends_with_1_only_if_that_is_wanted(healthy: Deployment) -> None:
    """A build machine may be as strict as it likes."""
    healthy.let_time_pass(timedelta(days=330))

    assert examined()["consent"]["state"] == "WARNING"
    assert examined("--strict", exit_code=1)["consent"]["state"] == "WARNING"


def test_which_hosts_answer_is_told(healthy: Deployment) -> None:
    """Those that were named, and the functions' own; that another one does not is no fault."""
    with EmulatedAmazon() as other:
        found = examined("--host", other.url)

    assert found["hosts"]["seen"] == f"{other.url}: no (401); {healthy.amazon.url}: answers"
    assert found["hosts"]["state"] == "OK"


def test_that_the_functions_ask_a_host_that_does_not_answer_is_told(healthy: Deployment) -> None:
    """With the one to ask instead."""
    with EmulatedAmazon() as other:
        set_variables(ADS_API_URL=other.url)(healthy)
        found = examined("--host", healthy.amazon.url, exit_code=1)

    assert found["partner-account"]["state"] == "FAULT"
    assert found["hosts"]["state"] == "WARNING"
    assert found["hosts"]["mend"].startswith(
        f"set ADS_API_URL of the functions in template.yaml to {healthy.amazon.url}"
    )


@pytest.mark.parametrize(
    "host", ["advertising-api.amazon.com", "http://example.com", "https://a/b"]
)
def test_a_host_is_an_address(host: str) -> None:
    """With its scheme, which is https beyond this machine, and without a path."""
    result = applier("doctor", "--stack", STACK, "--host", host)

    assert result.exit_code == 2
    assert "must " in result.stderr


@pytest.mark.usefixtures("healthy")
def test_what_an_operator_may_not_look_at_is_a_finding_of_that_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It names the right that is missing, and what does not need it is looked at."""
    sign_in_without("sqs:GetQueueAttributes", monkeypatch=monkeypatch)

    result = set_initial_no_auth_action_count(0)(applier)("doctor", "--stack", STACK, "--json")

    found = {each["check"]: each for each in json.loads(result.stdout)["checks"]}
    assert result.exit_code == 1
    faults = {check for check, each in found.items() if each["state"] == "FAULT"}
    assert faults == {"functions", "ingress-queue"}  # the first by moto's mistake
    assert found["ingress-queue"]["seen"] == "nobody could look: you may not sqs:GetQueueAttributes"
    assert "ask for the right sqs:GetQueueAttributes" in found["ingress-queue"]["mend"]
    assert found["redrive"]["because"] == "ingress-queue"
    assert found["secret"]["state"] == "OK"


@pytest.mark.usefixtures("healthy")
def test_who_looks_needs_these_rights_and_no_others() -> None:
    """But for those on keys, which few stacks have."""
    recorder = CallRecorder()
    with recorder.on_new_sessions():
        examined()

    rights = {f"{service}:{operation}" for operation, service in RIGHTS.items()}
    made = {each.action for each in recorder.calls}
    assert made == {each for each in rights if not each.startswith("kms:")}


def test_a_stack_that_is_not_found_is_the_one_fault(healthy: Deployment) -> None:
    """Everything else has to wait."""
    del healthy
    found = examined("--stack", "nobodys", exit_code=1)

    assert found["stack"]["state"] == "FAULT"
    assert "--region" in found["stack"]["mend"]
    assert {each["because"] for check, each in found.items() if check != "stack"} == {"stack"}


def test_a_stack_of_something_else_is_told(healthy: Deployment) -> None:
    """It has nothing to look at."""
    del healthy
    boto3.client("cloudformation").create_stack(
        StackName="website",
        TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
    )

    found = examined("--stack", "website", exit_code=1)

    assert "a stack of something else" in found["stack"]["seen"]
    assert found["consent"]["because"] == "stack"


def test_what_amazon_says_of_a_profile_is_told(healthy: Deployment) -> None:
    """A login that may not see it is a fault; no answer is a warning."""
    with healthy.amazon.streams() as book:
        book.refused_profiles.add(PROFILE)
    refused = examined(exit_code=1)["subscriptions"]
    assert refused["seen"].endswith("PROFILE_REFUSED")
    assert "view_performance_dashboard" in refused["mend"]

    healthy.amazon.script_subscriptions([answers(400, {"message": "No."})])
    unanswered = examined()["subscriptions"]
    assert unanswered["state"] == "WARNING"
    assert unanswered["seen"].startswith("not all could be looked at: listing the subscriptions")


def test_a_stack_that_applies_files_needs_no_subscription() -> None:
    """And that nobody is told of its alarms is a warning."""
    with deployed(parameters={"OpportunityFiles": "APPLY"}) as deployment:
        let_operators_reach(deployment)
        make_healthy(deployment)
        FAULTS["no subscription"].plant(deployment)
        found = examined()

    assert found["subscriptions"]["seen"].startswith("none is wanted")
    assert len(found["functions"]["seen"].split("; ")) == 4
    wrong = {check: each["state"] for check, each in found.items() if each["state"] != "OK"}
    assert wrong == {"alarms": "WARNING"}

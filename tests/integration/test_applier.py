"""The operator's command against a deployed stack."""

import json
import os
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from tests.builders import body
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment
from tests.emulator.function import REGION, environment
from tests.operator import applier, sentence_of

STACK = "recommendation-applier"


@pytest.fixture
def nobody() -> Iterator[None]:
    """The environment of somebody who has not signed in to AWS."""
    with environment(AWS_EC2_METADATA_DISABLED="true"):
        yield


def test_one_recommendations_story_is_told(deployment: Deployment) -> None:
    """Published, claimed, sent, accepted, applied: a line each, under what is known of it."""
    deployment.stack.deliver([body("rec-1"), body("rec-2")])
    deployment.run_until_quiet()
    deployment.amazon.settle()
    deployment.follow_up_until_settled()

    result = applier("ledger", "show", "rec-1", "--stack", STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    facts, _, timeline = result.stdout.partition("when")
    assert ["standing", "ACCEPTED"] in [line.split() for line in facts.splitlines()]
    words = ["PUBLISHED", "CLAIMED", "SENT", "ACCEPTED", "APPLIED", "EXPIRES", "FORGOTTEN"]
    assert [word for word in timeline.split() if word in words] == words
    assert "HTTP 202; request id " in timeline


def test_a_program_reads_the_same(deployment: Deployment) -> None:
    """And what the campaign was like, and should be like."""
    settings = {"current_campaign_settings": {"budget": 5}, "recommended_campaign_settings": {}}
    deployment.invoke(body("rec-1", explanation={"a": 1}, **settings))

    result = applier("--stack", STACK, "ledger", "show", "rec-1", "--json")

    story = json.loads(result.stdout)
    assert story["recommendationId"] == "rec-1"
    assert story["standing"] == "ACCEPTED"
    assert story["currentSettings"] == {"budget": 5}
    assert [each["what"] for each in story["timeline"]][:4] == [
        "PUBLISHED",
        "CLAIMED",
        "SENT",
        "ACCEPTED",
    ]
    assert story["timeline"][3]["requestIds"]


def test_a_refusal_says_what_amazon_said(deployment: Deployment) -> None:
    """With the status to quote."""
    deployment.amazon.script_apply([answers(400, {"code": "PO_APPLY_BAD_REQUEST", "message": "x"})])
    deployment.invoke(body("rec-1"))

    printed = applier("ledger", "show", "rec-1", "--stack", STACK).stdout

    assert "REFUSED" in printed
    assert "PO_APPLY_BAD_REQUEST" in printed
    assert "HTTP 400" in printed


def test_a_removal_that_came_first_is_told(deployment: Deployment) -> None:
    """For people and for programs, though there is no entry."""
    deployment.invoke(body("rec-1", recommendation_status="REMOVED"))

    printed = applier("ledger", "show", "rec-1", "--stack", STACK).stdout
    story = json.loads(applier("ledger", "show", "rec-1", "--stack", STACK, "--json").stdout)

    assert "REMOVED" in printed
    assert story["standing"] == "FREE"
    assert story["currentSettings"] is None


def test_an_unknown_recommendation_is_a_sentence(deployment: Deployment) -> None:
    """It names the table and the id."""
    result = applier("ledger", "show", "rec-9", "--stack", STACK)

    table = deployment.stack.ledger_table_name
    assert sentence_of(result).startswith(f"table {table} knows nothing of recommendation rec-9: ")


@pytest.mark.parametrize(
    ("arguments", "region"),
    [(("--stack", "nope"), REGION), (("--stack", STACK, "--region", "eu-west-1"), "eu-west-1")],
)
@pytest.mark.usefixtures("deployment")
def test_a_stack_that_is_not_there_is_a_sentence(arguments: tuple[str, ...], region: str) -> None:
    """It names the region that was looked at: that is the other usual mistake."""
    result = applier(*arguments, "ledger", "show", "rec-1")

    assert sentence_of(result) == (
        f"finding stack {arguments[1]} in {region} failed: Stack with id {arguments[1]} does not "
        "exist; name another with --stack, or its region with --region, or its account with "
        "--profile"
    )


def test_a_stack_of_another_kind_is_a_sentence(deployment: Deployment) -> None:
    """It has no such output, and what the output is called is said."""
    assert deployment.stack.region == REGION
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    boto3.client("cloudformation").create_stack(StackName="other", TemplateBody=json.dumps(topic))

    result = applier("ledger", "show", "rec-1", "--stack", "other")

    assert sentence_of(result).startswith(
        "stack other in us-east-1 has no output LedgerTableName (its status is CREATE_COMPLETE): "
    )


@pytest.mark.usefixtures("nobody")
def test_keys_that_aws_does_not_know_are_a_sentence() -> None:
    """Its answer is told as it is, with what to do."""
    with mock_aws():
        refuse_all = set_initial_no_auth_action_count(0)(applier)
        result = refuse_all("ledger", "show", "rec-1", "--stack", STACK)

    assert sentence_of(result).startswith("AWS refused DescribeStacks: InvalidClientTokenId: ")


@pytest.mark.parametrize("named", [(), ("--stack", "")])
@pytest.mark.usefixtures("nobody")
def test_a_stack_that_is_not_named_is_a_sentence(named: tuple[str, ...]) -> None:
    """Nothing is asked of AWS."""
    assert sentence_of(applier("ledger", "show", "rec-1", *named)) == (
        "no stack is named: give its name with --stack, or set APPLIER_STACK"
    )


@pytest.mark.usefixtures("nobody")
def test_who_has_not_signed_in_is_told_how() -> None:
    """No credentials, no such profile, no region: each has its sentence."""
    show = ("ledger", "show", "rec-1", "--stack", STACK)

    assert "sign in to AWS" in sentence_of(applier(*show))
    assert "profile (me) could not be found" in sentence_of(applier(*show, "--profile", "me"))
    del os.environ["AWS_DEFAULT_REGION"]
    assert "name the region of the stack with --region" in sentence_of(applier(*show))

"""What the queue's policy means, however it is written."""

import json
from typing import Any

import pytest

from recommendation_applier.aws.queue_policy import judge_policy
from recommendation_applier.aws.resource_policy import UnreadablePolicyError, statements_of
from recommendation_applier.domain.ads_regions import ADS_REGIONS, REVIEWER_ROLE_ARN
from recommendation_applier.domain.finding import Finding, State

QUEUE = "arn:aws:sqs:us-east-1:123456789012:stack-ingress"
TOPICS = "arn:aws:sns:us-east-1:084590724871:*"

DELIVER: dict[str, Any] = {
    "Sid": "Deliver",
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
    "Condition": {"ArnLike": {"aws:SourceArn": TOPICS}},
}
REVIEW: dict[str, Any] = {
    "Sid": "Review",
    "Effect": "Allow",
    "Principal": {"AWS": REVIEWER_ROLE_ARN},
    "Action": "sqs:GetQueueAttributes",
    "Resource": QUEUE,
}


def judged(*statements: dict[str, Any]) -> Finding:
    """Judge a policy of these statements."""
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return judge_policy(document, queue_arn=QUEUE, region=ADS_REGIONS["NA"])


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": {"Service": ["sqs.amazonaws.com", "sns.amazonaws.com"]}},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Action": ["SQS:SendMessage", "sqs:GetQueueUrl"]},
        {"Action": "sqs:Send*"},
        {"Action": "*"},
        {"Resource": "*"},
        {"Resource": ["arn:aws:sqs:*:123456789012:stack-*"]},
        {"Condition": {"ArnEquals": {"aws:SourceArn": [TOPICS]}}},
        {"Condition": {"StringLike": {"AWS:SourceArn": "arn:aws:sns:*:084590724871:*"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "084590724871"}}},
    ],
    ids=str,
)
def test_a_policy_that_means_the_same_is_as_good(changed: dict[str, Any]) -> None:
    """Whatever its spelling."""
    assert judged({**DELIVER, **changed}, REVIEW).state is State.OK


@pytest.mark.parametrize(
    "changed",
    [
        {"Principal": {"Service": "events.amazonaws.com"}},
        {"Principal": {"AWS": "084590724871"}},
        {"NotPrincipal": {"Service": "sns.amazonaws.com"}, "Principal": None},
        {"Action": "sqs:ReceiveMessage"},
        {"NotAction": "sqs:Send*", "Action": None},
        {"Resource": "arn:aws:sqs:us-east-1:123456789012:another"},
        {"Resource": None},
        {"Effect": "Deny"},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:084590724871:*"}}},
        {"Condition": {"StringEquals": {"aws:SourceArn": TOPICS}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
    ],
    ids=str,
)
def test_a_policy_that_keeps_the_publisher_out_is_a_fault(changed: dict[str, Any]) -> None:
    """However alike it looks."""
    statement = {name: value for name, value in {**DELIVER, **changed}.items() if value is not None}

    finding = judged(statement, REVIEW)

    assert finding.state is State.FAULT
    assert "084590724871" in finding.seen
    assert "Deliver" in finding.mend or TOPICS in finding.mend


def test_the_publisher_of_another_region_is_named() -> None:
    """It is the mistake of who copies a template."""
    theirs = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-west-2:489995134625:*"}}

    finding = judged({**DELIVER, "Condition": theirs}, REVIEW)

    assert "but those of 489995134625 (FE's)" in finding.seen


def test_one_topic_alone_is_a_warning() -> None:
    """It may be the only one, which nobody here knows."""
    one = "arn:aws:sns:us-east-1:084590724871:recommendations"

    finding = judged({**DELIVER, "Condition": {"ArnEquals": {"aws:SourceArn": one}}}, REVIEW)

    assert finding.state is State.WARNING
    assert f"lets the topic {one} deliver, and no other" in finding.seen


def test_a_condition_that_nobody_can_tell_is_a_warning() -> None:
    """It is named, and nothing is claimed."""
    condition = {**DELIVER["Condition"], "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    finding = judged({**DELIVER, "Condition": condition}, REVIEW)

    assert finding.state is State.WARNING
    assert "cannot be told from here: Deliver" in finding.seen


def test_what_no_statement_allows_depends_on_no_deny() -> None:
    """Whatever the statement that denies looks at."""
    deny = {**REVIEW, "Effect": "Deny", "Principal": "*", "Action": "*"}
    depends = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    assert judged(REVIEW, {**deny, "Condition": depends}).state is State.FAULT
    assert judged(DELIVER, REVIEW, {**deny, "Condition": depends}).state is State.WARNING


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"Bool": {"aws:SecureTransport": "false"}}, State.OK),
        ({"ArnNotLike": {"aws:SourceArn": TOPICS}}, State.FAULT),
        (
            {
                "StringNotEquals": {"aws:PrincipalOrgID": "o-ours"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
            State.WARNING,
        ),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}}, State.FAULT),
        ({}, State.FAULT),
    ],
    ids=["plain text", "the reviewer", "but services", "an organization", "everybody"],
)
def test_a_deny_counts_for_whom_it_is_about(condition: dict[str, Any], state: State) -> None:
    """A common one is about an organization, which services belong to none of."""
    deny = {
        "Sid": "No",
        "Effect": "Deny",
        "Principal": "*",
        "NotAction": "sqs:ReceiveMessage",
        "Resource": "*",
        "Condition": condition,
    }

    finding = judged(DELIVER, REVIEW, deny)

    assert finding.state is state
    assert state is State.OK or "No" in finding.mend


@pytest.mark.parametrize(
    ("principal", "state"),
    [
        ({"AWS": "926844853897"}, State.OK),
        ({"AWS": ["arn:aws:iam::926844853897:root"]}, State.OK),
        ("*", State.OK),
        ({"AWS": "arn:aws:iam::926844853897:role/Another"}, State.FAULT),
        ({"Service": "sns.amazonaws.com"}, State.FAULT),
        ({"AWS": "AROAEXAMPLEID"}, State.WARNING),
        ("nobody", State.FAULT),
    ],
    ids=str,
)
def test_the_reviewer_may_look_by_role_or_account(principal: Any, state: State) -> None:
    """A unique id may be the role's, or that of one that is gone."""
    finding = judged(DELIVER, {**REVIEW, "Principal": principal})

    assert finding.state is state
    assert state is State.OK or "ReviewerRole" in finding.seen


def test_a_queue_that_lets_everybody_deliver_is_a_warning() -> None:
    """Recommendations would be believed whoever sends them."""
    finding = judged({**DELIVER, "Condition": {}}, REVIEW)

    assert finding.state is State.WARNING
    assert finding.seen == "the queue's policy lets topics of every account deliver: Deliver"


def test_a_queue_without_a_policy_lets_nobody_in() -> None:
    """Neither to deliver nor to look; both mends are told."""
    finding = judge_policy(None, queue_arn=QUEUE, region=ADS_REGIONS["EU"])

    assert finding.state is State.FAULT
    assert "059061853903" in finding.mend
    assert "ReviewerRole" in finding.mend


@pytest.mark.parametrize("document", ["{", "[]", '{"Statement": ["a"]}', "{}"])
def test_what_is_no_policy_is_a_fault(document: str) -> None:
    """Nothing can be said of it."""
    finding = judge_policy(document, queue_arn=QUEUE, region=ADS_REGIONS["NA"])

    assert finding.state is State.FAULT
    with pytest.raises(UnreadablePolicyError, match="it "):
        statements_of(document)


def test_a_statement_may_stand_alone_and_without_a_name() -> None:
    """It is named by its place then."""
    document = json.dumps(
        {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    )

    finding = judge_policy(document, queue_arn=QUEUE, region=ADS_REGIONS["NA"])

    assert "denies deliveries" in finding.seen
    assert "statement 1" in finding.mend

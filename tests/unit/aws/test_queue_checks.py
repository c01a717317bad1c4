"""Queues that deliveries reach, and those that they do not."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from recommendation_applier.aws.queue_checks import judge_queue, judge_redrive
from recommendation_applier.aws.queue_encryption import judge_encryption, judge_key
from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.domain.finding import Finding, State

QUEUE = "arn:aws:sqs:us-east-1:123456789012:stack-ingress"
DEAD_LETTERS = "arn:aws:sqs:us-east-1:123456789012:stack-dead"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
INGRESS = {
    "QueueArn": QUEUE,
    "MessageRetentionPeriod": "864000",
    "VisibilityTimeout": "1380",
    "RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD_LETTERS, "maxReceiveCount": "100"}),
}
LETTERS = {
    "QueueArn": DEAD_LETTERS,
    "MessageRetentionPeriod": "1209600",
    "RedriveAllowPolicy": json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE]}),
}


def redrive(
    ingress: Mapping[str, str] | None = None, letters: Mapping[str, str] | None = None
) -> Finding:
    """Judge two queues that are as they should be but for what is given."""
    return judge_redrive(
        {**INGRESS, **(ingress or {})},
        {**LETTERS, **(letters or {})},
        max_receive_count=100,
        function_timeout=180,
    )


def test_the_queue_is_the_one_of_the_output() -> None:
    """And a standard one."""
    assert judge_queue({"QueueArn": QUEUE}, queue_arn=QUEUE).state is State.OK
    other = judge_queue({"QueueArn": f"{QUEUE}-2"}, queue_arn=QUEUE)
    assert (other.state, QUEUE in other.seen) == (State.FAULT, True)
    fifo = judge_queue({"QueueArn": f"{QUEUE}.fifo", "FifoQueue": "true"}, queue_arn=QUEUE)
    assert "FIFO" in fifo.seen


def test_dead_letters_go_where_they_are_kept() -> None:
    """As the template has it."""
    assert redrive().state is State.OK
    assert "kept for 14 days" in redrive().seen


def _policy(**changed: Any) -> dict[str, str]:
    return {"RedrivePolicy": json.dumps({**json.loads(INGRESS["RedrivePolicy"]), **changed})}


@pytest.mark.parametrize(
    ("ingress", "letters", "mend"),
    [
        ({"RedrivePolicy": ""}, {}, f"deadLetterTargetArn {DEAD_LETTERS}, maxReceiveCount 100"),
        (_policy(deadLetterTargetArn="another"), {}, f"RedrivePolicy to {DEAD_LETTERS}"),
        (_policy(maxReceiveCount=3), {}, "to 100, which is the function's MAX_RECEIVE_COUNT"),
        ({}, {"RedriveAllowPolicy": '{"redrivePermission": "denyAll"}'}, f"byQueue, .* {QUEUE}"),
        ({}, {"RedriveAllowPolicy": '{"redrivePermission": "byQueue"}'}, f"byQueue, .* {QUEUE}"),
        ({}, {"MessageRetentionPeriod": "345600"}, "to 1209600"),
        ({"VisibilityTimeout": "1079"}, {}, "at least 1080, six times"),
    ],
    ids=["none", "elsewhere", "too soon", "nobody", "not this queue", "short", "visible"],
)
def test_a_way_that_loses_letters_is_a_fault(
    ingress: dict[str, str], letters: dict[str, str], mend: str
) -> None:
    """With the value to set."""
    finding = redrive(ingress, letters)

    assert finding.state is State.FAULT
    assert re.search(mend, finding.mend)


def test_letters_that_are_not_kept_as_long_as_can_be_are_a_warning() -> None:
    """Longer than the queue before it all the same."""
    assert redrive({}, {"MessageRetentionPeriod": "1036800"}).state is State.WARNING
    assert redrive({}, {"RedriveAllowPolicy": ""}).state is State.OK


def test_sqs_itself_lets_sns_deliver() -> None:
    """And so does a queue that is not encrypted."""
    own = judge_encryption({"SqsManagedSseEnabled": "true"})
    none = judge_encryption({})
    assert own is not None
    assert none is not None
    assert (own.state, none.state) == (State.OK, State.OK)
    assert "SSE-SQS" in own.seen
    assert "not encrypted" in none.seen


def key(*statements: dict[str, Any], is_managed_by_aws: bool = False) -> Finding:
    """Judge a KMS key."""
    return judge_key(
        KEY,
        is_managed_by_aws=is_managed_by_aws,
        policy=json.dumps({"Statement": statements}) if statements else "",
        queue_arn=QUEUE,
        region=ADS_REGIONS["NA"],
    )


def admits(actions: Any, **more: Any) -> dict[str, Any]:
    """Write a statement that lets SNS use the key."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": actions,
        "Resource": "*",
        **more,
    }


def test_the_key_of_sqs_never_lets_sns_deliver() -> None:
    """By its alias, or by what KMS says of it."""
    alias = judge_encryption({"KmsMasterKeyId": "alias/aws/sqs"})
    assert alias is not None
    assert alias.state is State.FAULT
    assert key(is_managed_by_aws=True).state is State.FAULT


def test_a_key_of_ones_own_decides_by_its_policy() -> None:
    """SNS needs both, a data key and to decrypt."""
    assert judge_encryption({"KmsMasterKeyId": KEY}) is None
    both = ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert key(admits(both)).state is State.OK
    half = key(admits("kms:Decrypt"))
    assert (half.state, "refuses kms:GenerateDataKey to" in half.seen) == (State.FAULT, True)
    account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert key(admits(both, Condition=account)).state is State.FAULT
    address = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    assert key(admits(both, Condition=address)).state is State.WARNING
    unreadable = key()
    assert (unreadable.state, "cannot be read" in unreadable.seen) == (State.FAULT, True)

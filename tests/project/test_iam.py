"""The evaluator of least privilege finds what is too little and what is too much."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.emulator.iam import (
    AwsCall,
    CallRecorder,
    Policy,
    UnreadablePolicyError,
    assert_allowed,
    assert_used,
    calls_of_lambda,
    refused,
    unused,
)

REGION = "us-east-1"
INGRESS = "arn:aws:sqs:us-east-1:123456789012:ingress"
DEAD_LETTERS = "arn:aws:sqs:us-east-1:123456789012:dead-letters"

SEND = AwsCall("sqs:SendMessage", DEAD_LETTERS)


def policy(*actions: str, resource: str | list[str], **more: Any) -> Policy:
    """Build a policy of one statement that allows *actions* on *resource*, with *more* in it."""
    statement = {"Sid": "Phrase", "Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement | more]}


def test_a_granted_call_is_allowed() -> None:
    """The action and the resource of the call are those of a statement."""
    assert_allowed([policy("sqs:SendMessage", resource=DEAD_LETTERS)], [SEND])


def test_an_action_that_is_not_granted_is_found() -> None:
    """A call with another action than the granted one is named with its resource."""
    receive = AwsCall("sqs:ReceiveMessage", DEAD_LETTERS)

    with pytest.raises(AssertionError, match=r"not allowed: sqs:ReceiveMessage on .*dead-letters"):
        assert_allowed([policy("sqs:SendMessage", resource=DEAD_LETTERS)], [SEND, receive])


def test_another_resource_is_found() -> None:
    """A call on another queue than the granted one is refused."""
    assert refused([policy("sqs:SendMessage", resource=INGRESS)], [SEND]) == [SEND]


def test_a_call_on_an_unknown_resource_is_found() -> None:
    """Where the resource could not be told, only a grant for everything would do."""
    call = AwsCall("s3:ListBuckets", "")

    assert refused([policy("s3:ListBuckets", resource="arn:aws:s3:::*")], [call]) == [call]


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("arn:aws:sns:us-east-1:084590724871:*", True),
        ("arn:aws:sns:us-east-1:084590724871:stream-?", True),
        ("arn:aws:sns:us-east-1:084590724871:other-*", False),
        ("arn:aws:sns:us-east-1:084590724871:[s]tream-1", False),
        ("arn:aws:sns:eu-west-1:*", False),
    ],
    ids=["star", "question mark", "other name", "brackets mean themselves", "other region"],
)
def test_wildcards_match_as_iam_matches_them(pattern: str, *, allowed: bool) -> None:
    """A star is anything, a question mark is one character, and nothing else is special."""
    call = AwsCall("sns:ConfirmSubscription", "arn:aws:sns:us-east-1:084590724871:stream-1")

    found = refused([policy("sns:ConfirmSubscription", resource=pattern)], [call])

    assert (found == []) is allowed


def test_a_deny_wins() -> None:
    """What one statement allows and another denies is refused."""
    allow = policy("sqs:*", resource=DEAD_LETTERS)
    deny = policy("sqs:SendMessage", resource=DEAD_LETTERS, Effect="Deny")

    assert refused([allow, deny], [SEND]) == [SEND]


@pytest.mark.parametrize("part", ["Condition", "NotAction", "NotPrincipal", "NotResource"])
def test_a_statement_that_would_be_judged_wrongly_is_not_judged(part: str) -> None:
    """What the evaluator does not understand stops it, with the statement's Sid."""
    unreadable = policy("sqs:SendMessage", resource=DEAD_LETTERS, **{part: {"StringLike": {}}})

    with pytest.raises(UnreadablePolicyError, match=f"Phrase has {part}"):
        refused([unreadable], [SEND])


OWN = {
    "ForAllValues:StringEquals": {"events:source": "own"},
    "Null": {"events:source": "false"},
}
"""A condition: events of that source, and not of none at all."""


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ((("events:source", "own"),), True),
        ((("events:source", "another"),), False),
        ((("events:source", "own"), ("events:source", "another")), False),
        ((), False),
    ],
    ids=["own", "another", "both", "none"],
)
def test_a_condition_on_the_source_of_events_is_met_or_not(
    context: tuple[tuple[str, str], ...], *, allowed: bool
) -> None:
    """Every value has to be the one that is granted, and there has to be one."""
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/alerts"
    call = AwsCall("events:PutEvents", bus, context)
    granted = [policy("events:PutEvents", resource=bus, Condition=OWN)]

    assert (refused(granted, [call]) == []) is allowed
    assert unused(granted, [call]) == []


def test_a_refused_event_is_named_with_its_source() -> None:
    """That is what its grant hangs on."""
    call = AwsCall("events:PutEvents", "bus", (("events:source", "another"),))

    with pytest.raises(AssertionError, match="PutEvents on bus with events:source another"):
        assert_allowed([policy("events:PutEvents", resource="bus", Condition=OWN)], [call])


def test_an_unused_grant_is_found() -> None:
    """Each granted action counts on each of its resources."""
    granted = policy("sqs:SendMessage", "sqs:PurgeQueue", resource=[DEAD_LETTERS, INGRESS])

    assert unused([granted], [SEND]) == [
        AwsCall("sqs:PurgeQueue", DEAD_LETTERS),
        AwsCall("sqs:PurgeQueue", INGRESS),
        AwsCall("sqs:SendMessage", INGRESS),
    ]
    with pytest.raises(AssertionError, match=r"granted and never used: sqs:PurgeQueue on .*, "):
        assert_used([granted], [SEND])


def test_lambdas_own_calls_use_their_grants() -> None:
    """Polling the queue and writing the log need exactly five actions."""
    log_group = "arn:aws:logs:us-east-1:123456789012:log-group:apply"
    calls = calls_of_lambda(log_group_arn=log_group, queue_arn=INGRESS)
    policies = [
        policy(
            "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", resource=INGRESS
        ),
        policy("logs:CreateLogStream", "logs:PutLogEvents", resource=f"{log_group}:*"),
    ]

    assert_allowed(policies, calls)
    assert_used(policies, calls)
    without_a_queue = calls_of_lambda(log_group_arn=log_group)
    assert_used([policies[1]], without_a_queue)
    assert refused([policies[1]], without_a_queue) == []


@pytest.fixture
def moto() -> Iterator[None]:
    """An AWS of this process."""
    with mock_aws():
        yield


@pytest.mark.usefixtures("moto")
def test_calls_are_recorded_under_iams_names() -> None:
    """A batch is the action of its single call, and each call has the ARN it is about."""
    boto3.client("sqs", region_name=REGION).create_queue(QueueName="ingress")
    secrets = boto3.client("secretsmanager", region_name=REGION)
    secret_arn = secrets.create_secret(Name="credentials", SecretString="{}")["ARN"]
    topic_arn = boto3.client("sns", region_name=REGION).create_topic(Name="stream")["TopicArn"]
    queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/ingress"
    recorder = CallRecorder()

    with recorder.on_new_sessions():
        session = boto3.Session(region_name=REGION)
    sqs = session.client("sqs")
    sqs.send_message_batch(QueueUrl=queue_url, Entries=[{"Id": "1", "MessageBody": "a body"}])
    [message] = sqs.receive_message(QueueUrl=queue_url)["Messages"]
    handle = message["ReceiptHandle"]
    sqs.change_message_visibility_batch(
        QueueUrl=queue_url,
        Entries=[{"Id": "1", "ReceiptHandle": handle, "VisibilityTimeout": 60}],
    )
    sqs.delete_message_batch(QueueUrl=queue_url, Entries=[{"Id": "1", "ReceiptHandle": handle}])
    session.client("secretsmanager").get_secret_value(SecretId=secret_arn)
    session.client("sns").confirm_subscription(TopicArn=topic_arn, Token="token")

    assert recorder.calls == [
        AwsCall("sqs:SendMessage", INGRESS),
        AwsCall("sqs:ReceiveMessage", INGRESS),
        AwsCall("sqs:ChangeMessageVisibility", INGRESS),
        AwsCall("sqs:DeleteMessage", INGRESS),
        AwsCall("secretsmanager:GetSecretValue", secret_arn),
        AwsCall("sns:ConfirmSubscription", topic_arn),
    ]


@pytest.mark.usefixtures("moto")
def test_each_event_is_a_call_on_its_bus_with_its_source() -> None:
    """IAM lets PutEvents through if it lets every entry through."""
    recorder = CallRecorder()
    session = boto3.Session(region_name=REGION)
    recorder.listen_to(session)
    session.client("events").put_events(
        Entries=[
            {"Source": each, "DetailType": "Held", "Detail": "{}", "EventBusName": "default"}
            for each in ("a", "b")
        ]
    )
    session.client("ssm").describe_parameters()
    session.client("ssm").put_parameter(Name="/a/policy", Value="{}", Type="String")

    bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    assert recorder.calls == [
        AwsCall("events:PutEvents", bus, (("events:source", "a"),)),
        AwsCall("events:PutEvents", bus, (("events:source", "b"),)),
        AwsCall("ssm:DescribeParameters", ""),
        AwsCall("ssm:PutParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/a/policy"),
    ]


@pytest.mark.usefixtures("moto")
def test_calls_of_a_table_are_told_from_calls_of_its_index() -> None:
    """A query of the index is about the index alone; a batch is about every table in it."""
    recorder = CallRecorder()
    session = boto3.Session(region_name=REGION)
    recorder.listen_to(session)
    dynamodb = session.client("dynamodb")
    for name in ("ledger", "other"):
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "due", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "DueIndex",
                    "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
    recorder.calls.clear()

    key = {"pk": {"S": "1"}}
    dynamodb.put_item(TableName="ledger", Item=key)
    dynamodb.query(
        TableName="ledger",
        IndexName="DueIndex",
        KeyConditionExpression="due = :due",
        ExpressionAttributeValues={":due": {"S": "DUE"}},
    )
    dynamodb.batch_get_item(RequestItems={"ledger": {"Keys": [key]}, "other": {"Keys": [key]}})
    dynamodb.list_tables()

    ledger = "arn:aws:dynamodb:us-east-1:123456789012:table/ledger"
    assert recorder.calls == [
        AwsCall("dynamodb:PutItem", ledger),
        AwsCall("dynamodb:Query", f"{ledger}/index/DueIndex"),
        AwsCall("dynamodb:BatchGetItem", ledger),
        AwsCall("dynamodb:BatchGetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/other"),
        AwsCall("dynamodb:ListTables", ""),
    ]


@pytest.mark.usefixtures("moto")
def test_sessions_that_are_made_side_by_side_are_told_apart() -> None:
    """Two functions of one process have two recorders, and neither has the other's calls."""
    one, other = CallRecorder(), CallRecorder()
    with one.on_new_sessions():
        session_of_one = boto3.Session(region_name=REGION)
    with other.on_new_sessions():
        session_of_other = boto3.Session(region_name=REGION)

    session_of_other.client("sqs").list_queues()
    session_of_one.client("sns").list_topics()

    assert one.calls == [AwsCall("sns:ListTopics", "")]
    assert other.calls == [AwsCall("sqs:ListQueues", "")]


@pytest.mark.usefixtures("moto")
def test_a_call_that_fails_is_recorded_too() -> None:
    """IAM judges a call before it is known whether there is such a queue."""
    recorder = CallRecorder()
    session = boto3.Session(region_name=REGION)
    recorder.listen_to(session)

    with pytest.raises(ClientError, match="NonExistentQueue"):
        session.client("sqs").purge_queue(
            QueueUrl="https://sqs.us-east-1.amazonaws.com/123456789012/ingress"
        )

    assert recorder.calls == [AwsCall("sqs:PurgeQueue", INGRESS)]


@pytest.mark.usefixtures("moto")
def test_sessions_of_others_are_not_recorded() -> None:
    """What a test does with sessions made before or after is nobody's grant."""
    before = boto3.Session(region_name=REGION)
    recorder = CallRecorder()
    with recorder.on_new_sessions():
        pass
    after = boto3.Session(region_name=REGION)

    for session in (before, after):
        session.client("sqs").list_queues()

    assert recorder.calls == []

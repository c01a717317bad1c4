"""A message that has to be tried again is not seen for a while."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_sqs.client import SQSClient

from recommendation_applier.aws.ingress_queue import IngressQueue
from tests.contract.sqs_clients import stubbed_sqs, unreachable_sqs


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    """An SQS in moto."""
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def queue_url(sqs: SQSClient) -> str:
    """A queue whose messages are invisible for half a minute once they are received."""
    return sqs.create_queue(QueueName="ingress")["QueueUrl"]


def receipt_handles(sqs: SQSClient, queue_url: str, count: int) -> list[str]:
    """Put *count* messages on the queue and receive them."""
    handles: list[str] = []
    for number in range(count):
        sqs.send_message(QueueUrl=queue_url, MessageBody=str(number))
    while len(handles) < count:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        handles += [message["ReceiptHandle"] for message in answer["Messages"]]
    return handles


def visible(sqs: SQSClient, queue_url: str) -> int:
    """Count what could be received now."""
    answer = sqs.get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def hide_calls(sqs: SQSClient) -> list[list[int]]:
    """Record the timeouts that each ChangeMessageVisibilityBatch asks for."""
    calls: list[list[int]] = []
    sqs.meta.events.register(
        "before-parameter-build.sqs.ChangeMessageVisibilityBatch",
        lambda params, **_: calls.append([one["VisibilityTimeout"] for one in params["Entries"]]),
    )
    return calls


def test_messages_are_hidden_ten_at_a_time(sqs: SQSClient, queue_url: str) -> None:
    """25 messages take three calls, each message with its own wait."""
    handles = receipt_handles(sqs, queue_url, 25)
    calls = hide_calls(sqs)
    failure = IngressQueue(sqs, queue_url=queue_url).change_visibility(
        {handle: 600 + number for number, handle in enumerate(handles)}, time_is_up=lambda: False
    )

    assert failure is None
    assert calls == [[*range(600, 610)], [*range(610, 620)], [*range(620, 625)]]
    assert visible(sqs, queue_url) == 0


def test_every_message_gets_its_wait(sqs: SQSClient, queue_url: str) -> None:
    """With none to wait, all that had been invisible are seen again, across calls."""
    handles = receipt_handles(sqs, queue_url, 12)
    before = visible(sqs, queue_url)

    assert (
        IngressQueue(sqs, queue_url=queue_url).change_visibility(
            dict.fromkeys(handles, 0), time_is_up=lambda: False
        )
        is None
    )
    assert (before, visible(sqs, queue_url)) == (0, 12)


def test_nothing_to_hide_makes_no_call(sqs: SQSClient, queue_url: str) -> None:
    """An invocation in which nothing is retried asks SQS nothing."""
    calls = hide_calls(sqs)

    assert (
        IngressQueue(sqs, queue_url=queue_url).change_visibility({}, time_is_up=lambda: False)
        is None
    )
    assert calls == []


def test_a_queue_that_is_gone_is_told_of(sqs: SQSClient, queue_url: str) -> None:
    """The first call that fails is the last one, and says how many were left."""
    handles = receipt_handles(sqs, queue_url, 15)
    sqs.delete_queue(QueueUrl=queue_url)
    calls = hide_calls(sqs)
    failure = IngressQueue(sqs, queue_url=queue_url).change_visibility(
        dict.fromkeys(handles, 60), time_is_up=lambda: False
    )

    assert failure is not None
    assert failure.startswith(f"hiding 15 messages on {queue_url}: ")
    assert "NonExistentQueue" in failure
    assert len(calls) == 1


def test_an_sqs_that_cannot_be_reached_is_told_of() -> None:
    """No connection is no reason to raise: SQS's own timeout brings the messages back."""
    client = unreachable_sqs()
    failure = IngressQueue(client, queue_url="http://127.0.0.1:1/1/q").change_visibility(
        {"handle": 60}, time_is_up=lambda: False
    )

    assert failure is not None
    assert "Could not connect to the endpoint" in failure


def test_entries_that_sqs_refuses_are_counted() -> None:
    """A receipt handle that has expired fails alone; the other calls are made."""
    client = stubbed_sqs()
    refused = {"SenderFault": True, "Code": "ReceiptHandleIsInvalid"}
    with Stubber(client) as stubber:
        for failed in (["0", "1"], ["10"]):
            stubber.add_response(
                "change_message_visibility_batch",
                {"Successful": [], "Failed": [{"Id": one, **refused} for one in failed]},
            )
        failure = IngressQueue(client, queue_url="https://ingress").change_visibility(
            {f"handle-{number}": 60 for number in range(11)}, time_is_up=lambda: False
        )

    stubber.assert_no_pending_responses()
    assert failure == "hiding 3 messages on https://ingress: refused: {'ReceiptHandleIsInvalid': 3}"


def test_no_call_is_begun_when_time_is_up(sqs: SQSClient, queue_url: str) -> None:
    """The answer of the invocation is worth more than a longer wait."""
    calls = hide_calls(sqs)
    failure = IngressQueue(sqs, queue_url=queue_url).change_visibility(
        {"handle": 60}, time_is_up=lambda: True
    )

    assert failure == f"hiding 1 messages on {queue_url}: time was up"
    assert calls == []

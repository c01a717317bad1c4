"""One contract for who sends notices of releases, and what the queue itself may answer."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_sqs.client import SQSClient

from recommendation_applier.aws.release_notices import IngressNotices
from recommendation_applier.domain.release_notice import release_notice
from recommendation_applier.use_cases.ports import ReleaseNotices
from tests.contract.sqs_clients import stubbed_sqs, unreachable_sqs
from tests.fakes import FakeReleaseNotices

NOTICES = [release_notice([f"rec-{number}"]) for number in range(23)]


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    """SQS in moto."""
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


@pytest.fixture(params=["fake", "queue"])
def notices(request: pytest.FixtureRequest) -> ReleaseNotices:
    """The stand-in, and the adapter in front of a queue."""
    if request.param == "fake":
        return FakeReleaseNotices()
    sqs: SQSClient = request.getfixturevalue("sqs")
    queue_url = sqs.create_queue(QueueName="ingress")["QueueUrl"]
    return IngressNotices(sqs, queue_url=queue_url, report_failure=pytest.fail)


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_what_is_sent_is_named_by_its_position(notices: ReleaseNotices, count: int) -> None:
    """All of them, however many calls it takes."""
    assert notices.send(NOTICES[:count]) == set(range(count))


def test_the_queue_has_what_was_sent(sqs: SQSClient) -> None:
    """To the letter."""
    queue_url = sqs.create_queue(QueueName="ingress")["QueueUrl"]
    IngressNotices(sqs, queue_url=queue_url, report_failure=pytest.fail).send(NOTICES)

    received: list[str] = []
    while found := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        received += [each["Body"] for each in found]
    assert sorted(received) == sorted(NOTICES)


def test_what_sqs_refuses_is_not_sent() -> None:
    """The others are; how many were refused, and why, is told."""
    told: list[str] = []
    client = stubbed_sqs()
    refused = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    done = {"MessageId": "m", "MD5OfMessageBody": "d"}
    with Stubber(client) as stubber:
        stubber.add_response(
            "send_message_batch", {"Successful": [{"Id": "0", **done}], "Failed": [refused]}
        )
        sender = IngressNotices(client, queue_url="https://ingress", report_failure=told.append)
        sent = sender.send(NOTICES[:2])

    assert sent == {0}
    [sentence] = told
    assert sentence == (
        "sending 2 notices of releases to https://ingress failed for 1: refused: "
        "{'InternalError': 1}"
    )


def test_an_sqs_that_cannot_be_reached_is_told_of() -> None:
    """The first call that fails is the last one; nothing counts as sent."""
    told: list[str] = []
    sender = IngressNotices(
        unreachable_sqs(), queue_url="http://127.0.0.1:1/1/q", report_failure=told.append
    )

    assert sender.send(NOTICES) == set()
    [sentence] = told
    assert sentence.startswith("sending 23 notices of releases to http://127.0.0.1:1/1/q failed: ")

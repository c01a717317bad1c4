"""Rows of data files on the ingress queue: the queue's side of it, and its stand-in."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_sqs.client import SQSClient

from recommendation_applier.aws.offers import QueuedOffers
from recommendation_applier.aws.sqs_batches import MAX_BYTES
from recommendation_applier.domain.errors import OutOfTimeError, UnavailableError
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.opportunity_ports import Offers
from tests.builders import recommendation
from tests.contract.sqs_clients import stubbed_sqs, unreachable_sqs
from tests.memory_index import FakeOffers

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/ingress"


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    """An SQS in moto, with a queue."""
    with mock_aws():
        client: SQSClient = boto3.client("sqs", region_name="us-east-1")
        client.create_queue(QueueName="ingress")
        yield client


def queued(sqs: SQSClient, *, queue_url: str = URL, is_late: bool = False) -> QueuedOffers:
    """Make the offers of one invocation."""
    return QueuedOffers(sqs, queue_url=queue_url, time_is_up=lambda: is_late)


def received(sqs: SQSClient) -> list[dict[str, Any]]:
    """Receive everything that is there."""
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=URL, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
    return found


def some(count: int, **changes: Any) -> list[Recommendation]:
    """Make so many."""
    return [recommendation(f"rec-{number}", **changes) for number in range(count)]


@pytest.fixture(params=["fake", "queue"])
def offers(request: pytest.FixtureRequest) -> Offers:
    """Each of the two."""
    if request.param == "fake":
        return FakeOffers()
    return queued(request.getfixturevalue("sqs"))


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_what_is_offered_is_named(offers: Offers, count: int) -> None:
    """However many calls it takes."""
    wanted = some(count)

    assert offers.offer(wanted) == {each.recommendation_id for each in wanted}


def test_each_is_a_message_of_its_own(sqs: SQSClient) -> None:
    """Which names the opportunity."""
    queued(sqs).offer(some(12, partner_opportunity_id="PO-1"))

    found = received(sqs)
    assert {each["recommendation_id"] for each in found} == {f"rec-{one}" for one in range(12)}
    assert {each["partner_opportunity_id"] for each in found} == {"PO-1"}


def test_settings_that_are_too_large_for_a_message_are_left_out(sqs: SQSClient) -> None:
    """What is left can be applied, or held by a policy that wants to weigh them."""
    large = {"note": "x" * MAX_BYTES}
    queued(sqs).offer(some(1, current_settings=large, recommended_settings={"bid": 1}))

    [found] = received(sqs)
    assert found["recommendation_id"] == "rec-0"
    assert "current_campaign_settings" not in found
    assert "recommended_campaign_settings" not in found


def test_what_sqs_refuses_is_not_named() -> None:
    """It is offered again with its block."""
    client = stubbed_sqs()
    with Stubber(client) as stubber:
        stubber.add_response(
            "send_message_batch",
            {
                "Successful": [{"Id": "1", "MessageId": "m", "MD5OfMessageBody": "5"}],
                "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}],
            },
        )

        assert queued(client).offer(some(2)) == {"rec-1"}


def test_a_queue_that_does_not_answer_is_told_of() -> None:
    """With SQS's code, or the way in which it was not reached."""
    client = stubbed_sqs()
    with Stubber(client) as stubber:
        stubber.add_client_error("send_message_batch", "AccessDenied")
        with pytest.raises(UnavailableError, match=f"putting 2 rows on {URL} failed: AccessDenied"):
            queued(client).offer(some(2))
    with pytest.raises(UnavailableError, match="failed: EndpointConnectionError"):
        queued(unreachable_sqs(), queue_url="http://127.0.0.1:1/1/ingress").offer(some(1))


def test_nothing_is_sent_once_time_is_up(sqs: SQSClient) -> None:
    """The next tick offers it."""
    with pytest.raises(OutOfTimeError, match="was broken off: the time was up"):
        queued(sqs, is_late=True).offer(some(1))
    assert received(sqs) == []

"""One contract for the stand-ins of tests/fakes.py and for what they stand in for."""

from collections.abc import Iterator

import boto3
import httpx
import pytest
from moto import mock_aws

from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.domain.dead_letter import Reason, message_letter
from recommendation_applier.domain.delivery import Confirmation
from recommendation_applier.domain.outcome import ApplicationStatus
from recommendation_applier.domain.reasons import AcceptedReason, DeadLetterReason
from recommendation_applier.use_cases.ports import (
    Confirmations,
    DeadLetters,
    PartnerOpportunities,
)
from tests.builders import NOW, batch
from tests.contract.invocation_at_amazon import begin, conclusive
from tests.emulator.amazon import EmulatedAmazon
from tests.fakes import FakeConfirmations, FakeDeadLetters, FakePartnerOpportunities

TOPIC_PREFIX = "arn:aws:sns:us-east-1:084590724871:"


# PartnerOpportunities


@pytest.fixture(params=["fake", "client"])
def api(request: pytest.FixtureRequest) -> Iterator[PartnerOpportunities]:
    """The stand-in, and the client in front of an Amazon that accepts what it is sent."""
    if request.param == "fake":
        yield FakePartnerOpportunities()
        return
    with EmulatedAmazon() as amazon, httpx.Client(trust_env=False) as http:
        yield begin(amazon, http, max_concurrent_requests=4).client


def test_every_batch_has_one_result(api: PartnerOpportunities) -> None:
    """Each id of each batch is accepted, by one request."""
    batches = [batch(f"rec-{number}", f"rec-{number}b", account=number) for number in range(5)]
    results = {result.batch.recommendation_ids[0]: result for result in api.apply(batches)}

    assert sorted(results) == [f"rec-{number}" for number in range(5)]
    for number, result in enumerate(results[name] for name in sorted(results)):
        assert conclusive(result).batch == batches[number]
        assert set(result.accepted.values()) == {AcceptedReason.ACCEPTED}
        assert (result.attempts, result.throttled, result.http_status) == (1, 0, 202)


def test_no_batches_have_no_results(api: PartnerOpportunities) -> None:
    """Nothing in, nothing out."""
    assert list(api.apply([])) == []
    assert list(api.application_status([])) == []


def test_what_was_never_sent_is_published(api: PartnerOpportunities) -> None:
    """Asked about what nobody applied, Amazon says that it may be applied."""
    asked = [batch("rec-1", "rec-2"), batch("rec-3", account=2)]
    results = {
        result.batch.recommendation_ids[0]: result for result in api.application_status(asked)
    }

    assert [results[name].batch for name in ("rec-1", "rec-3")] == asked
    assert all(result.error is None for result in results.values())
    assert results["rec-1"].statuses == dict.fromkeys(
        ["rec-1", "rec-2"], ApplicationStatus.PUBLISHED
    )


# DeadLetters


@pytest.fixture(params=["fake", "queue"])
def dead_letters(request: pytest.FixtureRequest) -> Iterator[DeadLetters]:
    """The stand-in, and the adapter in front of a queue in moto."""
    if request.param == "fake":
        yield FakeDeadLetters()
        return
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        url = client.create_queue(QueueName="dead-letters")["QueueUrl"]
        yield DeadLetterQueue(
            client, queue_url=url, report_failure=pytest.fail, time_is_up=lambda: False
        )


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_what_is_stored_is_named_by_its_position(dead_letters: DeadLetters, count: int) -> None:
    """All letters, however many calls they take; equal ones are letters of their own."""
    letter = message_letter(
        message_id="message-1",
        body="a body",
        reason=Reason(DeadLetterReason.UNREADABLE_BODY, "not JSON"),
        attempts=1,
        failed_at=NOW,
    )

    assert dead_letters.store([letter] * count) == set(range(count))


# Confirmations


@pytest.fixture(params=["fake", "sns"])
def confirmations(request: pytest.FixtureRequest) -> Iterator[Confirmations]:
    """The stand-in, and the adapter in front of a topic in moto."""
    if request.param == "fake":
        yield FakeConfirmations()
        return
    with mock_aws():
        client = boto3.client("sns", region_name="us-east-1")
        client.create_topic(Name="rec")
        yield SnsConfirmations(client, topic_arn_prefix=TOPIC_PREFIX)


def confirmation(topic_arn: str) -> Confirmation:
    """Make what SNS asks."""
    return Confirmation(topic_arn=topic_arn, token="2336412f37", body="the body")


def test_the_datasets_topic_is_trusted_and_no_other(confirmations: Confirmations) -> None:
    """The account decides."""
    assert confirmations.is_trusted(confirmation(f"{TOPIC_PREFIX}rec"))
    assert not confirmations.is_trusted(confirmation("arn:aws:sns:us-east-1:123456789012:rec"))
    assert not confirmations.is_trusted(confirmation(""))


def test_a_confirmation_that_works_says_nothing(confirmations: Confirmations) -> None:
    """No error is all there is to know; whether to trust was asked before."""
    confirmations.confirm(confirmation("arn:aws:sns:us-east-1:123456789012:rec"))

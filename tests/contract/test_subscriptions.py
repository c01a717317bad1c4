"""Only the dataset's own topics are confirmed, by a call to SNS, and no token is told."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_sns.client import SNSClient

from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.domain.delivery import Confirmation
from recommendation_applier.domain.errors import (
    ApplierError,
    RefusedError,
    UnavailableError,
    WaitError,
)
from tests.contract.invocation_at_amazon import everything_said

PREFIX = "arn:aws:sns:us-east-1:084590724871:"
TOPIC = f"{PREFIX}rec"
TOKEN = "2336412f37fb687f5d51e6e2425a8a58-made-up"


def confirmation(topic_arn: str = TOPIC) -> Confirmation:
    """Make what SNS asks."""
    return Confirmation(topic_arn=topic_arn, token=TOKEN, body="the body")


def credentialed() -> SNSClient:
    """Make a client outside of moto."""
    return boto3.client(
        "sns",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@pytest.mark.parametrize(
    "topic_arn",
    [
        TOPIC,
        f"{PREFIX}sponsored-ads-campaign-diagnostics-recommendations_NA",
        f"{PREFIX}x",
        f"{PREFIX}{'x' * 256}",
        f"{PREFIX}rec.fifo",
    ],
)
def test_a_topic_of_the_datasets_account_is_trusted(topic_arn: str) -> None:
    """Any name that SNS allows, in this region."""
    assert SnsConfirmations(credentialed(), topic_arn_prefix=PREFIX).is_trusted(
        confirmation(topic_arn)
    )


@pytest.mark.parametrize(
    "topic_arn",
    [
        "arn:aws:sns:us-east-1:123456789012:rec",
        "arn:aws:sns:us-east-1:0845907248710:rec",
        "arn:aws:sns:us-east-1:08459072487:rec",
        "arn:aws:sns:us-east-1:123456789012:084590724871:rec",
        "arn:aws:sns:eu-west-1:084590724871:rec",
        "arn:aws:sns:us-east-1a:084590724871:rec",
        "arn:aws:sqs:us-east-1:084590724871:rec",
        "arn:aws-cn:sns:us-east-1:084590724871:rec",
        f"x{TOPIC}",
        f" {TOPIC}",
        f"{TOPIC} ",
        f"{TOPIC}\n",
        TOPIC.upper(),
        PREFIX,
        f"{PREFIX}:rec",
        f"{TOPIC}:",
        f"{TOPIC}:0b8b4a53-1a53-4d30-8a5e-6f1f6bb0a001",
        f"{PREFIX}{PREFIX}rec",
        f"{PREFIX}rec.fifo.fifo",
        f"{PREFIX}.fifo",
        f"{PREFIX}*",
        f"{PREFIX}rec/../other",
        f"{PREFIX}r\u00e9c",
        f"{PREFIX}{'x' * 257}",
        "rec",
        "",
    ],
)
def test_a_topic_that_only_looks_like_it_is_not_trusted(topic_arn: str) -> None:
    """Other accounts, regions, partitions and services; more colons; names that SNS has not."""
    assert not SnsConfirmations(credentialed(), topic_arn_prefix=PREFIX).is_trusted(
        confirmation(topic_arn)
    )


@pytest.fixture
def sns() -> Iterator[SNSClient]:
    """An SNS in moto."""
    with mock_aws():
        yield boto3.client("sns", region_name="us-east-1")


def test_a_subscription_is_confirmed_by_call(sns: SNSClient) -> None:
    """Topic and token go to SNS; the address in the message is never called."""
    topic_arn = sns.create_topic(Name="rec")["TopicArn"]
    calls: list[dict[str, str]] = []
    sns.meta.events.register(
        "provide-client-params.sns.ConfirmSubscription", lambda params, **_: calls.append(params)
    )
    SnsConfirmations(sns, topic_arn_prefix=PREFIX).confirm(confirmation(topic_arn))

    assert calls == [{"TopicArn": topic_arn, "Token": TOKEN}]


def test_a_topic_that_is_gone_refuses(sns: SNSClient) -> None:
    """A subscription to nothing is not to be had later either."""
    with pytest.raises(RefusedError, match=f"^confirming the subscription to {TOPIC} failed: Not"):
        SnsConfirmations(sns, topic_arn_prefix=PREFIX).confirm(confirmation())


def failure(client: SNSClient, kind: type[ApplierError]) -> ApplierError:
    """Confirm in vain."""
    with pytest.raises(kind, match=f"^confirming the subscription to {TOPIC} failed: ") as raised:
        SnsConfirmations(client, topic_arn_prefix=PREFIX).confirm(confirmation())
    return raised.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AuthorizationError", RefusedError),
        ("FilterPolicyLimitExceeded", RefusedError),
        ("InvalidParameter", RefusedError),
        ("NotFound", RefusedError),
        ("ReplayLimitExceeded", RefusedError),
        ("SubscriptionLimitExceeded", RefusedError),
        ("InternalError", UnavailableError),
        ("Throttled", UnavailableError),
        ("Odd", UnavailableError),
    ],
)
def test_what_sns_answers_is_said_without_its_sentence(code: str, kind: type[ApplierError]) -> None:
    """Its code decides whether it may work later; its sentence may quote the token."""
    client = credentialed()
    with Stubber(client) as stubber:
        stubber.add_client_error("confirm_subscription", code, f"Invalid token {TOKEN}", 400)
        error = failure(client, kind)

    assert (str(error).rpartition(": ")[2], error.api_code) == (code, code)
    assert TOKEN not in everything_said([error])


def test_an_sns_that_cannot_be_reached_may_be_later() -> None:
    """No connection is an outage; the token, which was in the request, is not told."""
    client = boto3.client(
        "sns",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )
    error = failure(client, UnavailableError)

    assert isinstance(error, WaitError)
    assert str(error).endswith("failed: EndpointConnectionError")
    assert TOKEN not in everything_said([error])


def test_a_confirmation_does_not_print_its_token() -> None:
    """Neither the token nor the body that holds it is in its repr."""
    assert TOKEN not in repr(confirmation())
    assert "the body" not in repr(confirmation())

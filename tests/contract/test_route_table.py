"""The route table in SSM: read at most once a minute, and never taken for what it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from types_boto3_ssm.client import SSMClient

from recommendation_applier.aws.route_table import StoredRoutes
from recommendation_applier.domain.errors import RoutesUnreadableError
from tests.builders import NO_ROUTES, NOW, recommendation

NAME = "/stack/opportunity-routes"
EMPTY = '{"version": 1, "routes": []}'
ONE = '{"version": 1, "routes": [{"match": {"adProduct": ["SP"]}, "partnerOpportunityId": "PO-1"}]}'


class Clock:
    """Shows the time that it is set to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now


@pytest.fixture
def ssm() -> Iterator[SSMClient]:
    """An SSM in moto, with the parameter as the stack creates it."""
    with mock_aws():
        client: SSMClient = boto3.client("ssm", region_name="us-east-1")
        client.put_parameter(Name=NAME, Value=EMPTY, Type="String")
        yield client


def store(ssm: SSMClient, text: str) -> None:
    """Do what an operator does."""
    ssm.put_parameter(Name=NAME, Value=text, Overwrite=True)


def test_routes_are_read_at_most_once_a_minute(ssm: SSMClient) -> None:
    """What an operator stores counts a minute later, without a deploy."""
    clock = Clock()
    table = StoredRoutes(ssm, name=NAME, clock=clock)
    assert table.read() == NO_ROUTES

    store(ssm, ONE)
    clock.now += timedelta(seconds=59)
    assert table.read() == NO_ROUTES
    clock.now += timedelta(seconds=1)
    assert table.read().opportunity_of(recommendation()) == "PO-1"


def test_what_is_wrong_is_told_until_it_is_mended(ssm: SSMClient) -> None:
    """Nobody goes on by what it was before, and nobody waits a minute for the mended one."""
    clock = Clock()
    table = StoredRoutes(ssm, name=NAME, clock=clock)
    table.read()
    store(ssm, "{")
    clock.now += timedelta(minutes=1)
    for _ in range(2):
        with pytest.raises(RoutesUnreadableError, match=f"parameter {NAME} failed: the whole: Inv"):
            table.read()

    store(ssm, ONE)
    assert table.read() != NO_ROUTES


def test_a_parameter_that_is_gone_is_told_of(ssm: SSMClient) -> None:
    """With what to look at."""
    table = StoredRoutes(ssm, name="/gone", clock=Clock())

    with pytest.raises(RoutesUnreadableError, match="/gone failed: ParameterNotFound; see that it"):
        table.read()


def test_an_ssm_that_does_not_answer_is_told_of() -> None:
    """It is tried again with the delivery."""
    client: SSMClient = boto3.client(
        "ssm",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )

    with pytest.raises(RoutesUnreadableError, match=f"{NAME} failed: EndpointConnectionError"):
        StoredRoutes(client, name=NAME, clock=Clock()).read()

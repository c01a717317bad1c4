"""DynamoDB clients, and the ledger's table in moto."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock, local
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from recommendation_applier.aws.breaker_store import StoredBreaker
from recommendation_applier.aws.campaign_counts import CampaignCounts
from recommendation_applier.aws.follow_ups import FollowUps
from recommendation_applier.aws.ledger_table import LedgerTable
from tests.emulator.template import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel
    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.use_cases.ports import (
        BreakerStore,
        FollowUpStore,
        LedgerStore,
        PacingStore,
    )

TABLE: Final = "ledger"


@dataclass(frozen=True, slots=True)
class Stores:
    """One ledger, through its ports."""

    ledger: LedgerStore
    follow_ups: FollowUpStore
    breaker: BreakerStore
    pacing: PacingStore


def dynamodb(*, endpoint_url: str | None = None) -> DynamoDBClient:
    """Make a client with made-up credentials that tries each call once, and one at a time."""
    client: DynamoDBClient = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )
    _one_request_at_a_time(client)
    return client


def create_table(client: DynamoDBClient, *, name: str = TABLE) -> None:
    """Create a table with the keys and the index of the template's."""
    properties = load()["Resources"]["LedgerTable"]["Properties"]
    client.create_table(
        TableName=name,
        BillingMode=properties["BillingMode"],
        KeySchema=properties["KeySchema"],
        AttributeDefinitions=properties["AttributeDefinitions"],
        GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
    )


def stores(
    client: DynamoDBClient,
    *,
    table_name: str = TABLE,
    report_failure: Callable[[str], None] = pytest.fail,
    time_is_up: Callable[[], bool] = lambda: False,
) -> Stores:
    """Make the adapters as one invocation has them."""
    parts: dict[str, Any] = {
        "table_name": table_name,
        "report_failure": report_failure,
        "time_is_up": time_is_up,
    }
    return Stores(
        LedgerTable(client, **parts),
        FollowUps(client, **parts),
        StoredBreaker(client, **parts),
        CampaignCounts(client, **parts),
    )


def documents(client: DynamoDBClient) -> dict[tuple[str, str], dict[str, Any]]:
    """Read the whole table, attributes as DynamoDB gives them, by `pk` and `sk`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for page in client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        for each in page["Items"]:
            found[each["pk"]["S"], each["sk"]["S"]] = dict(each)
    return found


def calls_of(client: DynamoDBClient) -> list[tuple[str, dict[str, Any]]]:
    """Note every call that *client* makes from now on: operation and parameters."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: OperationModel, **_: object) -> None:
        calls.append((model.name, dict(params)))

    client.meta.events.register("before-parameter-build.dynamodb", note)
    return calls


def fail_once(client: DynamoDBClient, operation: str, error: Exception, *, landed: bool) -> None:
    """Let one request fail, before DynamoDB has it or (*landed*) once it is done."""
    left = [error]

    def fail(event_name: str, **_: object) -> None:
        if left and event_name.endswith(f".{operation}"):
            raise left.pop()

    # moto answers between the two: it is registered for every service's requests.
    if landed:
        client.meta.events.register_last("before-send", fail)
    else:
        client.meta.events.register_first("before-send.dynamodb", fail)


def fail_for(client: DynamoDBClient, operation: str, error: Exception, *texts: str) -> None:
    """Let every request fail that has one of *texts* in it, before DynamoDB has it."""

    def fail(request: AWSPreparedRequest, **_: object) -> None:
        if any(text in str(request.body) for text in texts):
            raise error

    client.meta.events.register_first(f"before-send.dynamodb.{operation}", fail)


def repeat_at_once(client: DynamoDBClient) -> None:
    """Repeat what has timed out like botocore does, once, but without waiting."""

    def decide(caught_exception: Exception | None, attempts: int, **_: object) -> int | None:
        return 0 if isinstance(caught_exception, ReadTimeoutError) and attempts == 1 else None

    # What botocore-stubs do not know: here the first answer that is not None decides.
    client.meta.events.register("needs-retry.dynamodb", cast("Callable[..., None]", decide))


def throttled() -> ClientError:
    """Make what DynamoDB answers when it has had enough."""
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "of rec-1"}}, "PutItem")


def timed_out() -> ReadTimeoutError:
    """Make what botocore says when no answer comes."""
    return ReadTimeoutError(endpoint_url="https://dynamodb")


def _one_request_at_a_time(client: DynamoDBClient) -> None:
    """Make a condition and its write one step, as they are in DynamoDB and not in moto (5.2.5).

    moto answers in the thread that asks, and threads may change places between the two.
    """
    lock = Lock()
    mine = local()

    def acquire(**_: object) -> None:
        lock.acquire()
        mine.held = True

    def release(**_: object) -> None:
        if getattr(mine, "held", False):
            mine.held = False
            lock.release()

    client.meta.events.register_first("before-send.dynamodb", acquire)
    client.meta.events.register("response-received.dynamodb", release)

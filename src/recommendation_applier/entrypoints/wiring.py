"""What all functions are made of: their time, and how they speak to AWS."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from botocore.config import Config

from recommendation_applier.aws.table_calls import MAX_CALLS_AT_ONCE
from recommendation_applier.entrypoints.on_demand import on_demand

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.aws.clients import Clients
    from recommendation_applier.entrypoints.amazon_wiring import AmazonAds
    from recommendation_applier.entrypoints.event_telling import EventTeller
    from recommendation_applier.entrypoints.settings import AmazonAdsSettings

MOST_RESERVE_SECONDS: Final = 30.0
RESERVE_SHARE: Final = 0.25
"""Kept back of an invocation's time for what follows the last request: the ledger, dead letters and
visibilities. 1,000 of each are 200 calls to SQS of about 20 ms and a handful to DynamoDB. Where one
of them hangs, SQS takes two tries of three seconds for either kind of call and no further one is
made (12 s), and DynamoDB three calls of two tries of two seconds (12 s). A quarter, where a quarter
is less."""

MOST_MARGIN_SECONDS: Final = 7.0
MARGIN_SHARE: Final = 0.1
"""No call to AWS is begun in the last seconds of an invocation: one that hangs takes six."""

AWS_CONFIG: Final = Config(
    # Explicit, because the defaults differ between botocore releases. RESERVE_SHARE reckons with
    # two tries of three seconds.
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    # One call at a time; a token that several threads wait for is fetched by one of them.
    max_pool_connections=1,
    tcp_keepalive=True,
)

LEDGER_CONFIG: Final = Config(
    # DynamoDB answers in milliseconds, or not at all.
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=MAX_CALLS_AT_ONCE,
    tcp_keepalive=True,
    # Of the CPU of a call, which is many times our own, these two save a third: what is asked is
    # checked by DynamoDB as well, and in the contract tests by botocore; and botocore makes its
    # user agent anew for each call.
    parameter_validation=False,
    user_agent="recommendation-applier",
)


class Context(Protocol):
    """What is used of the context that Lambda gives."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


@dataclass(frozen=True, slots=True)
class Time:
    """An invocation's time: *ends* is a moment of the monotonic clock, *seconds* what it had."""

    ends: float
    seconds: float

    @classmethod
    def of(cls, context: Context) -> "Time":
        """Start to count down what *context* says is left."""
        seconds = context.get_remaining_time_in_millis() / 1000
        return cls(time.monotonic() + seconds, seconds)

    def is_up(self) -> bool:
        """Tell whether no more calls to AWS may begin."""
        margin = min(MOST_MARGIN_SECONDS, MARGIN_SHARE * self.seconds)
        return time.monotonic() >= self.ends - margin

    def requests_are_over(self) -> bool:
        """Tell whether the time for requests to Amazon is over."""
        return time.monotonic() >= self.last_request

    @property
    def last_request(self) -> float:
        """Until when requests may last: what follows them needs the rest."""
        return self.ends - min(MOST_RESERVE_SECONDS, RESERVE_SHARE * self.seconds)


def connect_amazon(clients: "Clients", settings: "AmazonAdsSettings") -> "AmazonAds":
    """Give Amazon's side, which is built when something is first asked of Amazon."""

    def connect() -> "AmazonAds":
        # With it come httpx, its TLS context, and the client of the secret.
        from recommendation_applier.entrypoints import amazon_wiring  # noqa: PLC0415 - on demand

        return amazon_wiring.connect(clients, settings)

    return on_demand(connect)


def connect_event_bus(clients: "Clients", name: str) -> "EventTeller | None":
    """Build the way to the partner's event bus; None, with nothing loaded, where none is named."""
    if not name:
        return None
    from recommendation_applier.entrypoints.event_telling import EventTeller  # noqa: PLC0415 - on demand

    events = on_demand(lambda: clients.client("events", config=AWS_CONFIG))
    return EventTeller(events, bus_name=name)


def connect_table(clients: "Clients") -> "DynamoDBClient":
    """Give the client of the ledger's table, which is made when it is first used."""
    dynamodb: DynamoDBClient = on_demand(lambda: clients.client("dynamodb", config=LEDGER_CONFIG))
    return dynamodb


def now() -> datetime:
    """Read the wall clock."""
    return datetime.now(UTC)

"""What all functions are made of: connections to Amazon Ads and to the ledger, and their time."""

import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

import httpx
from botocore.config import Config

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.opportunities import OpportunityCatalogue
from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.stream_subscriptions import StreamSubscriptions
from recommendation_applier.amazon_ads.workers import WorkerThreads
from recommendation_applier.aws.breaker_store import StoredBreaker
from recommendation_applier.aws.event_bus import EventBus
from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.entrypoints.settings import AmazonAdsSettings, FollowUpSettings
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities

if TYPE_CHECKING:
    import boto3
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_secretsmanager.client import SecretsManagerClient

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
    tcp_keepalive=True,
)

LEDGER_CONFIG: Final = Config(
    # DynamoDB answers in milliseconds, or not at all.
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonAds:
    """What outlives an invocation of Amazon's side: the access token and the TLS context."""

    settings: AmazonAdsSettings
    login: LoginWithAmazon
    tls: ssl.SSLContext
    dynamodb: "DynamoDBClient"

    def http(self) -> httpx.Client:
        """Open connections for one invocation.

        None is kept for the next: while Lambda freezes the environment the other side closes them,
        and a request on a connection that is half closed is an answer lost.
        """
        limit = self.settings.max_concurrent_requests
        return httpx.Client(
            verify=self.tls,
            limits=httpx.Limits(max_connections=limit, max_keepalive_connections=limit),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "recommendation-applier"},
        )

    def api(
        self, http: httpx.Client, until: Time, *, report_failure: Callable[[str], None]
    ) -> GuardedPartnerOpportunities:
        """Join the API's parts for an invocation."""
        settings = self.settings
        exchange, gate = self._exchange(http, until)
        client = PartnerOpportunitiesClient(
            exchange, gate, WorkerThreads(settings.max_concurrent_requests)
        )
        breaker = StoredBreaker(
            self.dynamodb,
            table_name=settings.ledger_table_name,
            report_failure=report_failure,
            time_is_up=until.is_up,
        )
        return GuardedPartnerOpportunities(client, breaker, now)

    def files(self, http: httpx.Client, until: Time) -> OpportunityFiles:
        """Join the parts that read opportunities and their files, for an invocation."""
        return OpportunityFiles(OpportunityCatalogue(*self._exchange(http, until)))

    def streams(
        self, http: httpx.Client, until: Time, *, url: str, media_type: str
    ) -> StreamSubscriptions:
        """Join the parts that speak about subscriptions, whose host is another one."""
        exchange, gate = self._exchange(http, until)
        return StreamSubscriptions(
            exchange=replace(exchange, url=url), gate=gate, media_type=media_type
        )

    def index(self, until: Time) -> StoredOpportunityIndex:
        """Give the index of opportunities, for an invocation."""
        return StoredOpportunityIndex(
            self.dynamodb,
            table_name=self.settings.ledger_table_name,
            clock=now,
            time_is_up=until.is_up,
            sleep=time.sleep,
            jitter=random.uniform,
        )

    def _exchange(self, http: httpx.Client, until: Time) -> tuple[Exchange, Gate]:
        pacing = Pacing(
            deadline=until.last_request,
            monotonic=time.monotonic,
            sleep=time.sleep,
            jitter=random.uniform,
        )
        settings = self.settings
        exchange = Exchange(
            http=http,
            login=self.login,
            pacing=pacing,
            url=settings.ads_api_url,
            manager_account=settings.partner_network_account_id,
            now=now,
        )
        return exchange, Gate(pacing, max_concurrent_requests=settings.max_concurrent_requests)


def connect(session: "boto3.session.Session", settings: AmazonAdsSettings) -> AmazonAds:
    """Build Amazon's side; no call is made."""
    secrets: SecretsManagerClient = session.client("secretsmanager", config=AWS_CONFIG)
    return AmazonAds(
        settings=settings,
        login=LoginWithAmazon(
            token_url=settings.lwa_token_url,
            source=SecretCredentials(secrets, secret_arn=settings.credentials_secret_arn),
            time=time.time,
        ),
        tls=httpx.create_ssl_context(),
        dynamodb=session.client("dynamodb", config=LEDGER_CONFIG),
    )


def connect_event_bus(
    session: "boto3.session.Session", settings: FollowUpSettings
) -> EventBus | None:
    """Build the way to the partner's event bus; None, and nothing is built, where none is named."""
    if not settings.event_bus_name:
        return None
    events: EventBridgeClient = session.client("events", config=AWS_CONFIG)
    return EventBus(events, bus_name=settings.event_bus_name)


def now() -> datetime:
    """Read the wall clock."""
    return datetime.now(UTC)

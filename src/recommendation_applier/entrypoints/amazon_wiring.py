"""Amazon Ads as the functions speak to it: everything here needs HTTP, and is loaded with it."""

import random
import ssl
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.workers import WorkerThreads
from recommendation_applier.aws.breaker_store import StoredBreaker
from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.entrypoints.on_demand import on_demand
from recommendation_applier.entrypoints.wiring import AWS_CONFIG, Time, now
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.aws.clients import Clients
    from recommendation_applier.entrypoints.settings import AmazonAdsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonAds:
    """What outlives an invocation of Amazon's side: the token, the TLS context and threads."""

    settings: "AmazonAdsSettings"
    login: LoginWithAmazon
    workers: WorkerThreads
    tls: ssl.SSLContext

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
        self,
        opened: ExitStack,
        until: Time,
        *,
        dynamodb: "DynamoDBClient",
        report_failure: "Callable[[str], None]",
    ) -> GuardedPartnerOpportunities:
        """Join the API's parts for an invocation; *opened* closes its connections."""
        exchange, gate = self.exchange(opened.enter_context(self.http()), until)
        client = PartnerOpportunitiesClient(exchange, gate, self.workers)
        breaker = StoredBreaker(
            dynamodb,
            table_name=self.settings.ledger_table_name,
            report_failure=report_failure,
            time_is_up=until.is_up,
        )
        return GuardedPartnerOpportunities(client, breaker, now)

    def exchange(self, http: httpx.Client, until: Time) -> tuple[Exchange, Gate]:
        """Give what makes requests, and what lets them through, for an invocation."""
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


def connect(clients: "Clients", settings: "AmazonAdsSettings") -> AmazonAds:
    """Build Amazon's side; no call is made."""
    return AmazonAds(
        settings=settings,
        login=LoginWithAmazon(
            token_url=settings.lwa_token_url,
            source=SecretCredentials(
                on_demand(lambda: clients.client("secretsmanager", config=AWS_CONFIG)),
                secret_arn=settings.credentials_secret_arn,
            ),
            time=time.time,
        ),
        workers=WorkerThreads(settings.max_concurrent_requests),
        tls=httpx.create_ssl_context(),
    )

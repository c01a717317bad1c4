"""Amazon, asked with given credentials: for a token, and on each host for the account."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.opportunities import OpportunityCatalogue
from recommendation_applier.amazon_ads.stream_subscriptions import StreamSubscriptions
from recommendation_applier.domain.credentials import Credentials
from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.entrypoints.amazon_wiring import AmazonAds, connect
from recommendation_applier.entrypoints.files_wiring import files_of
from recommendation_applier.entrypoints.settings import AmazonAdsSettings, SubscriptionsSettings
from recommendation_applier.entrypoints.streams_wiring import streams_of
from recommendation_applier.entrypoints.wiring import Time

if TYPE_CHECKING:
    import boto3
    import httpx

_PATIENCE_SECONDS: Final = 40.0
"""For all requests together; three quarters of it is for what is begun. Amazon's slowest answers
take 30 s."""


@dataclass(frozen=True, slots=True)
class GivenCredentials:
    """Fits the CredentialsSource port of Login with Amazon."""

    credentials: Credentials

    def read(self) -> Credentials:
        """Give them."""
        return self.credentials


@dataclass(frozen=True)
class AskedAmazon:
    """Asks once, and keeps what was said instead of raising it."""

    amazon: AmazonAds
    http: "httpx.Client"
    until: Time

    @cached_property
    def catalogue(self) -> OpportunityCatalogue:
        """The opportunities, on the functions' own host."""
        return files_of(self.amazon, self.http, self.until).catalogue

    def streams(self, settings: SubscriptionsSettings) -> StreamSubscriptions:
        """Marketing Stream's subscriptions, as the function that checks them asks for them."""
        return streams_of(
            self.amazon,
            self.http,
            self.until,
            url=settings.stream_api_url,
            media_type=settings.stream_media_type,
        )

    def token_error(self) -> ApplierError | None:
        """Ask for an access token; None if there is one."""
        exchange = self.catalogue.exchange
        try:
            exchange.login.access_token(exchange.http, exchange.pacing)
        except ApplierError as error:
            return error
        return None

    def list_errors(self, hosts: Sequence[str]) -> dict[str, ApplierError | None]:
        """Ask each of *hosts* for an opportunity, all at once; None for those that answer."""
        with ThreadPoolExecutor(len(hosts)) as pool:
            return dict(zip(hosts, pool.map(self._list_error, hosts), strict=True))

    def _list_error(self, host: str) -> ApplierError | None:
        exchange = replace(self.catalogue.exchange, url=host)
        gate = Gate(exchange.pacing, max_concurrent_requests=1)  # its own: others may be refused
        catalogue = OpportunityCatalogue(exchange, gate, most_attempts=1)
        try:
            catalogue.page(OpportunityQuery(max_results=1))
        except ApplierError as error:
            return error
        return None


@contextmanager
def asking_amazon(
    session: "boto3.session.Session", settings: AmazonAdsSettings, credentials: Credentials
) -> Iterator[AskedAmazon]:
    """Ask Amazon as the functions do, but with *credentials*."""
    amazon = connect(session, settings)
    login = LoginWithAmazon(
        token_url=settings.lwa_token_url, source=GivenCredentials(credentials), time=time.time
    )
    with amazon.http() as http:
        until = Time(time.monotonic() + _PATIENCE_SECONDS, _PATIENCE_SECONDS)
        yield AskedAmazon(replace(amazon, login=login), http, until)

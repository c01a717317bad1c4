"""The only place that joins the parts: settings in, something that can be run out."""

import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import boto3
import httpx
from botocore.config import Config

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.ingress_queue import IngressQueue
from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.entrypoints.settings import Settings
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.opportunities import ConfiguredOpportunity
from recommendation_applier.use_cases.ports import Ledger
from recommendation_applier.use_cases.warm_ledger import WarmLedger

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

MOST_RESERVE_SECONDS: Final = 20.0
RESERVE_SHARE: Final = 0.25
"""Kept back of an invocation's time for what follows the last request: storing dead letters and
changing visibilities. 1,000 of each are 200 calls of about 20 ms; where SQS hangs, one call of
either kind takes its two tries of three seconds and no further one is made: 12 s. A quarter, where
a quarter is less."""

MOST_MARGIN_SECONDS: Final = 7.0
MARGIN_SHARE: Final = 0.1
"""No call to SQS is begun in the last seconds of an invocation: one that hangs takes six."""

AWS_CONFIG: Final = Config(
    # Explicit, because the defaults differ between botocore releases. RESERVE_SHARE reckons with
    # two tries of three seconds.
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What outlives an invocation: clients, the access token, the TLS context, the memory."""

    settings: Settings
    sqs: "SQSClient"
    sns: "SNSClient"
    login: LoginWithAmazon
    tls: ssl.SSLContext
    ledger: Ledger
    ingress_queue: IngressQueue

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

    def use_case(
        self,
        http: httpx.Client,
        *,
        seconds_left: float,
        time_is_up: Callable[[], bool],
        report_failure: Callable[[str], None],
    ) -> ApplyRecommendations:
        """Join the parts for an invocation that has *seconds_left*."""
        reserve = min(MOST_RESERVE_SECONDS, RESERVE_SHARE * seconds_left)
        pacing = Pacing(
            deadline=time.monotonic() + seconds_left - reserve,
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
            now=_now,
        )
        return ApplyRecommendations(
            api=PartnerOpportunitiesClient(
                exchange,
                Gate(pacing, max_concurrent_requests=settings.max_concurrent_requests),
                settings.max_concurrent_requests,
            ),
            dead_letters=DeadLetterQueue(
                self.sqs,
                queue_url=settings.dead_letter_queue_url,
                report_failure=report_failure,
                time_is_up=time_is_up,
            ),
            confirmations=SnsConfirmations(
                self.sns, topic_arn_prefix=settings.stream_topic_arn_prefix
            ),
            opportunities=ConfiguredOpportunity(settings.default_partner_opportunity_id or None),
            ledger=self.ledger,
            clock=_now,
            actionable_statuses=settings.actionable_statuses,
            max_receive_count=settings.max_receive_count,
            dry_run=settings.apply_mode == "DRY_RUN",
        )


def time_is_up_after(seconds_left: float) -> Callable[[], bool]:
    """Make the clock that says when an invocation with *seconds_left* may begin no more calls."""
    ends = time.monotonic() + seconds_left - min(MOST_MARGIN_SECONDS, MARGIN_SHARE * seconds_left)
    return lambda: time.monotonic() >= ends


def wire(settings: Settings) -> Consumer:
    """Build what outlives an invocation; no call is made."""
    session = boto3.session.Session()
    sqs: SQSClient = session.client("sqs", config=AWS_CONFIG)
    sns: SNSClient = session.client("sns", config=AWS_CONFIG)
    secrets: SecretsManagerClient = session.client("secretsmanager", config=AWS_CONFIG)
    return Consumer(
        settings=settings,
        sqs=sqs,
        sns=sns,
        login=LoginWithAmazon(
            token_url=settings.lwa_token_url,
            source=SecretCredentials(secrets, secret_arn=settings.credentials_secret_arn),
            time=time.time,
        ),
        tls=httpx.create_ssl_context(),
        ledger=WarmLedger(),
        ingress_queue=IngressQueue(sqs, queue_url=settings.ingress_queue_url),
    )


def _now() -> datetime:
    return datetime.now(UTC)

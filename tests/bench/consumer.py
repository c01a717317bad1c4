"""The consumer with everything at its edges given: what the handler does, without Lambda."""

import io
import random
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

import httpx
from aws_lambda_powertools import Logger, Metrics

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.workers import WorkerThreads
from recommendation_applier.aws.breaker_store import StoredBreaker
from recommendation_applier.aws.campaign_counts import CampaignCounts
from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.ledger_table import LedgerTable
from recommendation_applier.aws.policy_store import StoredPolicy
from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.entrypoints import invocation, invocation_log
from recommendation_applier.entrypoints import metrics as own_metrics
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from recommendation_applier.use_cases.pacing import CampaignPacer
from recommendation_applier.use_cases.timeliness import timeliness_of
from tests.bench.answered_at_once import API, LOGIN, Network, Parameters, Secrets, Table

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient
    from types_boto3_ssm.client import SSMClient

REQUESTS_AT_ONCE: Final = 8
APPLIES_ALL: Final[Mapping[str, Any]] = {
    "version": 1,
    "mode": "APPLY",
    "default": "APPLY",
    "rules": [],
}
OPPORTUNITY: Final = "amzn1.ads-partner1.opportunity.3f0c9c1e-5a43-4a1c-9d7e-2f6b8c1d4e5a"
_SECONDS: Final = 180.0
_TABLE: Final = "ledger"


@dataclass(kw_only=True)
class Consumer:
    """Takes events as the apply function does; *dynamodb* is what stands for its client."""

    dynamodb: Any = field(default_factory=Table)
    network: Network = field(default_factory=Network)
    policy: Mapping[str, Any] = field(default_factory=lambda: APPLIES_ALL)
    failures: list[str] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        """Make what outlives an invocation."""
        self._workers = WorkerThreads(REQUESTS_AT_ONCE)
        self._logger = Logger(service="bench", stream=self.log, logger_handler=None)
        self._metrics = Metrics(service="bench", namespace="Bench")
        self._policies = StoredPolicy(
            cast("SSMClient", Parameters(self.policy)), parameter_name="policy", clock=_now
        )
        self._login = LoginWithAmazon(
            token_url=LOGIN,
            source=SecretCredentials(cast("SecretsManagerClient", Secrets()), secret_arn="secret"),
            time=time.time,
        )

    def handle(self, event: Mapping[str, Any]) -> invocation.Invocation:
        """Do what the apply function's handler does."""
        with httpx.Client(transport=self.network) as http:
            done = invocation.run(
                event,
                self._use_case(http),
                change_visibility=lambda _: None,
                jitter=random.uniform,
            )
        timeliness = timeliness_of(done.report.departures, now=_now())
        invocation_log.write(done.report, timeliness, self._logger, deliveries=done.deliveries)
        with redirect_stdout(self.log):
            own_metrics.emit(
                own_metrics.counts(done.report) | own_metrics.lag(timeliness), self._metrics
            )
        return done

    def _use_case(self, http: httpx.Client) -> ApplyRecommendations:
        pacing = Pacing(
            deadline=time.monotonic() + _SECONDS,
            monotonic=time.monotonic,
            sleep=time.sleep,
            jitter=random.uniform,
        )
        exchange = Exchange(
            http=http,
            login=self._login,
            pacing=pacing,
            url=API,
            manager_account="amzn1.ads1.ma1.example",
            now=_now,
        )
        gate = Gate(pacing, max_concurrent_requests=REQUESTS_AT_ONCE)
        client = PartnerOpportunitiesClient(exchange, gate, self._workers)
        dynamodb = cast("DynamoDBClient", self.dynamodb)
        table: dict[str, Any] = {
            "table_name": _TABLE,
            "report_failure": self.failures.append,
            "time_is_up": lambda: False,
        }
        return ApplyRecommendations(
            api=GuardedPartnerOpportunities(client, StoredBreaker(dynamodb, **table), _now),
            dead_letters=DeadLetterQueue(
                cast("SQSClient", None),
                queue_url="https://sqs.example/dead-letters",
                report_failure=self.failures.append,
                time_is_up=lambda: False,
            ),
            confirmations=SnsConfirmations(
                cast("SNSClient", None), topic_arn_prefix="arn:aws:sns:us-east-1:000000000000:"
            ),
            opportunities=KnownOpportunities(default=OPPORTUNITY, clock=_now),
            policies=self._policies,
            ledger=Ledger(
                store=LedgerTable(dynamodb, **table),
                token=uuid4().hex,
                clock=_now,
                lease_ends=_now() + timedelta(seconds=300),
                retention=timedelta(days=90),
            ),
            pacer=CampaignPacer(
                store=CampaignCounts(dynamodb, **table), clock=_now, retention=timedelta(days=90)
            ),
            clock=_now,
            actionable_statuses=frozenset({"PUBLISHED"}),
            max_receive_count=100,
            dry_run=False,
        )


def _now() -> datetime:
    return datetime.now(UTC)

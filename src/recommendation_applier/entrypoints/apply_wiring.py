"""Joins the parts of the apply function: settings in, something that can be run out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx

from recommendation_applier.aws.campaign_counts import CampaignCounts
from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.event_bus import EventBus
from recommendation_applier.aws.ingress_queue import IngressQueue
from recommendation_applier.aws.ledger_table import LedgerTable
from recommendation_applier.aws.policy_store import StoredPolicy
from recommendation_applier.aws.route_table import StoredRoutes
from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.domain.ledger import LEASE_MARGIN_SECONDS
from recommendation_applier.entrypoints.settings import Settings
from recommendation_applier.entrypoints.wiring import (
    AWS_CONFIG,
    AmazonAds,
    Time,
    connect,
    connect_event_bus,
    now,
)
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from recommendation_applier.use_cases.pacing import CampaignPacer

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient
    from types_boto3_ssm.client import SSMClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What outlives an invocation: clients, and Amazon's side."""

    settings: Settings
    amazon: AmazonAds
    sqs: "SQSClient"
    sns: "SNSClient"
    ingress_queue: IngressQueue
    event_bus: EventBus | None
    policy: StoredPolicy
    routes: StoredRoutes
    taught: set[tuple[str, str]] = field(default_factory=set)
    """Groups whose opportunity the index has learnt from deliveries."""

    def use_case(
        self, http: httpx.Client, time: Time, *, report_failure: Callable[[str], None]
    ) -> ApplyRecommendations:
        """Join the parts for one invocation."""
        settings = self.settings
        return ApplyRecommendations(
            api=self.amazon.api(http, time, report_failure=report_failure),
            dead_letters=DeadLetterQueue(
                self.sqs,
                queue_url=settings.dead_letter_queue_url,
                report_failure=report_failure,
                time_is_up=time.is_up,
            ),
            confirmations=SnsConfirmations(
                self.sns, topic_arn_prefix=settings.stream_topic_arn_prefix
            ),
            policies=self.policy,
            opportunities=KnownOpportunities(
                default=settings.default_partner_opportunity_id or None,
                clock=now,
                routes=self.routes,
                index=None if settings.opportunity_files == "OFF" else self.amazon.index(time),
                taught=self.taught,
            ),
            ledger=self._ledger(time, report_failure),
            pacer=CampaignPacer(
                store=CampaignCounts(
                    self.amazon.dynamodb,
                    table_name=settings.ledger_table_name,
                    report_failure=report_failure,
                    time_is_up=time.is_up,
                ),
                clock=now,
                retention=timedelta(days=settings.ledger_retention_days),
            ),
            clock=now,
            actionable_statuses=settings.actionable_statuses,
            max_receive_count=settings.max_receive_count,
            dry_run=settings.apply_mode == "DRY_RUN",
        )

    def _ledger(self, time: Time, report_failure: Callable[[str], None]) -> Ledger:
        settings = self.settings
        return Ledger(
            store=LedgerTable(
                self.amazon.dynamodb,
                table_name=settings.ledger_table_name,
                report_failure=report_failure,
                time_is_up=time.is_up,
            ),
            token=uuid4().hex,
            clock=now,
            lease_ends=now() + timedelta(seconds=time.seconds + LEASE_MARGIN_SECONDS),
            retention=timedelta(days=settings.ledger_retention_days),
        )


def wire(settings: Settings) -> Consumer:
    """Build what outlives an invocation; no call is made."""
    clients = FunctionClients()
    sqs: SQSClient = clients.client("sqs", config=AWS_CONFIG)
    sns: SNSClient = clients.client("sns", config=AWS_CONFIG)
    ssm: SSMClient = clients.client("ssm", config=AWS_CONFIG)
    return Consumer(
        settings=settings,
        amazon=connect(clients, settings),
        sqs=sqs,
        sns=sns,
        ingress_queue=IngressQueue(sqs, queue_url=settings.ingress_queue_url),
        event_bus=connect_event_bus(clients, settings),
        policy=StoredPolicy(ssm, parameter_name=settings.policy_parameter_name, clock=now),
        routes=StoredRoutes(ssm, name=settings.opportunity_routes_name, clock=now),
    )

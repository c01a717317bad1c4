"""Joins the parts of the apply function: settings in, something that can be run out.

What few deliveries need is imported where it is made (`on_demand`), and so not by a cold start.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.ingress_queue import IngressQueue
from recommendation_applier.aws.ledger_table import LedgerTable
from recommendation_applier.aws.policy_store import StoredPolicy
from recommendation_applier.aws.route_table import StoredRoutes
from recommendation_applier.domain.ledger import LEASE_MARGIN_SECONDS
from recommendation_applier.entrypoints.on_demand import on_demand
from recommendation_applier.entrypoints.settings import Settings
from recommendation_applier.entrypoints.wiring import (
    AWS_CONFIG,
    Time,
    connect_amazon,
    connect_event_bus,
    connect_table,
    now,
)
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.opportunities import KnownOpportunities

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

    from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
    from recommendation_applier.aws.subscriptions import SnsConfirmations
    from recommendation_applier.entrypoints.amazon_wiring import AmazonAds
    from recommendation_applier.entrypoints.event_telling import EventTeller
    from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
    from recommendation_applier.use_cases.opportunity_ports import OpportunityIndex
    from recommendation_applier.use_cases.pacing import CampaignPacer


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What outlives an invocation: clients, and Amazon's side."""

    settings: Settings
    amazon: "AmazonAds"
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    sns: "SNSClient"
    ingress_queue: IngressQueue
    event_bus: "EventTeller | None"
    policy: StoredPolicy
    routes: StoredRoutes
    index_of: "Callable[[Time], OpportunityIndex] | None"
    taught: set[tuple[str, str]] = field(default_factory=set)
    """Groups whose opportunity the index has learnt from deliveries."""

    def use_case(
        self, opened: ExitStack, time: Time, *, report_failure: Callable[[str], None]
    ) -> ApplyRecommendations:
        """Join the parts for one invocation; what it opens, *opened* closes."""
        settings = self.settings
        return ApplyRecommendations(
            api=on_demand(partial(self._api, opened, time, report_failure)),
            dead_letters=on_demand(partial(self._dead_letters, time, report_failure)),
            confirmations=on_demand(self._confirmations),
            policies=self.policy,
            opportunities=KnownOpportunities(
                default=settings.default_partner_opportunity_id or None,
                clock=now,
                routes=self.routes,
                index=self.index_of(time) if self.index_of else None,
                taught=self.taught,
            ),
            ledger=self._ledger(time, report_failure),
            pacer=on_demand(partial(self._pacer, time, report_failure)),
            clock=now,
            actionable_statuses=settings.actionable_statuses,
            max_receive_count=settings.max_receive_count,
            dry_run=settings.apply_mode == "DRY_RUN",
        )

    def _api(
        self, opened: ExitStack, time: Time, report_failure: Callable[[str], None]
    ) -> "GuardedPartnerOpportunities":
        return self.amazon.api(opened, time, dynamodb=self.dynamodb, report_failure=report_failure)

    def _dead_letters(self, time: Time, report_failure: Callable[[str], None]) -> "DeadLetterQueue":
        from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue  # noqa: PLC0415 - on demand

        return DeadLetterQueue(
            self.sqs,
            queue_url=self.settings.dead_letter_queue_url,
            report_failure=report_failure,
            time_is_up=time.is_up,
        )

    def _confirmations(self) -> "SnsConfirmations":
        from recommendation_applier.aws.subscriptions import SnsConfirmations  # noqa: PLC0415 - on demand

        return SnsConfirmations(self.sns, topic_arn_prefix=self.settings.stream_topic_arn_prefix)

    def _pacer(self, time: Time, report_failure: Callable[[str], None]) -> "CampaignPacer":
        from recommendation_applier.aws.campaign_counts import CampaignCounts  # noqa: PLC0415 - on demand
        from recommendation_applier.use_cases.pacing import CampaignPacer  # noqa: PLC0415 - on demand

        return CampaignPacer(
            store=CampaignCounts(
                self.dynamodb,
                table_name=self.settings.ledger_table_name,
                report_failure=report_failure,
                time_is_up=time.is_up,
            ),
            clock=now,
            retention=timedelta(days=self.settings.ledger_retention_days),
        )

    def _ledger(self, time: Time, report_failure: Callable[[str], None]) -> Ledger:
        settings = self.settings
        return Ledger(
            store=LedgerTable(
                self.dynamodb,
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
    """Build what outlives an invocation; no call is made, and no client before its first call."""
    clients = FunctionClients()

    def client(service_name: str) -> Any:  # noqa: ANN401 - of any service
        return on_demand(lambda: clients.client(service_name, config=AWS_CONFIG))

    dynamodb, sqs, ssm = connect_table(clients), client("sqs"), client("ssm")
    return Consumer(
        settings=settings,
        amazon=connect_amazon(clients, settings),
        dynamodb=dynamodb,
        sqs=sqs,
        sns=client("sns"),
        ingress_queue=IngressQueue(sqs, queue_url=settings.ingress_queue_url),
        event_bus=connect_event_bus(clients, settings.event_bus_name),
        policy=StoredPolicy(ssm, parameter_name=settings.policy_parameter_name, clock=now),
        routes=StoredRoutes(ssm, name=settings.opportunity_routes_name, clock=now),
        index_of=_index_of(dynamodb, settings),
    )


def _index_of(
    dynamodb: "DynamoDBClient", settings: Settings
) -> "Callable[[Time], OpportunityIndex] | None":
    if settings.opportunity_files == "OFF":
        return None
    from recommendation_applier.entrypoints.index_wiring import index_of  # noqa: PLC0415 - on demand

    return partial(index_of, dynamodb, settings.ledger_table_name)

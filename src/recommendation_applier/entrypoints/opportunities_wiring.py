"""Joins the parts of the function that reads opportunity files."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from recommendation_applier.amazon_ads.account_team_files import StoredAccountTeamFiles
from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.offers import QueuedOffers
from recommendation_applier.entrypoints.amazon_wiring import AmazonAds, connect
from recommendation_applier.entrypoints.files_wiring import files_of
from recommendation_applier.entrypoints.index_wiring import index_of
from recommendation_applier.entrypoints.on_demand import on_demand
from recommendation_applier.entrypoints.settings import OpportunitiesSettings
from recommendation_applier.entrypoints.wiring import AWS_CONFIG, Time, connect_table, now
from recommendation_applier.use_cases.index_opportunities import IndexOpportunities

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sqs.client import SQSClient


@dataclass(frozen=True, slots=True)
class Indexer:
    """What outlives a tick."""

    settings: OpportunitiesSettings
    amazon: AmazonAds
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"

    def use_case(self, http: httpx.Client, time: Time) -> IndexOpportunities:
        """Join the parts for one tick."""
        return IndexOpportunities(
            files=StoredAccountTeamFiles(files_of(self.amazon, http, time)),
            index=index_of(self.dynamodb, self.settings.ledger_table_name, time),
            offers=self._offers(time),
            clock=now,
            time_is_up=time.requests_are_over,
        )

    def _offers(self, time: Time) -> QueuedOffers | None:
        if self.settings.opportunity_files != "APPLY":
            return None
        queue_url = self.settings.ingress_queue_url
        return QueuedOffers(self.sqs, queue_url=queue_url, time_is_up=time.is_up)


def wire(settings: OpportunitiesSettings) -> Indexer:
    """Build what outlives a tick; no call is made."""
    clients = FunctionClients()
    return Indexer(
        settings,
        connect(clients, settings),
        connect_table(clients),
        on_demand(lambda: clients.client("sqs", config=AWS_CONFIG)),
    )

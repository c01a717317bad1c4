"""Joins the parts of the function that reads opportunity files."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from recommendation_applier.amazon_ads.account_team_files import StoredAccountTeamFiles
from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.offers import QueuedOffers
from recommendation_applier.entrypoints.settings import OpportunitiesSettings
from recommendation_applier.entrypoints.wiring import AWS_CONFIG, AmazonAds, Time, connect, now
from recommendation_applier.use_cases.index_opportunities import IndexOpportunities

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient


@dataclass(frozen=True, slots=True)
class Indexer:
    """What outlives a tick."""

    settings: OpportunitiesSettings
    amazon: AmazonAds
    sqs: "SQSClient"

    def use_case(self, http: httpx.Client, time: Time) -> IndexOpportunities:
        """Join the parts for one tick."""
        return IndexOpportunities(
            files=StoredAccountTeamFiles(self.amazon.files(http, time)),
            index=self.amazon.index(time),
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
    sqs: SQSClient = clients.client("sqs", config=AWS_CONFIG)
    return Indexer(settings, connect(clients, settings), sqs)

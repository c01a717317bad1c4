"""Joins the parts of the function that checks subscriptions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.wanted_subscriptions import StoredWantedSubscriptions
from recommendation_applier.entrypoints.amazon_wiring import AmazonAds, connect
from recommendation_applier.entrypoints.settings import SubscriptionsSettings
from recommendation_applier.entrypoints.streams_wiring import streams_of
from recommendation_applier.entrypoints.wiring import Time, connect_table, now
from recommendation_applier.use_cases.check_subscriptions import CheckSubscriptions

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Checker:
    """What outlives a tick."""

    settings: SubscriptionsSettings
    amazon: AmazonAds
    dynamodb: "DynamoDBClient"

    def use_case(self, http: httpx.Client, time: Time) -> CheckSubscriptions:
        """Join the parts for one tick."""
        settings = self.settings
        return CheckSubscriptions(
            streams=streams_of(
                self.amazon,
                http,
                time,
                url=settings.stream_api_url,
                media_type=settings.stream_media_type,
            ),
            wanted=StoredWantedSubscriptions(
                self.dynamodb,
                table_name=settings.ledger_table_name,
                time_is_up=time.is_up,
            ),
            clock=now,
            time_is_up=time.requests_are_over,
            requests_at_once=settings.max_concurrent_requests,
        )


def wire(settings: SubscriptionsSettings) -> Checker:
    """Build what outlives a tick; no call is made."""
    clients = FunctionClients()
    return Checker(settings, connect(clients, settings), connect_table(clients))

"""Joins the parts of the function that checks subscriptions."""

from dataclasses import dataclass

import boto3
import httpx

from recommendation_applier.aws.wanted_subscriptions import StoredWantedSubscriptions
from recommendation_applier.entrypoints.settings import SubscriptionsSettings
from recommendation_applier.entrypoints.wiring import AmazonAds, Time, connect, now
from recommendation_applier.use_cases.check_subscriptions import CheckSubscriptions


@dataclass(frozen=True, slots=True)
class Checker:
    """What outlives a tick."""

    settings: SubscriptionsSettings
    amazon: AmazonAds

    def use_case(self, http: httpx.Client, time: Time) -> CheckSubscriptions:
        """Join the parts for one tick."""
        settings = self.settings
        return CheckSubscriptions(
            streams=self.amazon.streams(
                http, time, url=settings.stream_api_url, media_type=settings.stream_media_type
            ),
            wanted=StoredWantedSubscriptions(
                self.amazon.dynamodb,
                table_name=settings.ledger_table_name,
                time_is_up=time.is_up,
            ),
            clock=now,
            time_is_up=time.requests_are_over,
            requests_at_once=settings.max_concurrent_requests,
        )


def wire(settings: SubscriptionsSettings) -> Checker:
    """Build what outlives a tick; no call is made."""
    return Checker(settings, connect(boto3.session.Session(), settings))

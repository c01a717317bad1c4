"""Joins the parts of the follow-up function."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.follow_ups import FollowUps
from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.entrypoints.on_demand import on_demand
from recommendation_applier.entrypoints.settings import FollowUpSettings
from recommendation_applier.entrypoints.wiring import (
    Time,
    connect_amazon,
    connect_event_bus,
    connect_table,
    now,
)
from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUp

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.entrypoints.amazon_wiring import AmazonAds
    from recommendation_applier.entrypoints.event_telling import EventTeller
    from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities


@dataclass(frozen=True, slots=True)
class Follower:
    """What outlives a tick."""

    settings: FollowUpSettings
    amazon: "AmazonAds"
    dynamodb: "DynamoDBClient"
    event_bus: "EventTeller | None"

    def use_case(
        self,
        opened: ExitStack,
        time: Time,
        *,
        tell: Callable[[Sequence[EndedApplication]], None],
        report_failure: Callable[[str], None],
    ) -> FollowUp:
        """Join the parts for one tick; what it opens, *opened* closes."""
        return FollowUp(
            api=on_demand(partial(self._api, opened, time, report_failure)),
            store=FollowUps(
                self.dynamodb,
                table_name=self.settings.ledger_table_name,
                report_failure=report_failure,
                time_is_up=time.is_up,
            ),
            clock=now,
            tell=tell,
            time_is_up=time.requests_are_over,
        )

    def _api(
        self, opened: ExitStack, time: Time, report_failure: Callable[[str], None]
    ) -> "GuardedPartnerOpportunities":
        return self.amazon.api(opened, time, dynamodb=self.dynamodb, report_failure=report_failure)

    def held_entries(self, time: Time, *, report_failure: Callable[[str], None]) -> HeldEntries:
        """Give what is held, for one tick."""
        return HeldEntries(
            self.dynamodb,
            table_name=self.settings.ledger_table_name,
            report_failure=report_failure,
            time_is_up=time.is_up,
        )


def wire(settings: FollowUpSettings) -> Follower:
    """Build what outlives a tick; no call is made."""
    clients = FunctionClients()
    return Follower(
        settings,
        connect_amazon(clients, settings),
        connect_table(clients),
        connect_event_bus(clients, settings.event_bus_name),
    )

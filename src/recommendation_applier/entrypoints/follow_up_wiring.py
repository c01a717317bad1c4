"""Joins the parts of the follow-up function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from recommendation_applier.aws.clients import FunctionClients
from recommendation_applier.aws.event_bus import EventBus
from recommendation_applier.aws.follow_ups import FollowUps
from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.entrypoints.settings import FollowUpSettings
from recommendation_applier.entrypoints.wiring import (
    AmazonAds,
    Time,
    connect,
    connect_event_bus,
    now,
)
from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUp


@dataclass(frozen=True, slots=True)
class Follower:
    """What outlives a tick."""

    settings: FollowUpSettings
    amazon: AmazonAds
    event_bus: EventBus | None

    def use_case(
        self,
        http: httpx.Client,
        time: Time,
        *,
        tell: Callable[[Sequence[EndedApplication]], None],
        report_failure: Callable[[str], None],
    ) -> FollowUp:
        """Join the parts for one tick."""
        return FollowUp(
            api=self.amazon.api(http, time, report_failure=report_failure),
            store=FollowUps(
                self.amazon.dynamodb,
                table_name=self.settings.ledger_table_name,
                report_failure=report_failure,
                time_is_up=time.is_up,
            ),
            clock=now,
            tell=tell,
            time_is_up=time.requests_are_over,
        )

    def held_entries(self, time: Time, *, report_failure: Callable[[str], None]) -> HeldEntries:
        """Give what is held, for one tick."""
        return HeldEntries(
            self.amazon.dynamodb,
            table_name=self.settings.ledger_table_name,
            report_failure=report_failure,
            time_is_up=time.is_up,
        )


def wire(settings: FollowUpSettings) -> Follower:
    """Build what outlives a tick; no call is made."""
    clients = FunctionClients()
    return Follower(settings, connect(clients, settings), connect_event_bus(clients, settings))

"""The partner's own event bus, told what invocations and ticks have done."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from recommendation_applier.aws.event_bus import EventBus
from recommendation_applier.use_cases.events import events_of, events_of_ended

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient

    from recommendation_applier.domain.ledger import DecidedBy
    from recommendation_applier.entrypoints.wiring import Time
    from recommendation_applier.use_cases.follow_up import EndedApplication
    from recommendation_applier.use_cases.progress import Report


class EventTeller:
    """Tells, after everything else is done, and as well as it can: nothing raises."""

    def __init__(self, client: "EventBridgeClient", *, bus_name: str) -> None:
        """*client* needs events:PutEvents on the bus."""
        self._bus = EventBus(client, bus_name=bus_name)

    def tell(
        self,
        report: "Report",
        decided_by: "Mapping[str, DecidedBy]",
        *,
        time: "Time",
        report_failure: Callable[[str], None],
    ) -> None:
        """Tell what became of recommendations in an invocation."""
        self._bus.put(
            events_of(report, decided_by), time_is_up=time.is_up, report_failure=report_failure
        )

    def tell_ended(
        self,
        ended: "Sequence[EndedApplication]",
        *,
        time: "Time",
        report_failure: Callable[[str], None],
    ) -> None:
        """Tell which applications have ended without being applied."""
        self._bus.put(events_of_ended(ended), time_is_up=time.is_up, report_failure=report_failure)

"""The partner's own event bus: told as well as can be, and nothing depends on it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.packing import packed
from recommendation_applier.domain.event import SOURCE, Event

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

MAX_ENTRIES: Final = 10
"""Of one PutEvents."""

MAX_BYTES: Final = 262_144
"""Of one PutEvents as a whole. AWS's documents say 256 KB or, the younger ones, 1 MB."""

_MAX_PASSES: Final = 2
"""Entries that EventBridge refuses are put once more: a throttle may be over by then."""


class EventBus:
    """Puts events on one bus; that is a courtesy, whose failures are told and change nothing."""

    def __init__(self, client: "EventBridgeClient", *, bus_name: str) -> None:
        """*client* needs events:PutEvents on the bus of that name, in its account and region."""
        self._client = client
        self._bus_name = bus_name

    def put(
        self,
        events: Iterable[Event],
        *,
        time_is_up: Callable[[], bool],
        report_failure: Callable[[str], None],
    ) -> None:
        """Put *events* in as few calls as can be; *report_failure* is told of those that were not.

        The first call that fails as a whole is the last one made, and none is made once
        *time_is_up*.
        """

        def tell(count: int, what_happened: str) -> None:
            report_failure(f"putting {count} events on the bus {self._bus_name} {what_happened}")

        entries = [self._entry(each) for each in events]
        waiting = {n: each for n, each in enumerate(entries) if _size(each) <= MAX_BYTES}
        if len(waiting) < len(entries):
            tell(
                len(entries) - len(waiting), "was not tried: each is larger than EventBridge takes"
            )
        refused: dict[int, str] = {}
        for _ in range(_MAX_PASSES):
            for call in packed(
                list(waiting.items()),
                size=lambda each: _size(each[1]),
                max_entries=MAX_ENTRIES,
                max_bytes=MAX_BYTES,
            ):
                if time_is_up():
                    tell(len(waiting), "was given up: the invocation's time was up")
                    return
                try:
                    answer = self._client.put_events(Entries=[entry for _, entry in call])
                except (BotoCoreError, ClientError) as error:
                    tell(len(waiting), f"failed: {error}")
                    return
                # The answer names no entry: its first is about the first, and so on.
                for (position, _), said in zip(call, answer["Entries"], strict=False):
                    if "ErrorCode" in said:
                        refused[position] = said["ErrorCode"]
                    else:
                        del waiting[position]
        if waiting:
            codes = Counter(refused.get(each, "not named in the answer") for each in waiting)
            tell(len(waiting), f"was refused: {dict(codes)}")

    def _entry(self, event: Event) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.detail_type.value,
            "Detail": json.dumps(event.detail(), separators=(",", ":")),
        }


def _size(entry: "PutEventsRequestEntryTypeDef") -> int:
    """Count as EventBridge does: source, detail type and detail, in UTF-8 (its user guide)."""
    return sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))

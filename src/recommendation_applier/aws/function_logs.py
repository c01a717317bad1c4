"""The log groups of a stack's functions, as the operator's command reads them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.log_event import LogEvent

if TYPE_CHECKING:
    from types_boto3_logs.client import CloudWatchLogsClient

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class StoredLogs:
    """Fits the FunctionLogs port. What boto3 raises goes to the operator."""

    def __init__(self, client: "CloudWatchLogsClient", log_groups: Mapping[str, str]) -> None:
        """*client* needs logs:FilterLogEvents on the *log_groups*, named by function."""
        self._client = client
        self._log_groups = log_groups

    def events(self, function: str, *, since: datetime) -> Iterator[LogEvent]:
        """Give what *function* has logged at *since* or later, page by page, the first first.

        A page may be empty though more follow: CloudWatch Logs looks through so much at a time.
        """
        for page in self._client.get_paginator("filter_log_events").paginate(
            logGroupName=self._log_groups[function], startTime=(since - _EPOCH) // _MILLISECOND
        ):
            for found in page["events"]:
                yield LogEvent(
                    at=_EPOCH + found["timestamp"] * _MILLISECOND,
                    function=function,
                    event_id=found["eventId"],
                    message=found["message"],
                )

"""Log groups as the operator's command reads them, in moto."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from types_boto3_logs.client import CloudWatchLogsClient

from recommendation_applier.aws.function_logs import StoredLogs
from tests.emulator.function import REGION, environment

GROUP = "apply-log"


@pytest.fixture
def client() -> Iterator[CloudWatchLogsClient]:
    """A log group with a stream."""
    with environment(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing"), mock_aws():
        made = boto3.client("logs", region_name=REGION)
        made.create_log_group(logGroupName=GROUP)
        made.create_log_stream(logGroupName=GROUP, logStreamName="one")
        yield made


def test_all_pages_are_read_from_the_moment_on(client: CloudWatchLogsClient) -> None:
    """To the millisecond; one call gives 10,000 events at the most."""
    now = datetime.now(UTC).replace(microsecond=0)
    for start in (0, 6_000):
        client.put_log_events(
            logGroupName=GROUP,
            logStreamName="one",
            logEvents=[
                {"timestamp": int(now.timestamp() * 1000) + number, "message": f"line {number}"}
                for number in range(start, start + 6_000)
            ],
        )
    calls: list[Mapping[str, Any]] = []
    client.meta.events.register(
        "provide-client-params.cloudwatch-logs", lambda params, **_: calls.append(params)
    )

    since = now + timedelta(milliseconds=2)
    found = list(StoredLogs(client, {"apply": GROUP}).events("apply", since=since))

    assert [each.message for each in found] == [f"line {number}" for number in range(2, 12_000)]
    assert (found[0].function, found[0].at) == ("apply", since)
    assert len({each.event_id for each in found}) == 11_998
    assert len(calls) == 2


def test_a_quiet_log_has_no_events(client: CloudWatchLogsClient) -> None:
    """No line, no word."""
    assert list(StoredLogs(client, {"apply": GROUP}).events("apply", since=datetime.now(UTC))) == []

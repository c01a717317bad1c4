"""EventBridge clients, and a bus in moto whose events can be read."""

import json
from typing import Any

import boto3
from botocore.config import Config
from types_boto3_events.client import EventBridgeClient

from recommendation_applier.domain.event import SOURCE


def events_client(*, endpoint_url: str | None = None) -> EventBridgeClient:
    """Make a client with made-up credentials that tries each call once."""
    client: EventBridgeClient = boto3.client(
        "events",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )
    return client


class Bus:
    """A bus of moto's with a rule that sends all events of ours to a queue."""

    def __init__(self, name: str = "alerts") -> None:
        self.name = name
        self._sqs = boto3.client(
            "sqs",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        self._queue_url = self._sqs.create_queue(QueueName=f"{name}-target")["QueueUrl"]
        client = events_client()
        client.create_event_bus(Name=name)
        pattern = json.dumps({"source": [SOURCE]})
        client.put_rule(Name="all", EventBusName=name, EventPattern=pattern)
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}-target"
        client.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])

    def received(self) -> list[dict[str, Any]]:
        """Take every event that the rule has matched, as its target has it: by type and id."""
        found: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10
        ).get("Messages"):
            for each in messages:
                found.append(json.loads(each["Body"]))
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=each["ReceiptHandle"]
                )
        return sorted(
            found, key=lambda each: (each["detail-type"], each["detail"]["recommendationId"])
        )

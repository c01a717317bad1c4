"""A deployed template.yaml, and what operators and Amazon do with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.emulator.visibility import show_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef
    from types_boto3_ssm import SSMClient

    from tests.emulator.intrinsics import Document

_MAX_BATCH_ENTRIES: Final = 10
"""SQS takes no more messages in one SendMessageBatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSourceSettings:
    """How Lambda polls the ingress queue for the function."""

    queue_arn: str
    batch_size: int
    batching_window_seconds: int
    maximum_concurrency: int
    function_response_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedFunction:
    """One of the stack's functions, as the template has it."""

    arn: str
    handler: str
    """Where Lambda finds it: the module, a dot, and the name of the callable."""
    environment: Mapping[str, str]
    timeout_seconds: int
    policy_documents: tuple[Document, ...]
    """What its own role allows."""
    log_group_arn: str
    """Without the `:*` that stands for its streams."""

    @property
    def name(self) -> str:
        """The name that CloudFormation gave it."""
        return self.arn.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedStack:
    """A deployed template.yaml: what functions, an operator and a poller need of it."""

    name: str
    region: str
    outputs: Mapping[str, str]
    apply: DeployedFunction
    follow_up: DeployedFunction
    opportunities: DeployedFunction | None
    """Only there when OpportunityFiles is not OFF."""
    subscriptions: DeployedFunction
    event_source: EventSourceSettings
    tick_interval: timedelta
    """How often the schedule runs the follow-up function."""
    sqs: SQSClient
    secrets: SecretsManagerClient
    ssm: SSMClient
    dynamodb: DynamoDBClient

    @property
    def ingress_queue_url(self) -> str:
        """Where deliveries arrive."""
        return self.outputs["IngressQueueUrl"]

    @property
    def dead_letter_queue_url(self) -> str:
        """Where dead letters wait."""
        return self.outputs["DeadLetterQueueUrl"]

    @property
    def ledger_table_name(self) -> str:
        """Where the ledger is kept."""
        return self.outputs["LedgerTableName"]

    def store_credentials(self, credentials: Mapping[str, str]) -> None:
        """Fill the secret, as an operator does after the first deploy."""
        self.secrets.put_secret_value(
            SecretId=self.outputs["CredentialsSecretArn"], SecretString=json.dumps(credentials)
        )

    def store_policy(self, policy: Mapping[str, Any] | str) -> None:
        """Put a policy in force, or a text that is none, as an operator does."""
        text = policy if isinstance(policy, str) else json.dumps(policy)
        self.ssm.put_parameter(Name=self.outputs["ApplyPolicyName"], Value=text, Overwrite=True)

    def deliver(self, bodies: Iterable[str]) -> None:
        """Put *bodies* on the ingress queue, as Amazon Marketing Stream does."""
        waiting = list(bodies)
        for start in range(0, len(waiting), _MAX_BATCH_ENTRIES):
            entries = waiting[start : start + _MAX_BATCH_ENTRIES]
            self.sqs.send_message_batch(
                QueueUrl=self.ingress_queue_url,
                Entries=[
                    {"Id": str(number), "MessageBody": body} for number, body in enumerate(entries)
                ],
            )

    def dead_letters(self) -> list[dict[str, Any]]:
        """Look at the dead-letter queue: each body with its attributes; it stays there."""
        letters: list[MessageTypeDef] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.dead_letter_queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=3600,
        ).get("Messages"):
            letters += messages
        show_all(self.outputs["DeadLetterQueueArn"])
        return [
            {
                "body": message["Body"],
                "attributes": {
                    name: value["StringValue"]
                    for name, value in message.get("MessageAttributes", {}).items()
                },
            }
            for message in letters
        ]

    def next_follow_up(self) -> datetime | None:
        """Tell when the next record of the ledger is due; None while nothing has to be asked."""
        found = self.dynamodb.query(
            TableName=self.ledger_table_name,
            IndexName="DueIndex",
            KeyConditionExpression="followUp = :due",
            ExpressionAttributeValues={":due": {"S": "DUE"}},
            Limit=1,
        )["Items"]
        return datetime.fromtimestamp(float(found[0]["dueAt"]["N"]), UTC) if found else None

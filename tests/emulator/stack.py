"""A deployed template.yaml, and what operators and Amazon do with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient

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
class EmbeddedStack:
    """A deployed template.yaml: what a function, an operator and a poller need of it."""

    name: str
    region: str
    outputs: Mapping[str, str]
    environment: Mapping[str, str]
    function_timeout_seconds: int
    event_source: EventSourceSettings
    policy_documents: tuple[Document, ...]
    sqs: SQSClient
    secrets: SecretsManagerClient

    @property
    def ingress_queue_url(self) -> str:
        """Where deliveries arrive."""
        return self.outputs["IngressQueueUrl"]

    @property
    def dead_letter_queue_url(self) -> str:
        """Where dead letters wait."""
        return self.outputs["DeadLetterQueueUrl"]

    def store_credentials(self, credentials: Mapping[str, str]) -> None:
        """Fill the secret, as an operator does after the first deploy."""
        self.secrets.put_secret_value(
            SecretId=self.outputs["CredentialsSecretArn"], SecretString=json.dumps(credentials)
        )

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

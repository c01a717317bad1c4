"""An SQS message as Lambda puts it into an event."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
"""A synchronous invocation's payload ends here; a batch that would not fit is cut."""

MAX_MESSAGES_PER_CALL: Final = 10
"""What one ReceiveMessage, DeleteMessageBatch or ChangeMessageVisibilityBatch takes."""

Record: TypeAlias = dict[str, Any]
"""One of an event's `Records`."""


def to_record(message: MessageTypeDef, *, queue_arn: str) -> Record:
    """Build the record that Lambda hands to a function for *message* of the queue *queue_arn*.

    The shape is the one of Lambda's guide, "Using Lambda with Amazon SQS".
    """
    attributes = message.get("MessageAttributes", {})
    record: Record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message["Attributes"]),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def record_of(
    body: str, *, message_id: str, queue_arn: str, receive_count: int = 1, sent_at: float = 0.0
) -> Record:
    """Build the record of a message that was on no queue, for events too large for moto's.

    moto 5.2.5 counts the whole queue several times for each message that it sends or receives:
    600 of them take some ten seconds. *sent_at* is in seconds since the epoch.
    """
    sent_timestamp = str(round(sent_at * 1000))
    return to_record(
        {
            "MessageId": message_id,
            "ReceiptHandle": f"receipt-handle-of-{message_id}",
            "Body": body,
            "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
            "Attributes": {
                "ApproximateReceiveCount": str(receive_count),
                "SentTimestamp": sent_timestamp,
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": sent_timestamp,
            },
        },
        queue_arn=queue_arn,
    )


def payload_bytes(record: Record) -> int:
    """Tell how much of an invocation's payload *record* takes, its comma included."""
    return len(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()) + 1


def _attribute(value: MessageAttributeValueOutputTypeDef) -> Mapping[str, object]:
    attribute: dict[str, object] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return attribute

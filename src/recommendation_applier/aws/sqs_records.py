"""SQS records in, a partial batch response out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict

from recommendation_applier.domain.delivery import Delivery

_COUNT: Final = re.compile(r"[0-9]{1,9}")


class ItemFailure(TypedDict):
    """One message that stays on the queue."""

    itemIdentifier: str


class PartialBatchResponse(TypedDict):
    """What Lambda reads: messages that are not named here are deleted.

    An empty list deletes all of them; an id that is not of the invocation, like any exception,
    keeps all of them (Lambda developer guide, "Handling errors for an SQS event source").
    """

    batchItemFailures: list[ItemFailure]


def read_records(event: Mapping[str, Any]) -> Sequence[Delivery]:
    """Read the deliveries of an SQS event.

    Raises KeyError or TypeError if *event* is not one: then nothing is let go.
    """
    return [
        Delivery(
            record["messageId"],
            _text(record.get("body")),
            _receive_count(record.get("attributes")),
        )
        for record in event["Records"]
    ]


def receipt_handles(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Name the receipt handle of each message id."""
    return {
        record["messageId"]: record["receiptHandle"]
        for record in event["Records"]
        if "receiptHandle" in record
    }


def partial_batch_response(
    deliveries: Sequence[Delivery], *, finished: Iterable[str]
) -> PartialBatchResponse:
    """Name every delivery of the invocation but those that are *finished*, each once."""
    done = set(finished)
    unfinished = dict.fromkeys(each.message_id for each in deliveries)
    return {
        "batchItemFailures": [
            {"itemIdentifier": message_id} for message_id in unfinished if message_id not in done
        ]
    }


def _text(body: object) -> str:
    return body if isinstance(body, str) else ""


def _receive_count(attributes: object) -> int:
    count = attributes.get("ApproximateReceiveCount") if isinstance(attributes, Mapping) else None
    if count == "1":  # as nearly always
        return 1
    return max(1, int(str(count))) if _COUNT.fullmatch(str(count)) else 1

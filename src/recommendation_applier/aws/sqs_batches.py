"""How much SQS takes at a time."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_ENTRIES: Final = 10
MAX_BYTES: Final = 1_048_576
"""Of one message and of one SendMessageBatch as a whole, attributes included (SQS quotas)."""


def packed(
    entries: "Iterable[SendMessageBatchRequestEntryTypeDef]",
) -> "Iterator[list[SendMessageBatchRequestEntryTypeDef]]":
    """Cut *entries* so that no call has too many of them or too many bytes; order is kept."""
    batch: list[SendMessageBatchRequestEntryTypeDef] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == MAX_ENTRIES or size + size_of(entry) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += size_of(entry)
    if batch:
        yield batch


def size_of(entry: "SendMessageBatchRequestEntryTypeDef") -> int:
    """Count as SQS does: body, and name, type and value of each attribute, in UTF-8."""
    attributes = sum(
        len(name) + len(value["DataType"]) + len(value["StringValue"])
        for name, value in entry.get("MessageAttributes", {}).items()
    )
    return len(entry["MessageBody"].encode()) + attributes

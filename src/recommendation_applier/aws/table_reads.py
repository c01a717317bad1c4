"""Reading documents of the ledger's table, page by page and key by key."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import attributes, read_document

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

MAX_KEYS: Final = 100
"""Of one BatchGetItem (DynamoDB quotas)."""

_MAX_PASSES: Final = 3
"""Keys that DynamoDB left for another time are asked for again, so many times in all."""


def of_partition(
    client: "DynamoDBClient", partition: str, *, table_name: str
) -> Sequence[Mapping[str, Any]]:
    """Read all documents of a partition key as they are now, all pages, in the order of `sk`."""
    pages = client.get_paginator("query").paginate(
        TableName=table_name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=attributes({":pk": partition}),
        ConsistentRead=True,
    )
    return [read_document(each) for page in pages for each in page["Items"]]


def of_keys(
    client: "DynamoDBClient",
    keys: "Sequence[Mapping[str, AttributeValueTypeDef]]",
    *,
    table_name: str,
) -> tuple[Sequence[Mapping[str, Any]], int]:
    """Read up to MAX_KEYS documents as they are now, in any order.

    Also says how many keys DynamoDB would not look at; what does not exist is left out.
    """
    found: list[Mapping[str, Any]] = []
    waiting: Sequence[Mapping[str, Any]] = keys
    for _ in range(_MAX_PASSES):
        answer = client.batch_get_item(
            RequestItems={table_name: {"Keys": waiting, "ConsistentRead": True}}
        )
        found += [read_document(each) for each in answer["Responses"].get(table_name, ())]
        left = answer["UnprocessedKeys"].get(table_name)
        waiting = left["Keys"] if left else ()
        if not waiting:
            break
    return found, len(waiting)

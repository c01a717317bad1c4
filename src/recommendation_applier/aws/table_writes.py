"""Conditional writes: what was written, or what stands there instead."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from recommendation_applier.aws.ledger_documents import (
    Document,
    Value,
    attributes,
    read_document,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef


NOTHING: Final[Mapping[str, Value]] = MappingProxyType({})


def conditionally(write: Callable[[], object]) -> Mapping[str, Any] | None:
    """Make a conditional write; None if it was done, what stands there if the condition failed.

    *write* asks for that (ReturnValuesOnConditionCheckFailure), or it is an empty document, as it
    is where nothing stands.
    """
    try:
        write()
    except ClientError as error:
        return standing(error)
    return None


def standing(error: ClientError) -> Mapping[str, Any]:
    """Read what stands where the condition of a write has failed; raises any other *error*."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    # The stubs know the documents of successful answers alone.
    found: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
    return read_document(found)


def write_over(
    client: "DynamoDBClient",
    key: "Mapping[str, AttributeValueTypeDef]",
    document: Document,
    *,
    table_name: str,
    expected: Document | None = None,
    never_back: str | None = None,
    remove: Sequence[str] = (),
    append: Mapping[str, Value] = NOTHING,
) -> Mapping[str, Any] | None:
    """Write what *document* says, and leave the other attributes that stand there.

    Only if the attributes named in *expected* stand as they are expected (None: not there), and
    *never_back* not above what *document* has. Those named in *remove* go; each value of *append*
    is put at the end of the list of its name. Answers like `conditionally`.
    """
    conditions = [
        f"attribute_not_exists(#{name})" if value is None else f"#{name} = :expected_{name}"
        for name, value in (expected or {}).items()
    ]
    if never_back:
        conditions.append(
            f"(attribute_not_exists(#{never_back}) OR #{never_back} <= :{never_back})"
        )
    said = {name: value for name, value in document.items() if value is not None}
    lists = [f"#{name} = list_append(if_not_exists(#{name}, :none), :{name})" for name in append]
    changes = "SET " + ", ".join([*(f"#{name} = :{name}" for name in said), *lists])
    if remove:
        changes += " REMOVE " + ", ".join(f"#{name}" for name in remove)
    return conditionally(
        lambda: client.update_item(
            TableName=table_name,
            Key=key,
            UpdateExpression=changes,
            ConditionExpression=" AND ".join(conditions),
            ExpressionAttributeNames={
                f"#{name}": name for name in {*said, *remove, *append, *(expected or {})}
            },
            ExpressionAttributeValues=attributes(
                {f":{name}": value for name, value in said.items()}
                | {f":expected_{name}": value for name, value in (expected or {}).items()}
                | {f":{name}": [value] for name, value in append.items()}
                | ({":none": []} if append else {})
            ),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    )

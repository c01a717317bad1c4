"""The breaker, where all invocations can see it."""

from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from recommendation_applier.aws.ledger_documents import (
    Document,
    attributes,
    moment,
    read_document,
    read_moment,
    reading,
)
from recommendation_applier.aws.ledger_records import MAX_ANSWER_LENGTH
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_writes import conditionally
from recommendation_applier.domain.breaker import Breaker

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

KEY: Final[Document] = {"pk": "BREAKER", "sk": "PARTNER_OPPORTUNITIES"}


class StoredBreaker:
    """Fits the BreakerStore port, for one invocation."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*client* needs dynamodb:GetItem and PutItem on the table."""
        self._client = client
        self._table_name = table_name
        self._calls = TableCalls(
            table_name=table_name, report_failure=report_failure, time_is_up=time_is_up
        )

    def read_breaker(self) -> Breaker:
        """Read it as it is now; one that was never saved is closed.

        Raises LedgerUnavailableError.
        """
        return self._calls.make("reading the breaker", self._read)

    def save_breaker(self, breaker: Breaker) -> bool:
        """Keep *breaker* if the kept one is of the version before.

        A mark tells whether a write that was repeated has found itself: two invocations may well
        count the same failure, and it is two.
        """
        mark = token_hex(4)
        before = breaker.version - 1

        def put() -> bool:
            standing = conditionally(
                lambda: self._client.put_item(
                    TableName=self._table_name,
                    Item=attributes(_document(breaker) | {"savedBy": mark}),
                    ConditionExpression="version = :before" if before else _FIRST,
                    ExpressionAttributeValues=attributes({":before": before}),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
            return standing is None or standing.get("savedBy") == mark

        return self._calls.attempt("saving the breaker", put) is True

    def _read(self) -> Breaker:
        answer = self._client.get_item(
            TableName=self._table_name, Key=attributes(KEY), ConsistentRead=True
        )
        if "Item" not in answer:
            return Breaker()
        document = read_document(answer["Item"])
        with reading("the breaker"):
            return Breaker(
                strikes=int(document["strikes"]),
                pauses=int(document["pauses"]),
                open_until=read_moment(document.get("openUntil")),
                version=int(document["version"]),
                because=document.get("because", ""),
            )


_FIRST: Final = "attribute_not_exists(pk) OR version = :before"


def _document(breaker: Breaker) -> Document:
    return KEY | {
        "strikes": breaker.strikes,
        "pauses": breaker.pauses,
        "openUntil": moment(breaker.open_until),
        "version": breaker.version,
        "because": breaker.because[:MAX_ANSWER_LENGTH] or None,
    }

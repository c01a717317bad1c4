"""The records whose follow-up is due, and what was found out of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import attributes, seconds
from recommendation_applier.aws.ledger_records import DUE, read_record, record_document
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import MAX_KEYS, of_keys
from recommendation_applier.aws.table_writes import conditionally
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import BatchRecord

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

INDEX: Final = "DueIndex"
"""`followUp` and `dueAt` of the records that have them; keys only, and a moment late."""


class FollowUps:
    """Fits the FollowUpStore port, for one invocation."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*client* needs dynamodb:PutItem and BatchGetItem on the table, Query on its index.

        *report_failure* is told why something was not read or written.
        """
        self._client = client
        self._table_name = table_name
        self._report_failure = report_failure
        self._calls = TableCalls(
            table_name=table_name, report_failure=report_failure, time_is_up=time_is_up
        )

    def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
        """Give records whose follow-up is due at *now*, the longest waiting first.

        The index may be a moment behind: the records are read from the table, and those that are
        not due any more are left out. One that cannot be read is told of, and hinders no other.
        Raises LedgerUnavailableError.
        """
        what = "reading the follow-ups that are due"
        records: list[BatchRecord] = []
        pages = self._due_keys(now)
        while len(records) < limit and (keys := self._calls.make(what, lambda: next(pages, None))):
            documents, left = self._calls.make(
                what, partial(of_keys, self._client, keys, table_name=self._table_name)
            )
            if left:
                self._report_failure(
                    f"{what} in {self._table_name}: DynamoDB did not look at {left} of them"
                )
            records += [found for each in documents if (found := self._read(each)) is not None]
        waiting = [
            (record.follow_up.due, record.token, record.number, record)
            for record in records
            if record.follow_up and record.follow_up.due and record.follow_up.due <= now
        ]
        return [record for *_, record in sorted(waiting, key=lambda each: each[:3])][:limit]

    def save(self, record: BatchRecord, *, checks: int) -> bool:
        """Keep *record* with its new follow-up if the kept one still has *checks*.

        A mark tells whether a write that was repeated has found itself: two ticks may well find
        out the same, and only one of them is believed.
        """
        mark = token_hex(4)

        def put() -> bool:
            standing = conditionally(
                lambda: self._client.put_item(
                    TableName=self._table_name,
                    Item=attributes(record_document(record) | {"savedBy": mark}),
                    ConditionExpression="checks = :checks",
                    ExpressionAttributeValues=attributes({":checks": checks}),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
            return standing is None or standing.get("savedBy") == mark

        what = f"saving the follow-up of record {record.number} of claim {record.token}"
        return self._calls.attempt(what, put) is True

    def _due_keys(self, now: datetime) -> "Iterator[Sequence[Mapping[str, AttributeValueTypeDef]]]":
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            IndexName=INDEX,
            KeyConditionExpression="followUp = :due AND dueAt <= :now",
            ExpressionAttributeValues=attributes({":due": DUE, ":now": seconds(now)}),
            ScanIndexForward=True,
            PaginationConfig={"PageSize": MAX_KEYS},
        )
        for page in pages:
            if page["Items"]:
                yield [{"pk": each["pk"], "sk": each["sk"]} for each in page["Items"]]

    def _read(self, document: Mapping[str, Any]) -> BatchRecord | None:
        try:
            return read_record(document)
        except LedgerUnavailableError as error:
            self._report_failure(str(error))
            return None

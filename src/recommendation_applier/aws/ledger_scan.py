"""All of the ledger's table, read in parallel segments, for questions that no index answers."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.ledger_entries import read_entry, read_stored
from recommendation_applier.aws.ledger_records import read_record
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import BatchRecord, Entry, StoredEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import ScanInputTypeDef, ScanOutputTypeDef

Read = TypeVar("Read")

SEGMENTS: Final = 4
"""Read at once, a page each: no more is in memory, however large the table is."""


class LedgerScan:
    """Reads everything once. What boto3 raises goes to the operator."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        report_scanned: Callable[[int], None],
    ) -> None:
        """*client* needs dynamodb:Scan and DescribeTable on the table.

        *report_failure* is told of documents that cannot be read; *report_scanned* of how many more
        documents were looked at.
        """
        self._client = client
        self._table_name = table_name
        self._report_failure = report_failure
        self._report_scanned = report_scanned

    def size(self) -> int:
        """Give the number of documents, which DynamoDB counts every six hours."""
        return self._client.describe_table(TableName=self._table_name)["Table"]["ItemCount"]

    def entries(self) -> Iterator[Entry]:
        """Give every entry, in any order."""
        found = self._read(read_entry, "sk = :wanted", "ENTRY")
        return (entry for entry in found if entry is not None)

    def stored_entries(self) -> Iterator[StoredEntry]:
        """Give every entry with all that was added to it, and every removal, in any order."""
        return self._read(read_stored, "sk = :wanted", "ENTRY")

    def records(self) -> Iterator[BatchRecord]:
        """Give every record of a request, in any order."""
        return self._read(read_record, "begins_with(sk, :wanted)", "RECORD#")

    def _read(
        self, read: Callable[[Mapping[str, Any]], Read], condition: str, wanted: str
    ) -> Iterator[Read]:
        for document in self._documents(condition, wanted):
            try:
                yield read(document)
            except LedgerUnavailableError as error:  # what somebody has spoilt hides no other
                self._report_failure(str(error))

    def _documents(self, condition: str, wanted: str) -> Iterator[Mapping[str, Any]]:
        with ThreadPoolExecutor(SEGMENTS) as pool:

            def read(segment: int, start: Mapping[str, Any]) -> "Future[ScanOutputTypeDef]":
                asked: ScanInputTypeDef = {
                    "TableName": self._table_name,
                    "FilterExpression": condition,
                    "ExpressionAttributeValues": attributes({":wanted": wanted}),
                    "Segment": segment,
                    "TotalSegments": SEGMENTS,
                }
                if start:
                    asked["ExclusiveStartKey"] = start
                return pool.submit(lambda: self._client.scan(**asked))

            waiting = {read(segment, {}): segment for segment in range(SEGMENTS)}
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    segment, page = waiting.pop(future), future.result()
                    if last := page.get("LastEvaluatedKey"):
                        waiting[read(segment, last)] = segment
                    self._report_scanned(page["ScannedCount"])
                    yield from map(read_document, page["Items"])

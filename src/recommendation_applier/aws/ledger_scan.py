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

    def everything(self) -> Iterator[StoredEntry | tuple[BatchRecord, ...]]:
        """Give every entry with all that was added to it, and the records of each claim together.

        In any order, and with a claim for each segment in memory at the most: documents of one
        partition key stand together in a table, in the order of their sort key (developer guide,
        "Core components of Amazon DynamoDB"), and a scan gives them as they stand.
        """
        claims: dict[int, list[BatchRecord]] = {}
        wanted = {":entry": "ENTRY", ":record": "RECORD#"}
        for segment, page in self._pages("sk = :entry OR begins_with(sk, :record)", wanted):
            open_claim = claims.setdefault(segment, [])
            for document in map(read_document, page["Items"]):
                try:
                    found = (
                        read_stored(document)
                        if document["sk"] == "ENTRY"
                        else read_record(document)
                    )
                except LedgerUnavailableError as error:
                    self._report_failure(str(error))
                    continue
                if isinstance(found, StoredEntry):
                    yield found
                    continue
                if open_claim and open_claim[0].token != found.token:
                    yield tuple(open_claim)
                    open_claim.clear()
                open_claim.append(found)
        yield from (tuple(each) for each in claims.values() if each)

    def _documents(self, condition: str, wanted: str) -> Iterator[Mapping[str, Any]]:
        for _, page in self._pages(condition, {":wanted": wanted}):
            yield from map(read_document, page["Items"])

    def _pages(
        self, condition: str, wanted: Mapping[str, str]
    ) -> "Iterator[tuple[int, ScanOutputTypeDef]]":
        """Give the pages of all segments as they come, each segment's in their order."""
        with ThreadPoolExecutor(SEGMENTS) as pool:

            def read(segment: int, start: Mapping[str, Any]) -> "Future[ScanOutputTypeDef]":
                asked: ScanInputTypeDef = {
                    "TableName": self._table_name,
                    "FilterExpression": condition,
                    "ExpressionAttributeValues": attributes(wanted),
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
                    yield segment, page

"""The index of opportunities, in the ledger's table: an entry a recommendation, and the files."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import attributes, seconds
from recommendation_applier.aws.opportunity_documents import (
    FILE_PREFIX,
    FILES,
    GROUP_PREFIX,
    entry_document,
    entry_key,
    group_document,
    progress_document,
    read_entry,
    read_group,
    read_progress,
)
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import MAX_KEYS, of_keys, of_partition
from recommendation_applier.aws.table_writes import conditionally
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.opportunity_index import (
    FileProgress,
    Indexed,
    Lessons,
    lessons,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestTypeDef

MAX_WRITES: Final = 25
"""Of one BatchWriteItem (DynamoDB quotas)."""

_MAX_PASSES: Final = 8
_LONGEST_WAIT_SECONDS: Final = 5.0
"""What DynamoDB leaves of a batch it has no room for just now: the table may be the consumer's."""

_KEPT: Final = timedelta(days=45)
"""A file that is not listed any more has nothing left to be applied after its recommendations' 14
days; one that is, is read anew, or asked after, long before that."""


class StoredOpportunityIndex:
    """Fits the OpportunityIndex and FileIndex ports, for one invocation.

    One call at a time, on purpose: a file of a million rows must leave the consumer room in a table
    that takes 4,000 writes a second when it is new.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        clock: Callable[[], datetime],
        time_is_up: Callable[[], bool],
        sleep: Callable[[float], None],
        jitter: Callable[[float, float], float],
    ) -> None:
        """*client* needs dynamodb:BatchGetItem and Query on the table.

        Whoever writes needs BatchWriteItem and PutItem as well. *sleep* and *jitter*, which draws
        uniformly from two bounds, are for what DynamoDB leaves for another time.
        """
        self._client = client
        self._table_name = table_name
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._calls = TableCalls(
            table_name=table_name, report_failure=lambda _: None, time_is_up=time_is_up
        )

    def known(self, recommendation_ids: Collection[str]) -> Mapping[str, Indexed]:
        """Look ids up, 100 in a call; what has expired in the index is not known."""
        what = "looking up opportunities"
        keys = [attributes(entry_key(each)) for each in sorted(recommendation_ids)]
        found: dict[str, Indexed] = {}
        for start in range(0, len(keys), MAX_KEYS):
            documents, left = self._calls.make(
                what,
                partial(
                    of_keys,
                    self._client,
                    keys[start : start + MAX_KEYS],
                    table_name=self._table_name,
                ),
            )
            if left:
                raise LedgerUnavailableError(
                    f"{what} in {self._table_name} failed: DynamoDB did not look at {left} of them"
                )
            entries = map(read_entry, documents)
            now = self._clock()
            found |= {each.recommendation_id: each for each in entries if each.kept_until > now}
        return found

    def keep(self, entries: Sequence[Indexed]) -> None:
        """Write *entries*, 25 in a call and one write unit each."""
        for start in range(0, len(entries), MAX_WRITES):
            self._write(
                [
                    {"PutRequest": {"Item": attributes(entry_document(each))}}
                    for each in entries[start : start + MAX_WRITES]
                ]
            )

    def progress(self) -> Mapping[str, FileProgress]:
        """Read how far each file was read."""
        found = [read_progress(each) for each in self._files() if _is(FILE_PREFIX, each)]
        return {each.partner_opportunity_id: each for each in found}

    def save_progress(self, progress: FileProgress) -> bool:
        """Keep *progress* if the kept one is of the version before.

        A mark tells whether a write that was repeated has found itself.
        """
        mark = token_hex(4)
        before = progress.version - 1

        def put() -> bool:
            standing = conditionally(
                lambda: self._client.put_item(
                    TableName=self._table_name,
                    Item=attributes(
                        progress_document(progress, kept_until=self._clock() + _KEPT)
                        | {"savedBy": mark}
                    ),
                    ConditionExpression="version = :before" if before else _FIRST,
                    ExpressionAttributeValues=attributes({":before": before}),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
            return standing is None or standing.get("savedBy") == mark

        return self._calls.make("saving the progress in a file", put)

    def lessons(self) -> Lessons:
        """Read what files and deliveries have taught."""
        found = self._files()
        return lessons(
            [read_progress(each) for each in found if _is(FILE_PREFIX, each)],
            [read_group(each) for each in found if _is(GROUP_PREFIX, each)],
        )

    def teach_group(self, group: str, partner_opportunity_id: str) -> None:
        """Remember a pair; to repeat it does no harm."""
        document = group_document(group, partner_opportunity_id, kept_until=self._clock() + _KEPT)
        self._calls.make(
            "remembering the opportunity of a group",
            lambda: self._client.put_item(TableName=self._table_name, Item=attributes(document)),
        )

    def _files(self) -> Sequence[Mapping[str, Any]]:
        now = seconds(self._clock())
        found = self._calls.make(
            "reading what the files have taught",
            lambda: of_partition(self._client, FILES, table_name=self._table_name),
        )
        return [each for each in found if each.get("keptUntil", 0) > now]

    def _write(self, requests: "Sequence[WriteRequestTypeDef]") -> None:
        what = "writing the index"
        waiting: Sequence[Any] = requests
        for attempt in range(_MAX_PASSES):
            if attempt:
                longest = min(_LONGEST_WAIT_SECONDS, 0.1 * 2**attempt)
                self._sleep(self._jitter(0.0, longest))
            answer = self._calls.make(
                what,
                partial(self._client.batch_write_item, RequestItems={self._table_name: waiting}),
            )
            waiting = answer["UnprocessedItems"].get(self._table_name, ())
            if not waiting:
                return
        raise LedgerUnavailableError(
            f"{what} in {self._table_name} failed: DynamoDB had no room for {len(waiting)} entries"
        )


_FIRST: Final = "attribute_not_exists(pk) OR version = :before"


def _is(prefix: str, document: Mapping[str, Any]) -> bool:
    return str(document["sk"]).startswith(prefix)

"""The ledger's table, as the consumer of deliveries uses it."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from recommendation_applier.aws.hold_documents import HOLD_NAMES, hold_document
from recommendation_applier.aws.ledger_documents import Document, attributes, moment, seconds
from recommendation_applier.aws.ledger_entries import (
    DECISION_NAMES,
    EARLIER_CLAIMS,
    SETTINGS,
    SETTINGS_LEFT_OUT,
    entry_document,
    entry_key,
    new_items,
    read_known,
    read_stored,
    tombstone_document,
)
from recommendation_applier.aws.ledger_records import claim_key, read_record, record_document
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import MAX_KEYS, of_keys, of_partition
from recommendation_applier.aws.table_writes import conditionally, standing, write_over
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import BatchRecord, Entry, Known, StoredEntry, Tombstone

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Attributes = Mapping[str, AttributeValueTypeDef]

_PREFIX: Final = "MESSAGE#"


class LedgerTable:
    """Fits the LedgerStore port, for one invocation."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*client* needs dynamodb:PutItem, UpdateItem, Query and BatchGetItem on the table.

        *report_failure* is told why something was not read or written.
        """
        self._client = client
        self._table_name = table_name
        self._report_failure = report_failure
        self._calls, self._records = (
            TableCalls(table_name=table_name, report_failure=report_failure, time_is_up=time_is_up)
            for _ in range(2)  # claims that fail are no reason not to record what was sent
        )

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """Write the entries that do not exist yet, one call and one write unit each.

        A call that was repeated, though it had landed, finds its own entry there: the token tells.
        """
        # Written by one thread: compressing gives the interpreter away each time, to eight of them.
        items = new_items(entries)
        return self._calls.each("claiming", items, lambda each: self._put_new(items[each]))

    def take_over(self, entries: Sequence[tuple[Entry, Known]]) -> Mapping[str, Known | None]:
        """Write each entry over the one that is known, unless that has changed meanwhile."""
        by_id = {entry.recommendation_id: (entry, known) for entry, known in entries}
        return self._calls.each(
            "claiming once more", by_id, lambda each: self._take_over(*by_id[each])
        )

    def hold(self, token: str, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """Mark entries that *token* claims as held; one that somebody else has by now is not."""
        made = self._calls.each("holding", holds, lambda each: self._hold(each, holds[each], token))
        return {recommendation_id for recommendation_id, held in made.items() if held}

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is stored of each id, 100 of them a call."""
        ids = sorted(recommendation_ids)
        read = self._calls.each(
            "reading entries",
            range(0, len(ids), MAX_KEYS),
            lambda start: self._stored(ids[start : start + MAX_KEYS]),
        )
        return {name: stored for some in read.values() for name, stored in some.items()}

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """Remember tombstones; where a later one stands, that says it all."""
        made = self._calls.each(
            "burying",
            tombstones,
            lambda each: self._bury(each, tombstones[each], kept_until=kept_until),
        )
        return {recommendation_id for recommendation_id, buried in made.items() if buried}

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """Give all records of each claim, as they are now."""
        return self._calls.each("reading the records of claims", tokens, self._records_of)

    def add_record(self, record: BatchRecord) -> bool:
        """Keep *record*; one whose follow-up has begun is kept already, and stays as it is."""

        def put() -> bool:
            conditionally(
                lambda: self._client.put_item(
                    TableName=self._table_name,
                    Item=attributes(record_document(record)),
                    ConditionExpression="attribute_not_exists(checks) OR checks = :none",
                    ExpressionAttributeValues=attributes({":none": 0}),
                )
            )
            return True

        what = f"keeping record {record.number} of claim {record.token}"
        return self._records.attempt(what, put) is not None

    def remember_letters(
        self, positions: Mapping[str, AbstractSet[int]], *, kept_until: datetime
    ) -> None:
        """Remember the parts of messages; what was remembered before stays."""

        def add(message_id: str) -> None:
            self._client.update_item(
                TableName=self._table_name,
                Key=attributes(_letters_key(message_id)),
                UpdateExpression="ADD positions :positions SET keptUntil = :keptUntil",
                ExpressionAttributeValues=attributes(
                    {":positions": positions[message_id], ":keptUntil": seconds(kept_until)}
                ),
            )

        some = [message_id for message_id, parts in positions.items() if parts]
        self._calls.each("remembering dead letters", some, add)

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """Name the parts of each message whose dead letters are remembered."""
        keys = [attributes(_letters_key(each)) for each in sorted(message_ids)]
        what = "reading which dead letters are stored"
        read = self._calls.each(
            what,
            range(0, len(keys), MAX_KEYS),
            lambda start: of_keys(
                self._client, keys[start : start + MAX_KEYS], table_name=self._table_name
            ),
        )
        if left := sum(left for _, left in read.values()):
            self._report_failure(
                f"{what} in {self._table_name}: DynamoDB did not look at {left} of them"
            )
        return {
            str(document["pk"]).removeprefix(_PREFIX): document["positions"]
            for documents, _ in read.values()
            for document in documents
            if "positions" in document
        }

    def _put_new(self, item: "Attributes") -> Known | None:
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return read_known(standing(error))
        return None

    def _take_over(self, entry: Entry, known: Known) -> Known | None:
        document = entry_document(entry)
        # Of the two attributes at most one is true of the settings.
        stale = {SETTINGS: SETTINGS_LEFT_OUT, SETTINGS_LEFT_OUT: SETTINGS}
        found = write_over(
            self._client,
            attributes(entry_key(entry.recommendation_id)),
            document,
            table_name=self._table_name,
            expected={
                "claim": known.claim.token if known.claim else None,
                "withdrawnAsOf": moment(known.tombstone.as_of) if known.tombstone else None,
            },
            remove=[
                *(stale[name] for name in stale if document.get(name) is not None),
                *(name for name in DECISION_NAMES if document.get(name) is None),
                *HOLD_NAMES,
            ],
            # The records of every claim stay; without its token nobody would find them.
            append={EARLIER_CLAIMS: known.claim.token} if known.claim else {},
        )
        return None if found is None else read_known(found)

    def _bury(self, recommendation_id: str, tombstone: Tombstone, *, kept_until: datetime) -> bool:
        found = write_over(
            self._client,
            attributes(entry_key(recommendation_id)),
            tombstone_document(tombstone, kept_until=kept_until),
            table_name=self._table_name,
            never_back="withdrawnAsOf",
        )
        if found is None:
            return True
        stands = read_known(found).tombstone
        return stands is not None and stands.as_of >= tombstone.as_of

    def _hold(self, recommendation_id: str, hold: Hold, token: str) -> bool:
        found = write_over(
            self._client,
            attributes(entry_key(recommendation_id)),
            hold_document(hold),
            table_name=self._table_name,
            expected={"claim": token},
        )
        return found is None

    def _stored(self, ids: Sequence[str]) -> Mapping[str, StoredEntry | None]:
        keys = {str(entry_key(each)["pk"]): each for each in ids}
        documents, left = of_keys(
            self._client,
            [attributes(entry_key(each)) for each in ids],
            table_name=self._table_name,
        )
        if left:
            raise LedgerUnavailableError(f"DynamoDB did not look at {left} of {len(ids)}")
        found = {keys[str(each["pk"])]: read_stored(each) for each in documents}
        return {each: found.get(each) for each in ids}

    def _records_of(self, token: str) -> Sequence[BatchRecord]:
        found = of_partition(self._client, claim_key(token), table_name=self._table_name)
        return [read_record(each) for each in found]


def _letters_key(message_id: str) -> Document:
    return {"pk": f"{_PREFIX}{message_id}", "sk": "LETTERS"}

"""What the ledger's table holds back, and what a person says about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.hold_documents import HELD, HOLD_NAMES, release_document
from recommendation_applier.aws.ledger_actions import ACTIONS, action_document
from recommendation_applier.aws.ledger_documents import Document, attributes, moment, seconds
from recommendation_applier.aws.ledger_entries import entry_key, read_stored, tombstone_document
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import MAX_KEYS, of_keys
from recommendation_applier.aws.table_writes import write_over
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.held import (
    ActionTaken,
    Held,
    HeldOverview,
    OperatorAction,
    Veto,
    waiting,
)
from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.ledger import StoredEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

INDEX: Final = "HeldIndex"

_MOST_FIRST: Final = 20
"""Of the first to end: entries that an overview reads, of some kB each."""


class HeldEntries:
    """Fits the HeldStore port."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """*client* needs dynamodb:Query on HeldIndex and dynamodb:BatchGetItem on the table.

        To release and to reject it needs dynamodb:UpdateItem as well. *report_failure* is told
        what could not be read or written.
        """
        self._client = client
        self._table_name = table_name
        self._report_failure = report_failure
        self._calls = TableCalls(
            table_name=table_name, report_failure=report_failure, time_is_up=time_is_up
        )

    def held(self, *, after: datetime) -> Iterator[Held]:
        """Give all that waits for a person and ends after *after*, page by page."""
        return self.ending_before(FOR_EVER, after=after)

    def ending_before(self, limit: datetime, *, after: datetime) -> Iterator[Held]:
        """Give what ends after *after* and not after *limit*, the first to end first."""
        for page in self._pages(limit, after=after):
            keys = _keys(page)
            for start in range(0, len(keys), MAX_KEYS):
                yield from self._waiting(keys[start : start + MAX_KEYS])

    def overview(self, *, after: datetime) -> HeldOverview:
        """See the port: by one page of the index, which is some thousand keys, in one call."""
        page = next(self._pages(FOR_EVER, after=after))  # there is one, if only an empty one
        keys = _keys(page)
        return HeldOverview(
            len(keys),
            list(self._waiting(keys[:_MOST_FIRST])),
            is_whole="LastEvaluatedKey" not in page,
        )

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is stored of each id; of what somebody has spoilt, which is told, None."""
        keys = {str(entry_key(each)["pk"]): each for each in sorted(recommendation_ids)}
        found = self._read([attributes(entry_key(each)) for each in keys.values()])
        return {
            each: self._stored(found[partition]) if partition in found else None
            for partition, each in keys.items()
        }

    def release(self, releases: Mapping[str, Release]) -> Mapping[str, StoredEntry | None]:
        """Write each release onto what is held, if it is still what was looked at."""

        def release(recommendation_id: str) -> StoredEntry | None:
            word = releases[recommendation_id]
            said = release_document(word)
            return self._say(OperatorAction.RELEASED, word, said, recommendation_id)

        return self._calls.each("releasing", releases, release)

    def reject(self, vetoes: Mapping[str, Veto]) -> Mapping[str, StoredEntry | None]:
        """Take back what is held, if it is still what was looked at, and end the hold."""

        def reject(recommendation_id: str) -> StoredEntry | None:
            word = vetoes[recommendation_id]
            # It is kept for as long as the entry is.
            said = tombstone_document(word.tombstone, kept_until=FOR_EVER) | {"keptUntil": None}
            return self._say(
                OperatorAction.REJECTED, word, said, recommendation_id, remove=HOLD_NAMES
            )

        return self._calls.each("rejecting", vetoes, reject)

    def _pages(self, limit: datetime, *, after: datetime) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            IndexName=INDEX,
            KeyConditionExpression="held = :held AND heldUntil BETWEEN :first AND :last",
            ExpressionAttributeValues=attributes(
                {":held": HELD, ":first": seconds(after) + 1, ":last": seconds(limit)}
            ),
        )
        left = iter(pages)
        while page := self._calls.make("reading what is held", lambda: next(left, None)):
            yield page

    def _waiting(self, keys: Sequence[Mapping[str, Any]]) -> Iterator[Held]:
        documents = self._read(keys)
        # The index may be behind the table, and names what has come to an end since.
        for name in (key["pk"]["S"] for key in keys if key["pk"]["S"] in documents):
            found = waiting(self._stored(documents[name]))
            if isinstance(found, Held):
                yield found

    def _stored(self, document: Mapping[str, Any]) -> StoredEntry | None:
        try:
            return read_stored(document)
        except LedgerUnavailableError as error:  # it hides no other
            self._report_failure(str(error))
            return None

    def _read(self, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(keys), MAX_KEYS):
            some = keys[start : start + MAX_KEYS]
            found += self._calls.make("reading entries", partial(self._documents, some))
        return {str(each["pk"]): each for each in found}

    def _documents(self, keys: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        found, left = of_keys(self._client, keys, table_name=self._table_name)
        if left:
            raise LedgerUnavailableError(f"DynamoDB did not look at {left} of {len(keys)}")
        return found

    def _say(
        self,
        what: OperatorAction,
        word: Release | Veto,
        said: Document,
        recommendation_id: str,
        *,
        remove: Sequence[str] = (),
    ) -> StoredEntry | None:
        standing = write_over(
            self._client,
            attributes(entry_key(recommendation_id)),
            said,
            table_name=self._table_name,
            expected={"held": HELD, "publishedDate": moment(word.published_date)},
            never_back="withdrawnAsOf" if "withdrawnAsOf" in said else None,
            remove=remove,
            append={ACTIONS: action_document(ActionTaken(word.at, word.by, what, word.why))},
        )
        return None if standing is None else read_stored(standing)


def _keys(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [{name: each[name] for name in ("pk", "sk")} for each in page["Items"]]

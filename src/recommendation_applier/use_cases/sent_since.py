"""What was sent since a moment: the records of the ledger, together with their entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final

from recommendation_applier.domain.ledger import BatchRecord, StoredEntry
from recommendation_applier.domain.sent import Sent, sent_in

_AT_ONCE: Final = 100
"""Entries that one BatchGetItem reads: records of single recommendations are put together."""

EntriesOf = Callable[[AbstractSet[str]], Mapping[str, StoredEntry | None]]


def sent_since(
    records: Iterable[BatchRecord], entries_of: EntriesOf, *, since: datetime
) -> Iterator[Sent]:
    """Give what *records* say was sent at *since* or later, with the entry of each.

    In no order; never all of it is in memory. Raises what reading raises.
    """
    waiting: list[Sent] = []
    for record in records:
        waiting += (each for each in sent_in(record) if each.at >= since)
        if len(waiting) >= _AT_ONCE:
            yield from _with_entries(waiting, entries_of)
            waiting = []
    yield from _with_entries(waiting, entries_of)


def _with_entries(sent: Sequence[Sent], entries_of: EntriesOf) -> Iterator[Sent]:
    stored = entries_of({each.recommendation_id for each in sent})
    for each in sent:
        kept = stored[each.recommendation_id]
        yield replace(each, entry=kept.entry if kept else None)

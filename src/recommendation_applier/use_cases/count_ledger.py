"""How many recommendations the ledger has of each standing, in one walk through its table."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recommendation_applier.domain.ledger import BatchRecord, StoredEntry
from recommendation_applier.domain.ledger_count import (
    CountedStanding,
    standing_of_entry,
    standing_of_records,
)

_AT_ONCE: Final = 100
"""Entries that one BatchGetItem reads."""

_HELD: Final = (CountedStanding.HELD, CountedStanding.HELD_EXPIRED)

ClaimRecords = tuple[BatchRecord, ...]
"""All records of one claim, in their order."""

EntriesOf = Callable[[AbstractSet[str]], Mapping[str, StoredEntry | None]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a recommendation; *record* is one of its claim, where there is any.

    Of *stored* and *record* at least one is there.
    """

    stored: StoredEntry | None = None
    record: BatchRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCounting:
    """Counts what *is_meant*, by the word that *key_of* gives, which may be empty."""

    entries_of: EntriesOf
    is_meant: Callable[[Known], bool]
    key_of: Callable[[Known], str]
    now: datetime

    def count(
        self, found: Iterable[StoredEntry | ClaimRecords]
    ) -> Mapping[tuple[str, CountedStanding], int]:
        """Count recommendations by key and standing; *found* is all that the ledger has.

        An entry and the records of its claim come apart, and neither is kept: an entry is counted
        as if it had no records, and counted anew when they come, which are read together with their
        entries. What is written meanwhile may be in it or not. Raises what reading raises.
        """
        counts: Counter[tuple[str, CountedStanding]] = Counter()
        waiting: list[tuple[str, ClaimRecords]] = []
        for each in found:
            if isinstance(each, StoredEntry):
                known = Known(each)
                if self.is_meant(known):
                    counts[self.key_of(known), standing_of_entry(each, now=self.now)] += 1
                continue
            waiting += ((name, each) for name in _named(each))
            while len(waiting) >= _AT_ONCE:
                self._count_anew(waiting[:_AT_ONCE], counts)
                del waiting[:_AT_ONCE]
        self._count_anew(waiting, counts)
        return {cell: count for cell, count in counts.items() if count > 0}

    def _count_anew(
        self,
        some: Iterable[tuple[str, ClaimRecords]],
        counts: Counter[tuple[str, CountedStanding]],
    ) -> None:
        claimed = list(some)
        entries = self.entries_of({name for name, _ in claimed})
        for name, records in claimed:
            stored = entries[name]
            known = Known(stored, records[-1])
            if not self.is_meant(known):
                continue
            key = self.key_of(known)
            if stored is not None:
                standing = standing_of_entry(stored, now=self.now)
                if standing in _HELD or not _is_of(stored, records):
                    continue
                counts[key, standing] -= 1
            counts[key, standing_of_records(name, records, stored)] += 1


def _named(records: ClaimRecords) -> Iterable[str]:
    """Name what *records* speak of, each once."""
    return dict.fromkeys(
        name for record in records for ids in record.verdicts.values() for name in ids
    )


def _is_of(stored: StoredEntry, records: ClaimRecords) -> bool:
    """Tell whether they are of the claim that stands, and not of an earlier one."""
    return stored.entry is not None and stored.entry.claim.token == records[0].token

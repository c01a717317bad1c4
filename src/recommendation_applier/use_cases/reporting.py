"""A report's figures: what the ledger keeps of each recommendation, joined with all its records."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from recommendation_applier.domain.fate import Word, fate_of, words_of
from recommendation_applier.domain.ledger import BatchRecord, Entry, StoredEntry
from recommendation_applier.domain.report_figures import Figures, Span


class LedgerDocuments(Protocol):
    """All of the ledger, in any order; each is read once."""

    def records(self) -> Iterator[BatchRecord]:
        """Give every record of a request."""
        ...

    def stored_entries(self) -> Iterator[StoredEntry]:
        """Give every entry with all that was added to it, and every removal."""
        ...


class Words(Protocol):
    """What records say, kept where there is room for all of it."""

    def keep(self, words: Iterable[Word]) -> None:
        """Add *words*."""
        ...

    def of(self, recommendation_id: str) -> Collection[Word]:
        """Give all that was kept about a recommendation, in any order."""
        ...


def read_figures(
    ledger: LedgerDocuments,
    words: Words,
    *,
    span: Span,
    is_meant: Callable[[Entry], bool] | None,
    now: datetime,
) -> Figures:
    """Count what was published in *span* and *is_meant*; None is for all.

    The records are read first: what is claimed meanwhile is on its way, and never counted twice.
    Raises what reading raises.
    """
    for record in ledger.records():
        words.keep(words_of(record))
    figures = Figures(span)
    for stored in ledger.stored_entries():
        entry = stored.entry
        if entry is None:
            if stored.tombstone is not None and is_meant is None:
                figures.add_unseen(stored.tombstone.as_of)
        elif is_meant is None or is_meant(entry):
            figures.add(entry, fate_of(entry, stored, words.of(entry.recommendation_id), now=now))
    return figures

"""Some rows of a data file: what they teach is kept, and what they recommend is offered."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from recommendation_applier.domain.errors import (
    RefusedError,
    RetryableError,
    UnavailableError,
)
from recommendation_applier.domain.opportunity_file import (
    RowRefusal,
    RowRefusalReason,
    read_row,
)
from recommendation_applier.domain.opportunity_index import index_entry, kind_of
from recommendation_applier.domain.opportunity_rows import Row, UnreadableRow
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.opportunity_ports import FileIndex, Offers


@dataclass(slots=True)
class FileReport:
    """What one tick did with a file.

    *rows* were read after those *skipped*, which an earlier tick had done; *expired* ones were left
    out and *refused* ones counted by reason, with one message each in *examples*. *written* are the
    entries that were new. *is_done* says that the end was reached; *failure* why it was not, if
    something failed.
    """

    partner_opportunity_id: str
    title: str | None = None
    rows: int = 0
    skipped: int = 0
    expired: int = 0
    written: int = 0
    offered: int = 0
    refused: Counter[RowRefusalReason] = field(default_factory=Counter)
    examples: dict[RowRefusalReason, str] = field(default_factory=dict)
    is_done: bool = False
    failure: RetryableError | RefusedError | None = None

    def refuse(self, reason: RowRefusalReason, message: str) -> None:
        """Count a row that cannot be applied."""
        self.refused[reason] += 1
        self.examples.setdefault(reason, message)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Takes blocks of rows; *offers* is None where they are not to be applied from the files."""

    index: FileIndex
    offers: Offers | None
    clock: Callable[[], datetime]

    def take(self, block: Sequence[Row | UnreadableRow], file: FileReport) -> frozenset[str]:
        """Keep what *block* teaches, count it in *file*, and name the kinds in it.

        What is offered is on the queue before the index says so.
        """
        now = self.clock()
        found = self._read(block, file, now)
        entries = {
            name: index_entry(
                name, row, partner_opportunity_id=file.partner_opportunity_id, now=now
            )
            for name, row in found.items()
        }
        known = self.index.known(entries)
        applicable = {name: row for name, row in found.items() if isinstance(row, Recommendation)}
        if self.offers is not None:
            for name in applicable:
                entries[name] = replace(entries[name], is_offered=True)
        new = [each for name, each in entries.items() if each.adds_to(known.get(name), now=now)]
        if self.offers is not None:
            wanted = [applicable[each.recommendation_id] for each in new if each.is_offered]
            file.offered += _offered(self.offers, wanted)
        self.index.keep(new)
        file.written += len(new)
        return frozenset(kind for row in applicable.values() if (kind := kind_of(row)))

    def _read(
        self, block: Sequence[Row | UnreadableRow], file: FileReport, now: datetime
    ) -> Mapping[str, Recommendation | RowRefusal]:
        found: dict[str, Recommendation | RowRefusal] = {}
        for each in block:
            file.rows += 1
            if isinstance(each, UnreadableRow):
                file.refuse(RowRefusalReason.UNREADABLE_ROW, each.message)
                continue
            row = read_row(each, partner_opportunity_id=file.partner_opportunity_id)
            if isinstance(row, RowRefusal):
                file.refuse(row.reason, row.message)
            elif row.is_expired(now):
                file.expired += 1
                continue
            if row.recommendation_id is not None:
                found[row.recommendation_id] = row
        return found


def _offered(offers: Offers, recommendations: Sequence[Recommendation]) -> int:
    count = len(offers.offer(recommendations))
    if count < len(recommendations):
        raise UnavailableError(
            f"{len(recommendations) - count} rows could not be put on the ingress queue"
        )
    return count

"""The index of opportunities in memory, in the shape of its port; `contract` holds it to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from recommendation_applier.domain.errors import LedgerUnavailableError, RetryableError
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, Opportunity
from recommendation_applier.domain.opportunity_index import (
    FileProgress,
    Indexed,
    Lessons,
    lessons,
)
from recommendation_applier.domain.opportunity_rows import Row, UnreadableRow
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW


@dataclass
class MemoryIndex:
    """Keeps everything in dictionaries; *error* is raised instead, if there is one."""

    entries: dict[str, Indexed] = field(default_factory=dict)
    files: dict[str, FileProgress] = field(default_factory=dict)
    groups: dict[tuple[str, str], None] = field(default_factory=dict)
    error: LedgerUnavailableError | None = None
    lookups: int = 0
    writes: int = 0

    def known(self, recommendation_ids: Collection[str]) -> Mapping[str, Indexed]:
        """See the port."""
        self._fail()
        self.lookups += 1
        return {
            name: self.entries[name]
            for name in recommendation_ids
            if name in self.entries and self.entries[name].kept_until > NOW
        }

    def keep(self, entries: Sequence[Indexed]) -> None:
        """See the port."""
        self._fail()
        self.writes += len(entries)
        self.entries.update((each.recommendation_id, each) for each in entries)

    def progress(self) -> Mapping[str, FileProgress]:
        """See the port."""
        self._fail()
        return dict(self.files)

    def save_progress(self, progress: FileProgress) -> bool:
        """See the port."""
        self._fail()
        known = self.files.get(progress.partner_opportunity_id)
        if (known.version if known else 0) != progress.version - 1:
            return False
        self.files[progress.partner_opportunity_id] = progress
        return True

    def lessons(self) -> Lessons:
        """See the port."""
        self._fail()
        return lessons(self.files.values(), self.groups)

    def teach_group(self, group: str, partner_opportunity_id: str) -> None:
        """See the port."""
        self._fail()
        self.groups[group, partner_opportunity_id] = None

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


@dataclass
class FakeFiles:
    """Has the rows that it is given, by opportunity; *breaks* says after how many one fails."""

    rows_of: dict[str, Sequence[Row | UnreadableRow]] = field(default_factory=dict)
    listed: dict[str, Opportunity] = field(default_factory=dict)
    breaks: dict[str, tuple[int, BaseException]] = field(default_factory=dict)
    error: RetryableError | None = None
    begun: list[str] = field(default_factory=list)

    def publish(self, name: str, rows: Sequence[Row | UnreadableRow], **changes: object) -> None:
        """Let a file have *rows*."""
        self.rows_of[name] = rows
        fields = {
            "title": name,
            "objective_type": ACCOUNT_TEAM,
            "row_count": len(rows),
            "data_updated_date": NOW,
            **changes,
        }
        self.listed[name] = Opportunity(partner_opportunity_id=name, **fields)  # type: ignore[arg-type] # what a test gives it

    def opportunities(self) -> Sequence[Opportunity]:
        """See the port."""
        if self.error is not None:
            raise self.error
        return list(self.listed.values())

    def rows(self, partner_opportunity_id: str) -> Iterator[Row | UnreadableRow]:
        """See the port."""
        self.begun.append(partner_opportunity_id)
        place, error = self.breaks.pop(partner_opportunity_id, (-1, None))
        for number, row in enumerate(self.rows_of[partner_opportunity_id]):
            if number == place and error is not None:
                raise error
            yield row


@dataclass
class FakeOffers:
    """Takes what it is offered, unless it *refuses*."""

    refuses: AbstractSet[str] = frozenset()
    offered: list[str] = field(default_factory=list)
    opportunities: set[str | None] = field(default_factory=set)

    def offer(self, recommendations: Sequence[Recommendation]) -> AbstractSet[str]:
        """See the port."""
        taken = {each.recommendation_id for each in recommendations} - self.refuses
        self.offered.extend(sorted(taken))
        self.opportunities |= {each.partner_opportunity_id for each in recommendations}
        return taken

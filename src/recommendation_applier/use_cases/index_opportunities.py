"""Data files -> the index: whose opportunity each recommendation is; and, if wanted, deliveries.

A file is read in blocks. What a block teaches is kept before the progress that counts it, and what
is offered is on the queue before the index says so: a crash between any two repeats a block, and
loses none. Two ticks at once do the same work twice at most, since only one of them can save its
progress in a file.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from recommendation_applier.domain.errors import (
    LedgerUnavailableError,
    OutOfTimeError,
    RefusedError,
    RetryableError,
    UnavailableError,
)
from recommendation_applier.domain.opportunity import Opportunity
from recommendation_applier.domain.opportunity_index import FileProgress
from recommendation_applier.use_cases.opportunity_blocks import Blocks, FileReport
from recommendation_applier.use_cases.opportunity_ports import (
    AccountTeamFiles,
    FileIndex,
    Offers,
)

ROWS_AT_ONCE: Final = 1_000
"""Little enough to be kept within seconds, so that a tick ends in time; enough for the progress to
cost next to nothing."""

Each = TypeVar("Each")


@dataclass(slots=True)
class IndexReport:
    """What one tick did; *failure* says why it ended early, if it did."""

    listed: int = 0
    files: list[FileReport] = field(default_factory=list)
    failure: RetryableError | RefusedError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOpportunities:
    """Reads what is new; *offers* is None where rows are not to be applied from the files."""

    files: AccountTeamFiles
    index: FileIndex
    offers: Offers | None
    clock: Callable[[], datetime]
    time_is_up: Callable[[], bool]

    def run(self) -> IndexReport:
        """Read every file that is new, from where it was left, until time is up.

        Never raises for what Amazon, the network or the table do: the report says it. A file that
        fails by itself hinders no other.
        """
        report = IndexReport()
        try:
            self._run(report)
        except (RetryableError, RefusedError) as error:
            report.failure = error
        return report

    def _run(self, report: IndexReport) -> None:
        listed = {
            each.partner_opportunity_id: each
            for each in self.files.opportunities()
            if _has_recommendations(each)
        }
        report.listed = len(listed)
        known = self._begun(listed.keys())
        for name, opportunity in listed.items():
            progress = known[name]
            if progress.has_done(opportunity, is_offered=self.offers is not None):
                continue
            if self.time_is_up():
                raise OutOfTimeError("the tick's time was up; the next one goes on")
            file = FileReport(name, opportunity.title)
            report.files.append(file)
            try:
                self._read(opportunity, progress, file)
            except (LedgerUnavailableError, OutOfTimeError):
                raise
            except (UnavailableError, RefusedError) as error:
                file.failure = error

    def _begun(self, listed: AbstractSet[str]) -> Mapping[str, FileProgress]:
        """Give the progress in each file that is listed, and let it be known that there is one.

        Nothing is concluded from the files that were read while there is one that was not. A file
        that is no longer listed has nothing to teach any more, if it was never read.
        """
        known = self.index.progress()
        for name in listed - known.keys():
            self.index.save_progress(FileProgress(partner_opportunity_id=name, version=1))
        for name in known.keys() - listed:
            gone = known[name]
            if gone.kinds is None:
                self.index.save_progress(replace(gone, kinds=frozenset(), version=gone.version + 1))
        return {
            name: known.get(name, FileProgress(partner_opportunity_id=name, version=1))
            for name in listed
        }

    def _read(self, opportunity: Opportunity, before: FileProgress, file: FileReport) -> None:
        progress = self._begin(opportunity, before)
        blocks = Blocks(self.index, self.offers, self.clock)
        rows = self.files.rows(opportunity.partner_opportunity_id)
        file.skipped = sum(1 for _ in islice(rows, progress.rows_done))
        for block in _blocks(rows):
            kinds = blocks.take(block, file)
            progress = replace(
                progress,
                rows_done=progress.rows_done + len(block),
                kinds_so_far=progress.with_kinds(kinds),
                version=progress.version + 1,
            )
            if not self.index.save_progress(progress):
                return  # another tick is at it
            if self.time_is_up():
                raise OutOfTimeError("the tick's time was up; the next one goes on")
        file.is_done = self.index.save_progress(progress.finished())

    def _begin(self, opportunity: Opportunity, before: FileProgress) -> FileProgress:
        """Go on where the same file was left, or begin it."""
        wanted = self.offers is not None
        is_same = before.updated_date == opportunity.file_date
        if is_same and not before.is_done and before.is_offered == wanted:
            return before
        return replace(
            before,
            updated_date=opportunity.file_date,
            rows_done=0,
            is_done=False,
            is_offered=wanted,
            kinds_so_far=frozenset(),
        )


def _has_recommendations(opportunity: Opportunity) -> bool:
    # The list was asked for these alone; one that lacks its objective is taken at that word.
    return opportunity.has_rows and (
        opportunity.is_applicable or opportunity.objective_type is None
    )


def _blocks(rows: Iterator[Each]) -> Iterator[list[Each]]:
    while block := list(islice(rows, ROWS_AT_ONCE)):
        yield block

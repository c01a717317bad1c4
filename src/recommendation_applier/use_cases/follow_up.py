"""Accepted -> applied: ask what became of accepted recommendations until everyone's end is known.

What ended otherwise than applied is kept first and told second, so that a crash between the two
tells it at the next tick, and of two ticks at once only the one that could keep it tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.batching import MAX_IDS_PER_STATUS, into_batches
from recommendation_applier.domain.errors import (
    BreakerOpenError,
    CredentialsRefusedError,
    LedgerUnavailableError,
    OutOfTimeError,
    RetryableError,
)
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState, advance
from recommendation_applier.domain.recommendation import Advertiser, Recommendation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from recommendation_applier.domain.ledger import BatchRecord
    from recommendation_applier.domain.outcome import StatusResult
    from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
    from recommendation_applier.use_cases.ports import FollowUpStore

RECORDS_AT_ONCE: Final = 100
"""Up to 10,000 ids: enough for requests to fill, little enough to be done within the tick."""


_Key = tuple[str, int]

_STOPS: Final = (BreakerOpenError, CredentialsRefusedError, OutOfTimeError)
"""Why nobody else would be asked either: the tick ends. What was not asked about stays due; what
was is put off like after an answer, so that an account which is refused holds up no other."""


@dataclass(frozen=True, slots=True)
class EndedApplication:
    """An application that was accepted and did not come to be applied.

    *campaign_id* is the one that Amazon named, None if it did not.
    """

    recommendation_id: str
    end: ApplicationEnd
    partner_opportunity_id: str
    advertiser: Advertiser
    accepted_at: datetime
    campaign_id: str | None = None


@dataclass(slots=True)
class FollowUpReport:
    """What one tick did.

    *checked* ids were asked about; *applied* of them are, *pending* are not settled yet. *failure*
    says why the tick ended early, if it did.
    """

    checked: int = 0
    applied: int = 0
    pending: int = 0
    results: list[StatusResult] = field(default_factory=list)
    ended: list[EndedApplication] = field(default_factory=list)
    failure: RetryableError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Asks for what is due, and plans the next check of what is not settled.

    *tell* is given the applications that ended without being applied, each once, unless a crash
    makes it uncertain whether it was.
    """

    api: GuardedPartnerOpportunities
    store: FollowUpStore
    clock: Callable[[], datetime]
    tell: Callable[[Sequence[EndedApplication]], None]
    time_is_up: Callable[[], bool]

    def run(self) -> FollowUpReport:
        """Do what is due, until nothing is or time is up: the next tick goes on.

        Never raises for what Amazon, the network or the ledger do: the report says it.
        """
        report = FollowUpReport()
        report.failure = self._run(report)
        return report

    def _run(self, report: FollowUpReport) -> RetryableError | None:
        left: set[_Key] = set()
        while not self.time_is_up():
            try:
                # What was left is still due; it must neither be met again nor hinder the others.
                due = self.store.due(self.clock(), limit=RECORDS_AT_ONCE + len(left))
            except LedgerUnavailableError as error:
                return error
            records = [each for each in due if _key(each) not in left]
            if not records:
                return None
            stopped_by = self.api.refusal() or self._check(records, report, left)
            self.api.learn()  # an API that answers nobody is not asked about the rest
            if stopped_by is not None:
                return stopped_by
        return OutOfTimeError("the tick's time was up; the next one goes on")

    def _check(
        self, records: Sequence[BatchRecord], report: FollowUpReport, left: set[_Key]
    ) -> RetryableError | None:
        """Ask about what is pending in *records*; return what keeps everything from being asked.

        Adds to *left* those that stay due.
        """
        statuses: dict[str, str] = {}
        campaign_ids: dict[str, str] = {}
        unasked: set[str] = set()
        unanswered: set[str] = set()
        stopped_by: RetryableError | None = None
        for result in self.api.application_status(
            list(into_batches(_pending(records), limit=MAX_IDS_PER_STATUS))
        ):
            report.results.append(result)
            statuses |= result.statuses
            campaign_ids |= result.campaign_ids
            if isinstance(result.error, _STOPS):
                stopped_by = result.error
            if isinstance(result.error, RetryableError):
                found = unanswered if _was_asked(result.error) else unasked
                found.update(result.batch.recommendation_ids)
        for record in records:
            pending = _state(record).pending
            answers = _Answers(statuses, campaign_ids, answered=unanswered.isdisjoint(pending))
            if not unasked.isdisjoint(pending) or not self._keep(record, answers, report):
                left.add(_key(record))
        return stopped_by

    def _keep(
        self,
        record: BatchRecord,
        answers: _Answers,
        report: FollowUpReport,
    ) -> bool:
        """Keep what *answers* say; False if another tick has it, or the ledger did not take it."""
        before = _state(record)
        after = advance(
            before,
            answers.statuses,
            accepted_at=record.recorded_at,
            now=self.clock(),
            campaign_ids=answers.campaign_ids,
            was_answered=answers.answered,
        )
        kept = replace(record, follow_up=after)
        if not self.store.save(kept, checks=before.checks):
            return False
        report.checked += len(before.pending)
        report.pending += len(after.pending)
        report.applied += (
            len(before.pending) - len(after.pending) - len(after.ended.keys() - before.ended.keys())
        )
        if after.untold:
            ended = [_ended(record, after, each) for each in after.untold]
            self.tell(ended)
            report.ended.extend(ended)
            self.store.save(replace(record, follow_up=after.told()), checks=after.checks)
        return True


@dataclass(frozen=True, slots=True)
class _Answers:
    """What Amazon said; *answered* is False where it did not speak of all that it was asked."""

    statuses: Mapping[str, str]
    campaign_ids: Mapping[str, str]
    answered: bool


def _key(record: BatchRecord) -> _Key:
    return record.token, record.number


def _was_asked(error: RetryableError) -> bool:
    return error.was_made and not isinstance(error, BreakerOpenError | OutOfTimeError)


def _pending(records: Sequence[BatchRecord]) -> Iterator[tuple[str, Recommendation]]:
    for record in records:
        for recommendation_id in _state(record).pending:
            yield (
                record.partner_opportunity_id,
                Recommendation(recommendation_id=recommendation_id, advertiser=record.advertiser),
            )


def _state(record: BatchRecord) -> FollowUpState:
    return record.follow_up or FollowUpState(pending=(), due=None)


def _ended(record: BatchRecord, state: FollowUpState, recommendation_id: str) -> EndedApplication:
    return EndedApplication(
        recommendation_id,
        state.ended[recommendation_id],
        record.partner_opportunity_id,
        record.advertiser,
        accepted_at=record.recorded_at,
        campaign_id=state.campaign_ids.get(recommendation_id),
    )

"""What an answer of Amazon's means for each recommendation, for the ledger and for its door."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.errors import (
    AnswerLostError,
    LedgerUnavailableError,
    RefusedError,
    RetryableError,
)
from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.domain.outcome import (
    ApplicationStatus,
    ApplyResult,
    Failure,
    StatusResult,
)
from recommendation_applier.domain.reasons import (
    AcceptedReason,
    DeadLetterReason,
    Door,
    NotApplicableReason,
)
from recommendation_applier.use_cases.claims import Request
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.progress import Part, Progress
from recommendation_applier.use_cases.retries import Retries

Verdicts = defaultdict[Verdict, list[str]]


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Draws them; *parts* says by recommendation id what is to leave.

    What Amazon has leaves as accepted only once the ledger has it on record.
    """

    progress: Progress
    letters: PendingLetters
    retries: Retries
    ledger: Ledger
    parts: dict[str, Part] = field(default_factory=dict)

    def of_apply(self, result: ApplyResult) -> None:
        """Conclude from the answer to an apply request."""
        failed = [failure.recommendation_id for failure in result.failures]
        verdicts: Verdicts = defaultdict(list)
        verdicts[Verdict.ACCEPTED] += result.accepted
        verdicts[Verdict.REFUSED] += failed
        verdicts[_verdict_of(result.error)] += result.unanswered
        recorded = self.ledger.record(
            result.batch,
            verdicts,
            Request(
                sent_at=self._sent_at(result),
                http_status=result.http_status,
                request_ids=result.request_ids,
                answer=str(result.error) if result.error else _said(result.failures),
            ),
            pending=[
                recommendation_id
                for recommendation_id, reason in result.accepted.items()
                if reason is not AcceptedReason.ALREADY_APPLIED
            ],
        )
        self._accept(result.batch, result.accepted, recorded=recorded)
        self._fail(result)
        self._unanswered(result.batch, result.unanswered, result.error)

    def _sent_at(self, result: ApplyResult) -> datetime | None:
        """Say when the request was made; None where none was."""
        if not result.attempts and not isinstance(result.error, AnswerLostError):
            return None
        return self.ledger.clock() - timedelta(seconds=result.seconds)

    def of_application_status(self, result: StatusResult) -> Sequence[str]:
        """Conclude from the answer to an applicationStatus request; return the ids to send."""
        ids = result.batch.recommendation_ids
        if result.error is not None:
            # They stay in doubt: whoever gets them next asks again.
            self._record_status(result, {Verdict.IN_DOUBT: ids})
            self._unanswered(
                result.batch, ids, result.error, refused=DeadLetterReason.OUTCOME_UNKNOWN
            )
            return ()
        by_status: dict[str, list[str]] = defaultdict(list)
        for recommendation_id in ids:
            by_status[result.statuses.get(recommendation_id, ApplicationStatus.PUBLISHED)].append(
                recommendation_id
            )
        to_send = by_status.pop(ApplicationStatus.PUBLISHED, [])
        self._found(result, by_status)
        return to_send

    def put_off(self, batch: ApplyBatch, error: RetryableError) -> None:
        """Let all of *batch* wait, which nothing was asked or sent for."""
        self.retries.put_off_batch(batch, self.parts, error, only=batch.recommendation_ids)

    def _found(self, result: StatusResult, by_status: Mapping[str, Sequence[str]]) -> None:
        running = by_status.get(ApplicationStatus.IN_PROGRESS, ())
        accepted = [*running, *by_status.get(ApplicationStatus.SUCCESS, ())]
        rejected = by_status.get(ApplicationStatus.REJECTED, ())
        verdicts: Verdicts = defaultdict(list)
        verdicts[Verdict.ACCEPTED] += accepted
        verdicts[Verdict.REJECTED] += rejected
        for status, ids in by_status.items():
            if status not in _WITHOUT_A_LETTER:
                verdicts[self._bury(result, ids, status)] += ids
        recorded = self._record_status(result, verdicts, pending=running)
        found = dict.fromkeys(accepted, AcceptedReason.FOUND_ACCEPTED)
        self._accept(result.batch, found, recorded=recorded)
        if not recorded:
            self._unrecorded(result.batch, rejected)
            return
        for recommendation_id in rejected:
            self.progress.leave(
                self.parts[recommendation_id], Door.NOT_APPLICABLE, NotApplicableReason.REJECTED
            )

    def _bury(self, result: StatusResult, ids: Sequence[str], status: str) -> Verdict:
        """Dead-letter what a person has to look at; a redrive tries a failed one again."""
        failed = status == ApplicationStatus.FAILED
        reason = Reason(
            DeadLetterReason.APPLICATION_FAILED if failed else DeadLetterReason.OUTCOME_UNKNOWN,
            f"an earlier answer for {result.batch} was lost, and applicationStatus says "
            f"{status[:60]!r}",
            request_id=next(iter(result.request_ids), None),
        )
        self.letters.add_batch(result.batch, self.parts, reason, only=ids)
        return Verdict.REFUSED if failed else Verdict.IN_DOUBT

    def _record_status(
        self,
        result: StatusResult,
        verdicts: Mapping[Verdict, Sequence[str]],
        *,
        pending: Collection[str] = (),
    ) -> bool:
        request = Request(
            request_ids=result.request_ids,
            http_status=result.error.http_status if result.error else None,
            answer=str(result.error) if result.error else "applicationStatus",
        )
        return self.ledger.record(result.batch, verdicts, request, pending=pending)

    def _accept(
        self, batch: ApplyBatch, accepted: Mapping[str, AcceptedReason], *, recorded: bool
    ) -> None:
        if not recorded:
            self._unrecorded(batch, list(accepted))
            return
        for recommendation_id, reason in accepted.items():
            self.progress.leave(self.parts[recommendation_id], Door.ACCEPTED, reason)

    def _unrecorded(self, batch: ApplyBatch, ids: Sequence[str]) -> None:
        error = LedgerUnavailableError(
            f"Amazon has dealt with {len(ids)} of {batch}, but that could not be written to the "
            "ledger: Amazon will be asked again"
        )
        self.retries.put_off_batch(batch, self.parts, error, only=ids)

    def _fail(self, result: ApplyResult) -> None:
        by_code: dict[str, list[Failure]] = defaultdict(list)
        for failure in result.failures:
            by_code[failure.code].append(failure)
        for code, failures in by_code.items():
            reason = Reason(
                DeadLetterReason.RECOMMENDATION_FAILED,
                f"apply of {result.batch} failed for {len(failures)} of them: {code}: "
                f"{failures[0].message}",
                http_status=result.http_status,
                api_code=code,
                request_id=next(iter(result.request_ids), None),
            )
            messages = {each.recommendation_id: each.message for each in failures}
            self.letters.add_batch(
                result.batch, self.parts, reason, only=list(messages), failures=messages
            )

    def _unanswered(
        self,
        batch: ApplyBatch,
        ids: Sequence[str],
        error: RetryableError | RefusedError | None,
        *,
        refused: DeadLetterReason = DeadLetterReason.APPLY_REFUSED,
    ) -> None:
        if isinstance(error, RefusedError):
            self.letters.add_batch(batch, self.parts, Reason.of(refused, error), only=ids)
        elif error is not None:
            self.retries.put_off_batch(batch, self.parts, error, only=ids)


_WITHOUT_A_LETTER = (
    ApplicationStatus.IN_PROGRESS,
    ApplicationStatus.SUCCESS,
    ApplicationStatus.REJECTED,
)


def _verdict_of(error: RetryableError | RefusedError | None) -> Verdict:
    """Say what an *error* means for the ids that no answer names."""
    if isinstance(error, AnswerLostError):
        return Verdict.IN_DOUBT
    return Verdict.REFUSED if isinstance(error, RefusedError) else Verdict.RELEASED


def _said(failures: Sequence[Failure]) -> str:
    return "; ".join(sorted({f"{each.code}: {each.message}" for each in failures}))

"""What an answer of Amazon's means for each recommendation, for the ledger and for its door."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.errors import (
    AnswerLostError,
    RefusedError,
    RetryableError,
)
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
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.ports import Ledger
from recommendation_applier.use_cases.progress import Part, Progress


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Draws them; *parts* says by recommendation id what is to leave.

    *max_receive_count* is the ingress queue's: at the last receive a retry becomes a dead letter.
    """

    progress: Progress
    letters: PendingLetters
    ledger: Ledger
    max_receive_count: int
    parts: dict[str, Part] = field(default_factory=dict)

    def of_apply(self, result: ApplyResult) -> None:
        """Conclude from the answer to an apply request."""
        self._accept(result.accepted)
        self._fail(result)
        if result.error is None:
            return
        if not isinstance(result.error, AnswerLostError):
            self.ledger.release(result.unanswered)  # nothing was taken
        self._unanswered(
            result.batch, result.unanswered, result.error, refused=DeadLetterReason.APPLY_REFUSED
        )

    def of_application_status(self, result: StatusResult) -> Sequence[str]:
        """Conclude from the answer to an applicationStatus request; return the ids to send."""
        ids = result.batch.recommendation_ids
        if result.error is not None:
            # They stay in doubt: whoever gets them next asks again.
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
        for status, those in by_status.items():
            self._found(result, those, status)
        return to_send

    def _found(self, result: StatusResult, ids: Sequence[str], status: str) -> None:
        match status:
            case ApplicationStatus.IN_PROGRESS | ApplicationStatus.SUCCESS:
                self._accept(dict.fromkeys(ids, AcceptedReason.FOUND_ACCEPTED))
            case ApplicationStatus.REJECTED:
                for recommendation_id in ids:
                    self.progress.leave(
                        self.parts[recommendation_id],
                        Door.NOT_APPLICABLE,
                        NotApplicableReason.REJECTED,
                    )
            case _:
                failed = status == ApplicationStatus.FAILED
                if failed:
                    self.ledger.release(ids)  # whoever redrives it wants it tried again
                code = (
                    DeadLetterReason.APPLICATION_FAILED
                    if failed
                    else DeadLetterReason.OUTCOME_UNKNOWN
                )
                reason = Reason(
                    code,
                    f"an earlier answer for {result.batch} was lost, and applicationStatus says "
                    f"{status[:60]!r}",
                    request_id=next(iter(result.request_ids), None),
                )
                self.letters.add_batch(result.batch, self.parts, reason, only=ids)

    def _accept(self, accepted: Mapping[str, AcceptedReason]) -> None:
        self.ledger.settle(list(accepted))
        for recommendation_id, reason in accepted.items():
            self.progress.leave(self.parts[recommendation_id], Door.ACCEPTED, reason)

    def _fail(self, result: ApplyResult) -> None:
        by_code: dict[str, list[Failure]] = defaultdict(list)
        for failure in result.failures:
            by_code[failure.code].append(failure)
        for code, failures in by_code.items():
            ids = [failure.recommendation_id for failure in failures]
            self.ledger.release(ids)
            reason = Reason(
                DeadLetterReason.RECOMMENDATION_FAILED,
                f"apply of {result.batch} failed for {len(ids)} of them: {code}: "
                f"{failures[0].message}",
                http_status=result.http_status,
                api_code=code,
                request_id=next(iter(result.request_ids), None),
            )
            messages = {each.recommendation_id: each.message for each in failures}
            self.letters.add_batch(result.batch, self.parts, reason, only=ids, failures=messages)

    def _unanswered(
        self,
        batch: ApplyBatch,
        ids: Sequence[str],
        error: RetryableError | RefusedError,
        *,
        refused: DeadLetterReason,
    ) -> None:
        if isinstance(error, RefusedError):
            self.letters.add_batch(batch, self.parts, Reason.of(refused, error), only=ids)
            return
        last = [
            recommendation_id
            for recommendation_id in ids
            if self._is_last_receive(recommendation_id)
        ]
        exhausted = Reason.of(DeadLetterReason.RETRIES_EXHAUSTED, error)
        self.letters.add_batch(batch, self.parts, exhausted, only=last)
        for recommendation_id in set(ids).difference(last):
            self.progress.leave(
                self.parts[recommendation_id],
                Door.RETRY,
                error.reason,
                detail=str(error),
                retry_after=error.retry_after,
            )

    def _is_last_receive(self, recommendation_id: str) -> bool:
        return self.parts[recommendation_id].delivery.receive_count >= self.max_receive_count

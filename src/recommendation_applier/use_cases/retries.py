"""What has to be tried again: back to the queue, or, at the last receive, a dead letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.errors import RetryableError
from recommendation_applier.domain.reasons import DeadLetterReason, Door, RetryReason
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.progress import Part, Progress


@dataclass(frozen=True, slots=True)
class Retries:
    """Puts parts off.

    *max_receive_count* is the ingress queue's: a delivery that would be retried at that receive is
    dead-lettered with its reason instead, before SQS moves it without one.
    """

    progress: Progress
    letters: PendingLetters
    max_receive_count: int

    def put_off(
        self, part: Part, body: str, error: RetryableError, *, reason: RetryReason | None = None
    ) -> None:
        """Put *part* off; *body* is its text, *reason* the one to give instead of the error's."""
        if self._is_last_receive(part):
            self.letters.add_message(
                part, body, Reason.of(DeadLetterReason.RETRIES_EXHAUSTED, error)
            )
        else:
            self._retry(part, error, reason or error.reason)

    def put_off_batch(
        self,
        batch: ApplyBatch,
        parts: Mapping[str, Part],
        error: RetryableError,
        *,
        only: Sequence[str],
    ) -> None:
        """Put the ids *only* of *batch* off; *parts* are by id."""
        last = [each for each in only if self._is_last_receive(parts[each])]
        exhausted = Reason.of(DeadLetterReason.RETRIES_EXHAUSTED, error)
        self.letters.add_batch(batch, parts, exhausted, only=last)
        for recommendation_id in only:
            if recommendation_id not in last:
                self._retry(parts[recommendation_id], error, error.reason)

    def _retry(self, part: Part, error: RetryableError, reason: RetryReason) -> None:
        self.progress.leave(
            part, Door.RETRY, reason, detail=str(error), retry_after=error.retry_after
        )

    def _is_last_receive(self, part: Part) -> bool:
        return part.delivery.receive_count >= self.max_receive_count

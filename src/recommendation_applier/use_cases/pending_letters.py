"""Dead letters of one invocation: collected, stored together, and only then let go."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import (
    DeadLetter,
    Reason,
    batch_letter,
    message_letter,
)
from recommendation_applier.domain.reasons import Door, RetryReason
from recommendation_applier.use_cases.ports import DeadLetters
from recommendation_applier.use_cases.progress import Part, Progress


class Letters:
    """Writes letters for parts that cannot go on, and lets the parts go once they are stored."""

    def __init__(
        self, progress: Progress, dead_letters: DeadLetters, clock: Callable[[], datetime]
    ) -> None:
        """Start with nothing to store."""
        self._progress = progress
        self._dead_letters = dead_letters
        self._clock = clock
        self._pending: list[tuple[DeadLetter, Sequence[Part]]] = []

    def message(self, part: Part, body: str, reason: Reason) -> None:
        """Dead-letter *body*, the text of *part*."""
        letter = message_letter(
            message_id=part.delivery.message_id,
            body=body,
            reason=reason,
            attempts=part.delivery.receive_count,
            failed_at=self._clock(),
        )
        self._pending.append((letter, [part]))

    def batch(
        self,
        batch: ApplyBatch,
        parts: Mapping[str, Part],
        reason: Reason,
        *,
        only: Sequence[str],
        failures: Mapping[str, str] | None = None,
    ) -> None:
        """Dead-letter the ids *only* of *batch*; *parts* and *failures* are by id."""
        if not only:
            return
        chosen = set(only)
        concerned = [parts[one] for one in only]
        letter = batch_letter(
            ApplyBatch(
                batch.partner_opportunity_id,
                batch.advertiser,
                tuple(each for each in batch.recommendations if each.recommendation_id in chosen),
            ),
            message_ids={one: parts[one].delivery.message_id for one in only},
            reason=reason,
            attempts=max(part.delivery.receive_count for part in concerned),
            failed_at=self._clock(),
            failures=failures,
        )
        self._pending.append((letter, concerned))

    def post(self) -> None:
        """Store what has been collected; a part whose letter is not stored is retried."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        stored = self._dead_letters.store([letter for letter, _ in pending])
        for position, (letter, parts) in enumerate(pending):
            for part in parts:
                if position in stored:
                    self._progress.leave(
                        part, Door.DEAD_LETTERED, letter.reason.code, detail=letter.reason.message
                    )
                else:
                    self._progress.leave(
                        part,
                        Door.RETRY,
                        RetryReason.DEAD_LETTER_NOT_STORED,
                        detail=f"{letter.reason.code}: {letter.reason.message}",
                    )

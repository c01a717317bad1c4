"""Dead letters of one invocation: collected, stored together, and only then let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendation_applier.domain.dead_letter import (
    DeadLetter,
    Reason,
    batch_letter,
    message_letter,
)
from recommendation_applier.domain.reasons import Door, RetryReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from recommendation_applier.domain.batching import ApplyBatch
    from recommendation_applier.use_cases.ports import DeadLetters
    from recommendation_applier.use_cases.progress import Part, Progress


class PendingLetters:
    """Collects parts that cannot go on, and lets them go once their letters are stored."""

    def __init__(
        self, progress: Progress, dead_letters: DeadLetters, clock: Callable[[], datetime]
    ) -> None:
        """Start with nothing to store."""
        self._progress = progress
        self._dead_letters = dead_letters
        self._clock = clock
        self._pending: list[tuple[DeadLetter, Sequence[Part]]] = []
        self.stored: list[DeadLetter] = []

    def add_message(self, part: Part, body: str, reason: Reason) -> None:
        """Dead-letter *body*, the text of *part*."""
        letter = message_letter(
            message_id=part.delivery.message_id,
            body=body,
            reason=reason,
            attempts=part.delivery.receive_count,
            failed_at=self._clock(),
            account=part.account,
        )
        self._pending.append((letter, [part]))

    def add_batch(
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
        concerned = {recommendation_id: parts[recommendation_id] for recommendation_id in only}
        letter = batch_letter(
            batch.only(concerned),
            message_ids={each: part.delivery.message_id for each, part in concerned.items()},
            reason=reason,
            attempts=max(part.delivery.receive_count for part in concerned.values()),
            failed_at=self._clock(),
            failures=failures,
        )
        self._pending.append((letter, list(concerned.values())))

    def post(self) -> None:
        """Store what has been collected; a part whose letter is not stored is retried."""
        if not self._pending:
            return
        stored = self._dead_letters.store([letter for letter, _ in self._pending])
        for position, (letter, parts) in enumerate(self._pending):
            if position in stored:
                self.stored.append(letter)
            for part in parts:
                self._leave(part, letter, stored=position in stored)
        self._pending.clear()

    def _leave(self, part: Part, letter: DeadLetter, *, stored: bool) -> None:
        reason = letter.reason
        if stored:
            self._progress.leave(part, Door.DEAD_LETTERED, reason.code, detail=reason.message)
        else:
            self._progress.leave(
                part,
                Door.RETRY,
                RetryReason.DEAD_LETTER_NOT_STORED,
                detail=f"{reason.code}: {reason.message}",
            )

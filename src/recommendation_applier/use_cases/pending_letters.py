"""Dead letters of one invocation: collected, stored together, and only then let go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Pending:
    """A letter that is to be written: *write* makes it, of those parts that it is given."""

    parts: Sequence[Part]
    write: Callable[[Sequence[Part]], DeadLetter]


class PendingLetters:
    """Collects parts that cannot go on, and lets them go once their letters are stored."""

    def __init__(
        self, progress: Progress, dead_letters: DeadLetters, clock: Callable[[], datetime]
    ) -> None:
        """Start with nothing to store."""
        self._progress = progress
        self._dead_letters = dead_letters
        self._clock = clock
        self._pending: list[_Pending] = []
        self.stored: list[DeadLetter] = []

    def add_message(self, part: Part, body: str, reason: Reason) -> None:
        """Dead-letter *body*, the text of *part*."""

        def write(_: Sequence[Part]) -> DeadLetter:
            return message_letter(
                message_id=part.delivery.message_id,
                body=body,
                reason=reason,
                attempts=part.delivery.receive_count,
                failed_at=self._clock(),
            )

        self._pending.append(_Pending([part], write))

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

        def write(concerned: Sequence[Part]) -> DeadLetter:
            message_ids = {
                recommendation_id: parts[recommendation_id].delivery.message_id
                for recommendation_id in only
                if parts[recommendation_id] in concerned
            }
            return batch_letter(
                batch.only(message_ids),
                message_ids=message_ids,
                reason=reason,
                attempts=max(part.delivery.receive_count for part in concerned),
                failed_at=self._clock(),
                failures=failures,
            )

        if only:
            self._pending.append(_Pending([parts[each] for each in only], write))

    def post(self) -> None:
        """Store what has been collected; a part whose letter is not stored is retried.

        A message of which another part is to be retried will be read again whole, and gets its
        letters then: stored now, they would be stored again with each receive.
        """
        staying = self._progress.retried()
        letters: list[tuple[DeadLetter, Sequence[Part]]] = []
        for pending in self._pending:
            leaving = [each for each in pending.parts if each.delivery.message_id not in staying]
            for part in pending.parts:
                if part not in leaving:
                    self._progress.leave(part, Door.RETRY, RetryReason.NEIGHBOUR_RETRIED)
            if leaving:
                letters.append((pending.write(leaving), leaving))
        self._pending.clear()
        stored = self._dead_letters.store([letter for letter, _ in letters]) if letters else set()
        for position, (letter, parts) in enumerate(letters):
            if position in stored:
                self.stored.append(letter)
            for part in parts:
                self._leave(part, letter, stored=position in stored)

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

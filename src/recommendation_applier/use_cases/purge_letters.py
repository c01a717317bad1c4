"""Chosen dead letters are deleted, once what they say is written down elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.waiting_letter import QueuedMessage
from recommendation_applier.use_cases.letter_outcomes import GONE, Outcome, Said
from recommendation_applier.use_cases.letter_ports import LetterCopies, Look

_DELETING: Final = Said(
    Outcome.IN_DOUBT, "STOPPED", "stopped while it was deleted: it may be here still"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """Deletes the letters that *said* names by message id, and keeps what came of each there."""

    look: Look
    copies: LetterCopies | None
    said: dict[str, Said]

    def run(self) -> Iterator[int]:
        """Go through the queue; give how many more letters have been dealt with, as it goes.

        *said* is true at every moment. Raises OSError where a copy cannot be kept: then nothing of
        it is deleted.
        """
        left = set(self.said)
        for messages in self.look.messages():
            some = [each for each in messages if each.message_id in left]
            left.difference_update(each.message_id for each in some)
            if some:
                self._delete(some)
                yield len(some)
            if not left:
                return

    def _delete(self, letters: Sequence[QueuedMessage]) -> None:
        in_hand = self.look.in_hand([each.message_id for each in letters])
        mine = [each for each in letters if each.message_id in in_hand]
        for each in letters:
            if each.message_id not in in_hand:
                self.said[each.message_id] = GONE
        if self.copies is not None and mine:
            self.copies.keep(mine)
        ids = [each.message_id for each in mine]
        self.said.update(dict.fromkeys(ids, _DELETING))
        undeleted = self.look.delete(ids)
        for name in ids:
            why = undeleted.get(name)
            self.said[name] = (
                Said(Outcome.DELETED) if why is None else Said(Outcome.FAILED, "NOT_DELETED", why)
            )

"""Chosen dead letters go back to the ingress queue, where they are decided anew.

A letter is sent first, and deleted only once SQS has said that it has it. Whoever is stopped in
between leaves it on both queues, which does no harm: the ledger lets go what is settled.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from recommendation_applier.domain.letter_prospect import Prospect
from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.use_cases.letter_outcomes import (
    GONE,
    Outcome,
    Said,
    all_failed,
    skipped,
    would_be_let_go,
)
from recommendation_applier.use_cases.letter_ports import IngressBodies, Look, ReadLetter
from recommendation_applier.use_cases.letter_prospects import LetterProspects

_AT_ONCE: Final = 10
"""Of one SendMessageBatch, and of one ReceiveMessage (SQS quotas)."""

_MOST_FAILURES: Final = 3
"""Times in a row that nothing goes; after them something is wrong that will not pass."""

_SENDING: Final = Said(
    Outcome.IN_DOUBT, "STOPPED", "stopped while it was sent: it is here, and perhaps there as well"
)


@dataclass(slots=True, kw_only=True)
class Pace:
    """So many letters a second and no more; the first go at once. Above 0."""

    per_second: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    _next: float = field(default=0.0, init=False)

    @property
    def at_once(self) -> int:
        """How many may go together: about a second's worth."""
        return max(1, min(_AT_ONCE, int(self.per_second)))

    def take(self, count: int) -> None:
        """Wait until *count* more may go."""
        if (wait := self._next - self.monotonic()) > 0:
            self.sleep(wait)
        self._next = max(self._next, self.monotonic()) + count / self.per_second


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """Moves the letters that *said* names by message id, and keeps what came of each there."""

    look: Look
    ingress: IngressBodies
    prospects: LetterProspects
    read: ReadLetter
    pace: Pace
    said: dict[str, Said]

    def run(self) -> Iterator[int]:
        """Go through the queue; give how many more letters have been dealt with, as it goes.

        *said* is true at every moment, whatever stops it; what it does not come to stays as it is
        there. Ends early when nothing goes any more. Raises LedgerUnavailableError.
        """
        left, failures = set(self.said), 0
        for messages in self.look.messages():
            letters = [self.read(each) for each in messages if each.message_id in left]
            left.difference_update(each.message_id for each in letters)
            for start in range(0, len(letters), self.pace.at_once):
                some = letters[start : start + self.pace.at_once]
                self._move(some)
                yield len(some)
                nothing_went = all_failed(self.said[each.message_id] for each in some)
                failures = failures + 1 if nothing_went else 0
                if failures == _MOST_FAILURES:
                    return
            if not left:
                return

    def _move(self, letters: Sequence[WaitingLetter]) -> None:
        prospects = self.prospects.of(letters)
        going: list[WaitingLetter] = []
        for letter in letters:
            reason = skipped(prospects.get(letter.message_id))
            if reason is None:
                going.append(letter)
            else:
                self.said[letter.message_id] = reason
        if not going:
            return
        self.pace.take(len(going))
        in_hand = self.look.in_hand([each.message_id for each in going])
        for each in going:
            if each.message_id not in in_hand:
                self.said[each.message_id] = GONE
        self._send([each for each in going if each.message_id in in_hand], prospects)

    def _send(self, letters: Sequence[WaitingLetter], prospects: Mapping[str, Prospect]) -> None:
        self.said.update({each.message_id: _SENDING for each in letters})
        unsent = self.ingress.send([each.message.body for each in letters])
        sent = [each for place, each in enumerate(letters) if place not in unsent]
        for place, why in unsent.items():
            self.said[letters[place].message_id] = Said(Outcome.FAILED, "NOT_SENT", why)
        self.said.update({each.message_id: _copied("stopped before that") for each in sent})
        undeleted = self.look.delete([each.message_id for each in sent])
        for letter in sent:
            name = letter.message_id
            of = len(letter.recommendation_ids)
            self.said[name] = (
                _copied(undeleted[name])
                if name in undeleted
                else Said(Outcome.MOVED, detail=would_be_let_go(prospects[name], of=of))
            )


def _copied(why: str) -> Said:
    return Said(
        Outcome.COPIED,
        "NOT_DELETED",
        f"sent, but not deleted here for certain, which does no harm: {why}",
    )

"""What would become of dead letters that are sent back: the letters, together with the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recommendation_applier.domain.ledger import StoredEntry
from recommendation_applier.domain.letter_prospect import (
    Prospect,
    ended_by,
    prospect_of,
    settled_by,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.use_cases.letter_ports import LedgerWords

_Stored = Mapping[str, StoredEntry | None]
_Ends = dict[int, NotApplicableReason]
"""Why parts of a letter would be let go, by their place in it."""


@dataclass(frozen=True, slots=True)
class LetterProspects:
    """Asks the ledger about many letters together: entries by the hundred, records by claim."""

    ledger: LedgerWords
    clock: Callable[[], datetime]

    def of(self, letters: Sequence[WaitingLetter]) -> Mapping[str, Prospect]:
        """Say by message id what would become of each of *letters*.

        One that the ledger gives no clear word about is left out. Raises LedgerUnavailableError.
        """
        ids = frozenset(each for letter in letters for each in letter.recommendation_ids)
        stored = self.ledger.entries_of(ids) if ids else {}
        now = self.clock()
        ends = {letter.message_id: _ends(letter, stored, now) for letter in letters}
        unsure = {
            each: _token(stored[each])
            for letter in letters
            for each in _unsure(letter, ends[letter.message_id]).values()
        }
        tokens = frozenset(token for token in unsure.values() if token is not None)
        records = self.ledger.records_of(tokens) if tokens else {}
        prospects: dict[str, Prospect] = {}
        for letter in letters:
            found = ends[letter.message_id]
            left = _unsure(letter, found)
            if any((token := unsure[each]) and token not in records for each in left.values()):
                continue
            for place, each in left.items():
                token = unsure[each]
                of_claim = records[token] if token else ()
                if reason := settled_by(each, stored[each], of_claim, now=now):
                    found[place] = reason
            prospects[letter.message_id] = prospect_of(letter, found)
        return prospects


def _ends(letter: WaitingLetter, stored: _Stored, now: datetime) -> _Ends:
    return {
        place: reason
        for place, each in enumerate(letter.subjects)
        if each.recommendation_id is not None
        and (reason := ended_by(each, stored[each.recommendation_id], now=now))
    }


def _unsure(letter: WaitingLetter, ends: _Ends) -> Mapping[int, str]:
    """Name what only the records of a claim can tell of: a withdrawal is none of it."""
    return {
        place: each.recommendation_id
        for place, each in enumerate(letter.subjects)
        if each.recommendation_id is not None and not each.is_withdrawal and place not in ends
    }


def _token(stored: StoredEntry | None) -> str | None:
    return stored.entry.claim.token if stored and stored.entry else None

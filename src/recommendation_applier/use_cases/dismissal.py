"""What is no recommendation to be decided about, and what has its dead letter already."""

from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.delivery import (
    Confirmation,
    NotForUs,
    Publication,
    Rejection,
    ReleaseNotice,
)
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.reasons import Door, NotApplicableReason
from recommendation_applier.use_cases.confirm_subscriptions import SubscriptionConfirmer
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.progress import Progress
from recommendation_applier.use_cases.retries import Retries

UNREAD: Final = LedgerUnavailableError("what the ledger knows of it could not be read")
"""Why something has to wait that says less than the ledger may."""


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Lets leave, in one invocation, whatever needs neither a policy nor a claim."""

    progress: Progress
    letters: PendingLetters
    retries: Retries
    confirmer: SubscriptionConfirmer
    ledger: Ledger

    def dismiss(self) -> None:
        """Let it leave."""
        self._dismiss_what_has_its_letter()
        for part in self.progress.waiting():
            content = part.content
            if isinstance(content, Publication):  # as nearly all are
                continue
            if isinstance(content, NotForUs):
                self.progress.leave(
                    part, Door.NOT_APPLICABLE, content.reason, detail=content.detail
                )
            elif isinstance(content, Rejection):
                self.letters.add_message(
                    part, content.body, Reason(content.reason, content.message)
                )
            elif isinstance(content, Confirmation):
                self.confirmer.confirm(part, content)
            elif isinstance(content, ReleaseNotice):
                self.retries.put_off(part, content.body, UNREAD)

    def remember_letters_of_what_stays(self) -> None:
        """Remember the letters of what stays for others, so that none is written twice."""
        staying = self.progress.retried()
        if not staying:
            return
        positions: dict[str, set[int]] = {}
        for departure in self.progress.departures:
            message_id = departure.part.delivery.message_id
            if departure.door is Door.DEAD_LETTERED and message_id in staying:
                positions.setdefault(message_id, set()).add(departure.part.position)
        self.ledger.remember_letters(positions)

    def _dismiss_what_has_its_letter(self) -> None:
        known = self.ledger.letters_of(
            {
                part.delivery.message_id
                for part in self.progress.parts
                if part.position > 0 and part.delivery.receive_count > 1
            }
        )
        for part in self.progress.parts if known else ():
            if part.position in known.get(part.delivery.message_id, ()):
                self.progress.leave(
                    part, Door.NOT_APPLICABLE, NotApplicableReason.DEAD_LETTERED_EARLIER
                )

"""What was sent to Amazon, recommendation by recommendation, and how it ended. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recommendation_applier.domain.follow_up import ApplicationEnd
from recommendation_applier.domain.ledger import BatchRecord, DecidedBy, Entry, Verdict

APPLIED: Final = "APPLIED"
PENDING: Final = "PENDING"


@dataclass(frozen=True, slots=True)
class Sent:
    """One recommendation of one request; *entry* is None where the ledger has none of it."""

    recommendation_id: str
    verdict: Verdict
    record: BatchRecord
    entry: Entry | None = None

    @property
    def at(self) -> datetime:
        """When it was sent, or else when Amazon was found to have it."""
        return self.record.sent_at or self.record.recorded_at

    @property
    def decided_by(self) -> DecidedBy:
        """Who decided to send it, as far as the entry still speaks of this claim."""
        entry = self.entry
        return entry.decided_by if entry and entry.claim.token == self.record.token else DecidedBy()

    @property
    def ended(self) -> str:
        """How its application ended: APPLIED, an ApplicationEnd, or PENDING.

        Empty where nothing was accepted, and where Amazon had it before and nobody asked again.
        """
        follow_up = self.record.follow_up
        if self.verdict is not Verdict.ACCEPTED or follow_up is None:
            return ""
        if self.recommendation_id in follow_up.pending:
            return PENDING
        return follow_up.ended.get(self.recommendation_id, APPLIED)

    @property
    def may_have_changed_a_campaign(self) -> bool:
        """Tell whether there may be something to put back."""
        return self.verdict is Verdict.ACCEPTED and self.ended not in (
            ApplicationEnd.FAILED,
            ApplicationEnd.REJECTED,
        )


def sent_in(record: BatchRecord) -> Iterator[Sent]:
    """Give what *record* says was sent: all of a request, and what Amazon was found to have."""
    for verdict, ids in record.verdicts.items():
        if record.sent_at is not None or verdict is Verdict.ACCEPTED:
            yield from (Sent(each, verdict, record) for each in ids)

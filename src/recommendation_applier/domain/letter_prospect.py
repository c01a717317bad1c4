"""What would become of a dead letter that is sent back, as far as the ledger can tell. No I/O."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Standing,
    StoredEntry,
    Tombstone,
    standing_of,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.waiting_letter import Subject, WaitingLetter

_SETTLED = {
    Standing.ACCEPTED: NotApplicableReason.ALREADY_ACCEPTED,
    Standing.REJECTED: NotApplicableReason.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What the consumer would let go of a letter, and why, by recommendation id.

    *is_settled* says that this is all there is to it: to send it back would be of no use.
    """

    let_go: Mapping[str, NotApplicableReason]
    is_settled: bool

    def reasons(self) -> str:
        """Name the reasons, the most frequent first, with how many ids each is true of."""
        counted = Counter(reason.value for reason in self.let_go.values())
        ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        return ", ".join(f"{reason} ({count})" for reason, count in ordered)


def prospect_of(letter: WaitingLetter, ends: Mapping[int, NotApplicableReason]) -> Prospect:
    """Join what is known of each subject of *letter*, by its place, which has come to an end.

    A letter with a part that names no recommendation is never settled: nobody knows.
    """
    return Prospect(
        let_go={
            letter.subjects[place].recommendation_id or "": reason for place, reason in ends.items()
        },
        is_settled=bool(letter.subjects) and len(ends) == len(letter.subjects),
    )


def ended_by(
    subject: Subject, stored: StoredEntry | None, *, now: datetime
) -> NotApplicableReason | None:
    """Say why *subject* would not be sent at *now*: taken back, or expired; None if it may be.

    The letter's own dates count; where it has none, those of the ledger's entry do. Word that takes
    back a recommendation is of use until the ledger knows it.
    """
    tombstone = stored.tombstone if stored else None
    known = stored.entry.recommendation if stored and stored.entry else None
    published = subject.published_date
    if subject.is_withdrawal:
        return _reason(tombstone, as_of=published or FOR_EVER)
    expiry = subject.expiry_date or (known.expiry_date if known else None)
    if expiry is not None and expiry <= now:
        return NotApplicableReason.EXPIRED
    if published is None and known is not None:
        published = known.published_date
    return _reason(tombstone, as_of=published)


def settled_by(
    recommendation_id: str,
    stored: StoredEntry | None,
    records: Collection[BatchRecord],
    *,
    now: datetime,
) -> NotApplicableReason | None:
    """Say why the recommendation is never sent again, by the *records* of its claim."""
    claim = stored.entry.claim if stored and stored.entry else None
    return _SETTLED.get(standing_of(recommendation_id, claim, records, now=now))


def _reason(tombstone: Tombstone | None, *, as_of: datetime | None) -> NotApplicableReason | None:
    """Say what took back a publication of *as_of*; one without a date is taken back by any word."""
    if tombstone is None or (as_of is not None and tombstone.as_of < as_of):
        return None
    return tombstone.reason

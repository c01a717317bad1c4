"""How a recommendation is counted that the ledger knows of: one word for each. No I/O."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.held import Held, waiting
from recommendation_applier.domain.ledger import BatchRecord, StoredEntry, Verdict
from recommendation_applier.domain.sent import Sent


class CountedStanding(StrEnum):
    """What became of a recommendation so far, by all that the ledger has of it; see MEANING."""

    ACCEPTED = "ACCEPTED"
    APPLIED = "APPLIED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    UNSETTLED = "UNSETTLED"
    REFUSED = "REFUSED"
    HELD = "HELD"
    HELD_EXPIRED = "HELD_EXPIRED"
    IN_DOUBT = "IN_DOUBT"
    CLAIMED = "CLAIMED"
    IGNORED = "IGNORED"
    RELEASED = "RELEASED"
    TAKEN_BACK = "TAKEN_BACK"


MEANING: Final[Mapping[CountedStanding, str]] = {
    CountedStanding.ACCEPTED: "Amazon has it, and has not settled it as far as is known",
    CountedStanding.APPLIED: "Amazon has applied it",
    CountedStanding.FAILED: "Amazon accepted it and could not apply it",
    CountedStanding.REJECTED: "the advertiser said no, before Amazon accepted it or after",
    CountedStanding.UNSETTLED: "Amazon never settled it, and is not asked any more",
    CountedStanding.REFUSED: "Amazon refused it; its dead letter can be redriven",
    CountedStanding.HELD: "it waits for a person",
    CountedStanding.HELD_EXPIRED: "it waited for a person until it expired",
    CountedStanding.IN_DOUBT: "Amazon may have it, and is asked before it is sent again",
    CountedStanding.CLAIMED: "an invocation has it in hand at this moment",
    CountedStanding.IGNORED: "the policy says to leave it alone",
    CountedStanding.RELEASED: "nothing was taken; the next delivery may send it",
    CountedStanding.TAKEN_BACK: "it was removed, rejected or applied elsewhere before it was sent",
}
"""What each says, for people."""

_BY_VERDICT: Final = {
    Verdict.REFUSED: CountedStanding.REFUSED,
    Verdict.IGNORED: CountedStanding.IGNORED,
}
"""Where nothing weightier is known; all other verdicts leave it to the next delivery."""


def standing_of_entry(stored: StoredEntry, *, now: datetime) -> CountedStanding:
    """Say what an entry tells that no record of its claim speaks of.

    What is held needs no record: it is what `applier held list` shows, or shows as expired.
    """
    if stored.entry is None:
        return CountedStanding.TAKEN_BACK
    found = waiting(stored)
    if isinstance(found, Held):
        until = found.hold.until
        return (
            CountedStanding.HELD if until is None or now < until else CountedStanding.HELD_EXPIRED
        )
    is_at_work = now < stored.entry.claim.lease_ends
    return CountedStanding.CLAIMED if is_at_work else CountedStanding.IN_DOUBT


def standing_of_records(
    recommendation_id: str, records: Sequence[BatchRecord], stored: StoredEntry | None
) -> CountedStanding:
    """Say what *records*, which are those of its claim, tell of a recommendation that is not held.

    *stored* is None where the ledger has forgotten all but them. What Amazon has, or may have,
    weighs more than a removal.
    """
    found = {
        verdict: record
        for record in records
        for verdict, ids in record.verdicts.items()
        if recommendation_id in ids
    }
    if (record := found.get(Verdict.ACCEPTED)) is not None:
        return _of_application(Sent(recommendation_id, Verdict.ACCEPTED, record))
    if Verdict.REJECTED in found:
        return CountedStanding.REJECTED
    if Verdict.IN_DOUBT in found:
        return CountedStanding.IN_DOUBT
    if stored is not None and _is_taken_back(stored):
        return CountedStanding.TAKEN_BACK
    words = [_BY_VERDICT[verdict] for verdict in _BY_VERDICT if verdict in found]
    return words[0] if words else CountedStanding.RELEASED


def _of_application(sent: Sent) -> CountedStanding:
    words: set[str] = {"APPLIED", "FAILED", "REJECTED", "UNSETTLED"}
    return CountedStanding(sent.ended) if sent.ended in words else CountedStanding.ACCEPTED


def _is_taken_back(stored: StoredEntry) -> bool:
    entry, tombstone = stored.entry, stored.tombstone
    return tombstone is not None and (entry is None or tombstone.covers(entry.recommendation))

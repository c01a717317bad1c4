"""What became of a recommendation, by all that the ledger knows of it. No I/O."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.follow_up import ApplicationEnd
from recommendation_applier.domain.held import Held, waiting
from recommendation_applier.domain.ledger import BatchRecord, Entry, StoredEntry, Verdict
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.sent import APPLIED, PENDING, Sent


class Outcome(StrEnum):
    """Where a recommendation stands: each that was claimed stands at exactly one."""

    APPLIED = "APPLIED"
    """Amazon accepted it and applied it, or had done so before."""
    PENDING = "PENDING"
    """Amazon accepted it; whether it is applied is still being asked."""
    FAILED = "FAILED"
    """Amazon accepted it and did not apply it: it failed, was rejected, or was never settled."""
    DEAD_LETTERED = "DEAD_LETTERED"
    """Amazon refused it."""
    HELD = "HELD"
    """It waits for a person, or has been released and is on its way."""
    WITHDRAWN = "WITHDRAWN"
    """Removed, rejected, or applied by another way, before it was sent."""
    IGNORED = "IGNORED"
    """The policy says to leave it alone."""
    EXPIRED = "EXPIRED"
    """Its expiry date passed before it was sent."""
    WAITING = "WAITING"
    """It is on its way: on the queue, or in the hands of an invocation."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a record of the claim *token* says of one recommendation.

    *at* is when it was sent, or found; *ended* as in `Sent`. *refused* is there where it was
    dead-lettered.
    """

    recommendation_id: str
    token: str
    verdict: Verdict
    at: datetime
    ended: str = ""
    refused: DeadLetterReason | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one recommendation.

    *accepted_at* is there where Amazon has it. *reason* says why it is FAILED, DEAD_LETTERED or
    HELD, in the words of the closed lists.
    """

    outcome: Outcome
    accepted_at: datetime | None = None
    reason: str = ""


_REFUSES_THE_REQUEST: Final = range(400, 422)
"""A status of these is about the whole request; with another, Amazon named those that failed."""


def words_of(record: BatchRecord) -> Iterator[Word]:
    """Give what *record* says, id by id."""
    for verdict, ids in record.verdicts.items():
        for each in ids:
            sent = Sent(each, verdict, record)
            refused = _refusal(record) if verdict is Verdict.REFUSED else None
            yield Word(each, record.token, verdict, sent.at, sent.ended, refused)


def fate_of(entry: Entry, stored: StoredEntry, words: Collection[Word], *, now: datetime) -> Fate:
    """Say what became of *entry*, which is *stored* so, and of which all records say *words*.

    What was accepted under any claim is accepted, from the earliest moment; of all else the claim
    that stands decides.
    """
    accepted = [each for each in words if each.verdict is Verdict.ACCEPTED]
    if accepted:
        return _of_accepted(min(accepted, key=lambda each: (each.at, each.token, each.ended)))
    tombstone = stored.tombstone
    if any(each.verdict is Verdict.REJECTED for each in words) or (
        tombstone is not None and tombstone.covers(entry.recommendation)
    ):
        return Fate(Outcome.WITHDRAWN)
    is_over = entry.recommendation.is_expired(now)
    held = waiting(stored)
    if isinstance(held, Held):
        return Fate(Outcome.EXPIRED) if is_over else Fate(Outcome.HELD, None, held.hold.reason)
    return _of_claim(entry, words) or Fate(Outcome.EXPIRED if is_over else Outcome.WAITING)


def _of_accepted(word: Word) -> Fate:
    if word.ended in ("", APPLIED):
        return Fate(Outcome.APPLIED, word.at)
    if word.ended == PENDING:
        return Fate(Outcome.PENDING, word.at)
    return Fate(Outcome.FAILED, word.at, ApplicationEnd(word.ended).value)


def _of_claim(entry: Entry, words: Collection[Word]) -> Fate | None:
    standing = [each for each in words if each.token == entry.claim.token]
    for refused in sorted(each.refused for each in standing if each.refused):
        return Fate(Outcome.DEAD_LETTERED, None, refused.value)
    if any(each.verdict is Verdict.IGNORED for each in standing):
        return Fate(Outcome.IGNORED)
    return None


def _refusal(record: BatchRecord) -> DeadLetterReason:
    """Say why, as far as the record tells: a refused request may have named some ids as well."""
    if record.http_status is None:  # found by asking
        return DeadLetterReason.APPLICATION_FAILED
    if record.http_status in _REFUSES_THE_REQUEST:
        return DeadLetterReason.APPLY_REFUSED
    return DeadLetterReason.RECOMMENDATION_FAILED

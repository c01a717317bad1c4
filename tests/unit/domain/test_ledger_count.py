"""How a recommendation is counted that the ledger knows of."""

from datetime import timedelta

import pytest

from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import BatchRecord, StoredEntry, Verdict
from recommendation_applier.domain.ledger_count import (
    MEANING,
    CountedStanding,
    standing_of_entry,
    standing_of_records,
)
from recommendation_applier.domain.reasons import HeldReason
from tests.builders import NOW, PUBLISHED
from tests.ledger_builders import entry, record, tombstone

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=300)
EARLIER = tombstone(PUBLISHED - SECOND)


def held(until: timedelta | None) -> Hold:
    """Make a hold that ends so long after now, or never."""
    return Hold(HeldReason.POLICY_HOLD, "", NOW, None if until is None else NOW + until)


@pytest.mark.parametrize(
    ("stored", "after", "expected"),
    [
        (StoredEntry(entry()), LEASE - SECOND, "CLAIMED"),
        (StoredEntry(entry()), LEASE, "IN_DOUBT"),
        (StoredEntry(entry(), tombstone()), timedelta(), "CLAIMED"),
        (StoredEntry(None, tombstone()), timedelta(), "TAKEN_BACK"),
        (StoredEntry(entry(), hold=held(None)), LEASE, "HELD"),
        (StoredEntry(entry(), hold=held(LEASE)), LEASE - SECOND, "HELD"),
        (StoredEntry(entry(), hold=held(LEASE)), LEASE, "HELD_EXPIRED"),
        (StoredEntry(entry(), EARLIER, held(None)), LEASE, "HELD"),
        (StoredEntry(entry(), tombstone(), held(None)), LEASE, "IN_DOUBT"),
    ],
)
def test_an_entry_tells_what_no_record_does(
    stored: StoredEntry, after: timedelta, expected: str
) -> None:
    """Held as long as it has not ended; else somebody's at work, or in doubt."""
    assert standing_of_entry(stored, now=NOW + after) == expected


def settled(end: ApplicationEnd | None) -> BatchRecord:
    """Make a record of two accepted ids of which the second is not settled."""
    ended = {"rec-1": end} if end else {}
    return record("rec-1", "rec-2", follow_up=FollowUpState(("rec-2",), NOW, ended=ended))


def said(*verdicts: Verdict) -> BatchRecord:
    """Make a record that says all of this of one id, and nothing of another."""
    others = {Verdict.ACCEPTED: ("rec-9",)}
    return record(verdicts=others | dict.fromkeys(verdicts, ("rec-1",)))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([settled(None)], "APPLIED"),
        ([settled(ApplicationEnd.FAILED)], "FAILED"),
        ([settled(ApplicationEnd.REJECTED)], "REJECTED"),
        ([settled(ApplicationEnd.UNSETTLED)], "UNSETTLED"),
        ([record("rec-1", due=NOW)], "ACCEPTED"),
        ([record("rec-1")], "ACCEPTED"),
        ([said(Verdict.REFUSED)], "REFUSED"),
        ([said(Verdict.IGNORED)], "IGNORED"),
        ([said(Verdict.RELEASED)], "RELEASED"),
        ([said(Verdict.HELD)], "RELEASED"),
        ([said(Verdict.REJECTED)], "REJECTED"),
        ([said(Verdict.IN_DOUBT)], "IN_DOUBT"),
        ([said(Verdict.HELD, Verdict.IN_DOUBT)], "IN_DOUBT"),
        ([said(Verdict.IN_DOUBT), said(Verdict.REJECTED)], "REJECTED"),
        ([said(Verdict.IN_DOUBT), record("rec-1")], "ACCEPTED"),
        ([said(Verdict.RELEASED), said(Verdict.REFUSED)], "REFUSED"),
    ],
)
def test_the_weightiest_word_of_a_claim_counts(records: list[BatchRecord], expected: str) -> None:
    """Whichever record of it says so."""
    for stored in (None, StoredEntry(entry()), StoredEntry(entry(), EARLIER)):
        assert standing_of_records("rec-1", records, stored) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.ACCEPTED, "ACCEPTED"),
        (Verdict.REJECTED, "REJECTED"),
        (Verdict.IN_DOUBT, "IN_DOUBT"),
        (Verdict.REFUSED, "TAKEN_BACK"),
        (Verdict.RELEASED, "TAKEN_BACK"),
        (Verdict.HELD, "TAKEN_BACK"),
        (Verdict.IGNORED, "TAKEN_BACK"),
    ],
)
def test_what_amazon_has_weighs_more_than_a_removal(verdict: Verdict, expected: str) -> None:
    """A removal of what was not sent is all there is to say of it."""
    for stored in (StoredEntry(entry(), tombstone()), StoredEntry(None, tombstone())):
        found = record(verdicts={verdict: ("rec-1",)})
        assert standing_of_records("rec-1", [found], stored) == expected


def test_every_standing_has_its_meaning() -> None:
    """For the table."""
    assert list(MEANING) == list(CountedStanding)

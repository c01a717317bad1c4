"""What a person may still say about what is held."""

from datetime import timedelta

import pytest

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.held import NoLongerHeld, Objection, Veto, decidable, is_waiting
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import StoredEntry, Tombstone
from recommendation_applier.domain.reasons import HeldReason, NotApplicableReason
from tests.builders import EXPIRY, NOW, PUBLISHED, recommendation
from tests.ledger_builders import entry, tombstone

HOLD = Hold(HeldReason.POLICY_HOLD, "rule 'bids' says HOLD", NOW, EXPIRY)
SECOND = timedelta(seconds=1)


def test_what_is_held_waits_and_may_be_let_go() -> None:
    """Nothing speaks against it; nor does a removal of something older."""
    older = tombstone(PUBLISHED - SECOND)

    for stored in (StoredEntry(entry(), hold=HOLD), StoredEntry(entry(), older, HOLD)):
        assert is_waiting(stored)
        assert decidable(stored, now=NOW) == recommendation()


def test_what_never_expires_may_always_be_let_go() -> None:
    """It has no expiry date."""
    stored = StoredEntry(entry(expiry_date=None), hold=HOLD)

    assert decidable(stored, now=FOR_EVER) == recommendation(expiry_date=None)


@pytest.mark.parametrize("stored", [None, StoredEntry(None), StoredEntry(None, tombstone())])
def test_what_has_no_entry_is_unknown(stored: StoredEntry | None) -> None:
    """Though a removal of it may have come."""
    objection = decidable(stored, now=NOW)

    assert isinstance(objection, Objection)
    assert objection.reason is NoLongerHeld.UNKNOWN
    assert stored is None or not is_waiting(stored)


@pytest.mark.parametrize(
    "reason", [NotApplicableReason.REMOVED, NotApplicableReason.REJECTED_BY_OPERATOR]
)
def test_what_was_taken_back_is_refused_with_the_reason(reason: NotApplicableReason) -> None:
    """Whether Amazon did it or a person, and before anything else that could be said."""
    taken_back = tombstone(reason=reason)

    for stored in (StoredEntry(entry(), taken_back, HOLD), StoredEntry(entry(), taken_back)):
        objection = decidable(stored, now=EXPIRY)

        assert isinstance(objection, Objection)
        assert objection.reason is reason
        assert objection.detail == f"it was taken back: {reason.value}"
        assert not is_waiting(stored)


def test_what_is_not_held_is_refused() -> None:
    """It was sent, or decided anew."""
    stored = StoredEntry(entry())

    objection = decidable(stored, now=NOW)

    assert isinstance(objection, Objection)
    assert objection.reason is NoLongerHeld.NOT_HELD
    assert "applier ledger show" in objection.detail
    assert not is_waiting(stored)


def test_what_expires_at_this_moment_is_refused() -> None:
    """A second before it is not; it waits all the same until somebody looks."""
    stored = StoredEntry(entry(), hold=HOLD)

    objection = decidable(stored, now=EXPIRY)

    assert isinstance(objection, Objection)
    assert objection.reason is NotApplicableReason.EXPIRED
    assert objection.detail == "it expired at 2026-11-15T12:00:00Z"
    assert decidable(stored, now=EXPIRY - SECOND) == recommendation()
    assert is_waiting(stored)


def test_a_veto_takes_back_what_it_is_about() -> None:
    """Up to its publication; all of it where nobody knows when that was."""
    reason = NotApplicableReason.REJECTED_BY_OPERATOR

    assert Veto("me", "no", NOW, PUBLISHED).tombstone == Tombstone(PUBLISHED, reason)
    assert Veto("me", "no", NOW, None).tombstone == Tombstone(FOR_EVER, reason)

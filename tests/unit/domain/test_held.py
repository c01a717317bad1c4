"""What a person may still say about what is held."""

from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.held import (
    Held,
    HeldFilter,
    HeldOverview,
    NoLongerHeld,
    Objection,
    Veto,
    decidable,
    waiting,
)
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import StoredEntry, Tombstone
from recommendation_applier.domain.policy_rules import Match
from recommendation_applier.domain.reasons import HeldReason, NotApplicableReason
from tests.builders import EXPIRY, NOW, PUBLISHED
from tests.ledger_builders import entry, tombstone

HOLD = Hold(HeldReason.POLICY_HOLD, "rule 'bids' says HOLD", NOW, EXPIRY)
HELD = Held(entry(), HOLD)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def test_what_is_held_waits() -> None:
    """So does what a removal of something older is known of."""
    assert waiting(StoredEntry(entry(), hold=HOLD)) == HELD
    assert waiting(StoredEntry(entry(), tombstone(PUBLISHED - SECOND), HOLD)) == HELD


def test_what_is_on_its_way_waits_until_it_is_claimed() -> None:
    """A release of something older says nothing of what is held now."""
    release = Release("ann", "agreed", NOW, PUBLISHED)
    older = Release("ann", "agreed", NOW, PUBLISHED - SECOND)

    assert waiting(StoredEntry(entry(), None, HOLD, release)) == Held(entry(), HOLD, release)
    assert waiting(StoredEntry(entry(), None, HOLD, older)) == HELD


@pytest.mark.parametrize("stored", [None, StoredEntry(None), StoredEntry(None, tombstone())])
def test_what_has_no_entry_is_unknown(stored: StoredEntry | None) -> None:
    """Though a removal of it may have come."""
    assert waiting(stored) == Objection(NoLongerHeld.UNKNOWN, "the ledger has no entry of it")


@pytest.mark.parametrize(
    "reason", [NotApplicableReason.REMOVED, NotApplicableReason.REJECTED_BY_OPERATOR]
)
def test_what_was_taken_back_waits_no_longer(reason: NotApplicableReason) -> None:
    """Whether Amazon did it or a person; that is said before anything else."""
    taken_back = tombstone(reason=reason)
    objection = Objection(reason, f"it was taken back: {reason.value}")

    assert waiting(StoredEntry(entry(), taken_back, HOLD)) == objection
    assert waiting(StoredEntry(entry(), taken_back)) == objection


def test_what_has_no_hold_waits_no_longer() -> None:
    """It was sent, or decided anew."""
    assert waiting(StoredEntry(entry())) == Objection(
        NoLongerHeld.NOT_HELD, "it is not held: `applier ledger show` tells what became of it"
    )


def test_what_expires_at_this_moment_cannot_be_decided_about() -> None:
    """A second before it can; what never expires always can."""
    for_ever = Held(entry(expiry_date=None), HOLD)

    objection = Objection(NotApplicableReason.EXPIRED, "it expired at 2026-11-15T12:00:00Z")

    assert decidable(HELD, now=EXPIRY) == decidable(HELD, now=EXPIRY + SECOND) == objection
    assert decidable(HELD, now=EXPIRY - SECOND) == HELD
    assert decidable(for_ever, now=FOR_EVER) == for_ever


def test_what_speaks_against_it_stays() -> None:
    """Expired or not."""
    objection = Objection(NoLongerHeld.UNKNOWN, "the ledger has no entry of it")

    assert decidable(objection, now=EXPIRY) == objection


@pytest.mark.parametrize(
    ("fields", "is_meant"),
    [
        ({}, True),
        ({"match": Match(type=("KEYWORD_BID",), marketplace=("US", "DE"))}, True),
        ({"match": Match(type=("CAMPAIGN_BUDGET",))}, False),
        ({"reasons": {"POLICY_HOLD", "DRY_RUN"}, "rules": {"bids"}}, True),
        ({"reasons": {"DRY_RUN"}, "rules": {"bids"}}, False),
        ({"reasons": {"POLICY_HOLD"}, "rules": {"budgets"}}, False),
        ({"match": Match(type=("CAMPAIGN_BUDGET",)), "rules": {"bids"}}, False),
    ],
)
def test_every_condition_has_to_be_true(fields: Any, is_meant: bool) -> None:  # noqa: FBT001 - a fact
    """No condition is true of everything."""
    assert HeldFilter(**fields).covers(HELD) is is_meant


def test_a_veto_takes_back_what_it_is_about() -> None:
    """Up to its publication; all of it where nobody knows when that was."""
    reason = NotApplicableReason.REJECTED_BY_OPERATOR

    assert Veto("me", "no", NOW, PUBLISHED).tombstone == Tombstone(PUBLISHED, reason)
    assert Veto("me", "no", NOW, None).tombstone == Tombstone(FOR_EVER, reason)


def test_an_overview_knows_the_first_end_and_the_oldest_hold() -> None:
    """Of those that it has; what never ends is no end, and the oldest need not end first."""
    holds = [
        Hold(HeldReason.POLICY_HOLD, "HOLD", NOW, NOW + 3 * HOUR),
        Hold(HeldReason.POLICY_HOLD, "HOLD", NOW - HOUR, NOW + 2 * HOUR),
        Hold(HeldReason.POLICY_HOLD, "HOLD", NOW - 2 * HOUR, None),
    ]

    overview = HeldOverview(7, [Held(entry(), each) for each in holds])

    assert (overview.ends_first, overview.held_since) == (NOW + 2 * HOUR, NOW - 2 * HOUR)
    assert overview.is_whole
    assert HeldOverview(1, [Held(entry(), holds[2])]).ends_first is None
    assert HeldOverview(0, []).held_since is HeldOverview(0, []).ends_first is None

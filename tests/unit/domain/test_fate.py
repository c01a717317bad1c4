"""What became of a recommendation, by all that the ledger knows of it."""

from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.fate import Fate, Outcome, Word, fate_of, words_of
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import BatchRecord, Entry, StoredEntry, Verdict
from recommendation_applier.domain.reasons import DeadLetterReason, HeldReason
from tests.builders import EXPIRY, NOW, PUBLISHED
from tests.ledger_builders import OTHER_TOKEN, entry, record, tombstone

SENT = NOW - timedelta(seconds=1)
SECOND = timedelta(seconds=1)
HOLD = Hold(HeldReason.LIMIT_PASSED, "too much", NOW, EXPIRY)


def fate(*records: BatchRecord, now: Any = NOW, of: Entry | None = None, **stored: Any) -> Fate:
    """Say what became of rec-1, of which there are *records*."""
    found = of or entry()
    words = [
        word for each in records for word in words_of(each) if word.recommendation_id == "rec-1"
    ]
    return fate_of(found, StoredEntry(found, **stored), words, now=now)


def says(verdict: Verdict, **changes: Any) -> BatchRecord:
    """Make a record that says *verdict* of rec-1."""
    return record(verdicts={verdict: ("rec-1",)}, **changes)


def test_what_amazon_has_is_applied_once_it_is_not_followed_any_more() -> None:
    """From when it was sent."""
    assert fate(record("rec-1")) == Fate(Outcome.APPLIED, SENT)
    assert fate(record("rec-1", due=NOW)) == Fate(Outcome.PENDING, SENT)
    settled = FollowUpState((), None)
    assert fate(record("rec-1", follow_up=settled)) == Fate(Outcome.APPLIED, SENT)


@pytest.mark.parametrize("end", ApplicationEnd)
def test_an_application_that_ended_otherwise_failed(end: ApplicationEnd) -> None:
    """With how it ended as the reason; Amazon had accepted it all the same."""
    state = FollowUpState((), None, ended={"rec-1": end})

    assert fate(record("rec-1", follow_up=state)) == Fate(Outcome.FAILED, SENT, end.value)


def test_what_was_found_accepted_counts_from_when_that_was_found() -> None:
    """Such a record has no moment at which anything was sent."""
    assert fate(record("rec-1", sent_at=None)).accepted_at == NOW


def test_what_any_claim_found_accepted_is_accepted_from_the_earliest_moment() -> None:
    """Whichever record is read first."""
    early = record("rec-1", token=OTHER_TOKEN, sent_at=SENT - SECOND)

    for records in ((early, record("rec-1")), (record("rec-1"), early)):
        assert fate(*records) == Fate(Outcome.APPLIED, SENT - SECOND)


def test_acceptance_outweighs_all_else() -> None:
    """A removal that came later changes nothing about what Amazon has."""
    assert fate(record("rec-1"), tombstone=tombstone(), hold=HOLD, now=EXPIRY) == Fate(
        Outcome.APPLIED, SENT
    )


def test_what_was_taken_back_is_withdrawn() -> None:
    """By a removal that covers it, or by the advertiser's no, under whichever claim."""
    earlier = tombstone(PUBLISHED - SECOND)

    assert fate(tombstone=tombstone()).outcome is Outcome.WITHDRAWN
    assert fate(says(Verdict.REJECTED, token=OTHER_TOKEN)).outcome is Outcome.WITHDRAWN
    assert fate(says(Verdict.HELD), tombstone=tombstone(), hold=HOLD).outcome is Outcome.WITHDRAWN
    assert fate(tombstone=earlier).outcome is Outcome.WAITING


def test_what_is_held_is_held_until_it_expires() -> None:
    """Whatever an earlier claim says; the reason is the hold's."""
    refused = says(Verdict.REFUSED, token=OTHER_TOKEN)

    assert fate(refused, says(Verdict.HELD), hold=HOLD) == Fate(Outcome.HELD, None, "LIMIT_PASSED")
    assert fate(says(Verdict.HELD), hold=HOLD, now=EXPIRY) == Fate(Outcome.EXPIRED)


@pytest.mark.parametrize(
    ("http_status", "reason"),
    [
        (400, DeadLetterReason.APPLY_REFUSED),
        (415, DeadLetterReason.APPLY_REFUSED),
        (422, DeadLetterReason.RECOMMENDATION_FAILED),
        (202, DeadLetterReason.RECOMMENDATION_FAILED),
        (None, DeadLetterReason.APPLICATION_FAILED),
    ],
)
def test_what_was_refused_is_dead_lettered(
    http_status: int | None, reason: DeadLetterReason
) -> None:
    """By the claim that stands: it stays so when it has expired. The status tells why."""
    refused = says(Verdict.REFUSED, http_status=http_status)

    for now in (NOW, EXPIRY):
        assert fate(refused, now=now) == Fate(Outcome.DEAD_LETTERED, None, reason.value)
    assert fate(refused, of=entry(token=OTHER_TOKEN)).outcome is Outcome.WAITING


def test_what_the_policy_ignores_is_ignored() -> None:
    """By the claim that stands."""
    assert fate(says(Verdict.IGNORED)).outcome is Outcome.IGNORED
    assert fate(says(Verdict.IGNORED, token=OTHER_TOKEN)).outcome is Outcome.WAITING


@pytest.mark.parametrize("verdict", [Verdict.RELEASED, Verdict.IN_DOUBT, Verdict.HELD, None])
def test_what_nothing_is_settled_of_is_on_its_way_until_it_expires(verdict: Verdict | None) -> None:
    """Without a word, it is in somebody's hands, or was when that invocation crashed."""
    records = [says(verdict)] if verdict else []

    assert fate(*records) == Fate(Outcome.WAITING)
    assert fate(*records, now=EXPIRY) == Fate(Outcome.EXPIRED)


def test_a_record_speaks_of_each_of_its_ids() -> None:
    """Whatever it says of them."""
    found = record(
        verdicts={Verdict.ACCEPTED: ("a", "b"), Verdict.REFUSED: ("c",)}, http_status=422, due=NOW
    )

    words = {each.recommendation_id: each for each in words_of(found)}

    assert list(words) == ["a", "b", "c"]
    assert words["c"] == Word(
        "c", found.token, Verdict.REFUSED, SENT, "", DeadLetterReason.RECOMMENDATION_FAILED
    )
    assert words["a"].refused is None

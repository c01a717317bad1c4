"""What would become of letters that are sent back, as far as the ledger can tell."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.ledger import BatchRecord, StoredEntry, Verdict
from recommendation_applier.domain.letter_prospect import Prospect
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.release_notice import release_notice
from recommendation_applier.domain.waiting_letter import WaitingLetter
from recommendation_applier.use_cases.letter_prospects import LetterProspects
from tests.builders import EXPIRY, NOW, PUBLISHED, body
from tests.ledger_builders import OTHER_TOKEN, TOKEN, entry, record, tombstone
from tests.letter_builders import batch_body, letter, message_body
from tests.memory_ledger import MemoryLedger

IDS = ("rec-1", "rec-2", "rec-3")
EXPIRED, ACCEPTED = NotApplicableReason.EXPIRED, NotApplicableReason.ALREADY_ACCEPTED
REMOVED = NotApplicableReason.REMOVED


def ledger(*entries: Any, records: Sequence[Any] = (), **tombstones: Any) -> MemoryLedger:
    """Make a ledger that has *entries*, *records*, and *tombstones* by id with _ for -."""
    return MemoryLedger(
        entries={each.recommendation_id: each for each in entries},
        records={(each.token, each.number): each for each in records},
        tombstones={name.replace("_", "-"): each for name, each in tombstones.items()},
    )


def prospect(found: WaitingLetter, known: MemoryLedger, *, now: Any = NOW) -> Prospect:
    """Say what would become of one letter."""
    return LetterProspects(known, lambda: now).of([found])[found.message_id]


def test_what_nobody_knows_goes() -> None:
    """Nothing in the ledger, nothing expired."""
    found = prospect(letter(batch_body("rec-1")), ledger())

    assert found == Prospect(let_go={}, is_settled=False)


@pytest.mark.parametrize(("later", "is_expired"), [(-1, False), (0, True), (1, True)])
def test_what_has_expired_stays(later: int, is_expired: bool) -> None:  # noqa: FBT001 - a case
    """At its expiry date, and after it."""
    now = EXPIRY + timedelta(seconds=later)

    found = prospect(letter(batch_body("rec-1")), ledger(), now=now)
    assert found.is_settled is is_expired
    assert found.let_go == ({"rec-1": EXPIRED} if is_expired else {})


def test_a_release_expires_by_the_ledgers_word() -> None:
    """It names ids alone."""
    release = letter(release_notice(["rec-1"]))
    known = ledger(entry("rec-1"), records=[record(verdicts={Verdict.HELD: ("rec-1",)})])

    assert not prospect(release, known).is_settled
    assert prospect(release, known, now=EXPIRY).let_go == {"rec-1": EXPIRED}
    assert not prospect(release, ledger(), now=EXPIRY).is_settled


def test_what_was_taken_back_stays() -> None:
    """Unless it was published later; what has no date goes by the entry's."""
    found = letter(batch_body("rec-1"))
    later = timedelta(seconds=1)

    assert prospect(found, ledger(rec_1=tombstone())).let_go == {"rec-1": REMOVED}
    assert not prospect(found, ledger(rec_1=tombstone(PUBLISHED - later))).is_settled
    release = letter(release_notice(["rec-1"]))
    assert prospect(release, ledger(rec_1=tombstone(PUBLISHED - later))).is_settled
    held = record(verdicts={Verdict.HELD: ("rec-1",)})
    for as_of, is_settled in ((PUBLISHED - later, False), (PUBLISHED, True)):
        known = ledger(entry("rec-1"), records=[held], rec_1=tombstone(as_of))
        assert prospect(release, known).is_settled is is_settled


def test_word_that_takes_back_goes_until_the_ledger_knows_it() -> None:
    """Whatever has become of the recommendation, and when it expires."""
    word = letter(message_body(body("rec-1", recommendation_status="REMOVED")))
    undated = letter(body("rec-1", recommendation_status="REMOVED", published_date=None))
    applied = ledger(entry("rec-1"), records=[record("rec-1")])

    assert not prospect(word, applied, now=EXPIRY).is_settled
    assert prospect(word, ledger(rec_1=tombstone())).let_go == {"rec-1": REMOVED}
    assert not prospect(word, ledger(rec_1=tombstone(PUBLISHED - timedelta(1)))).is_settled
    assert not prospect(undated, ledger(rec_1=tombstone())).is_settled


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.ACCEPTED, ACCEPTED),
        (Verdict.REJECTED, NotApplicableReason.REJECTED),
        (Verdict.REFUSED, None),
        (Verdict.HELD, None),
        (Verdict.IN_DOUBT, None),
    ],
)
def test_what_is_settled_stays(verdict: Verdict, reason: NotApplicableReason | None) -> None:
    """By the records of the claim that stands."""
    known = ledger(entry("rec-1"), records=[record(verdicts={verdict: ("rec-1",)})])

    found = prospect(letter(batch_body("rec-1")), known)
    assert found.let_go == ({"rec-1": reason} if reason else {})
    assert found.is_settled is bool(reason)


def test_a_letter_goes_while_one_of_its_ids_can() -> None:
    """The consumer drops the others, and they are named."""
    known = ledger(
        entry("rec-1"), entry("rec-2"), records=[record("rec-1", "rec-2")], rec_3=tombstone()
    )

    some = prospect(letter(batch_body(*IDS, "rec-4")), known)
    assert not some.is_settled
    assert some.let_go == {"rec-1": ACCEPTED, "rec-2": ACCEPTED, "rec-3": REMOVED}
    assert some.reasons() == "ALREADY_ACCEPTED (2), REMOVED (1)"
    assert prospect(letter(batch_body(*IDS)), known).is_settled


def test_what_names_no_recommendation_goes() -> None:
    """And whatever it comes with."""
    known = ledger(rec_1=tombstone())

    assert not prospect(letter("no JSON"), known).is_settled
    assert not prospect(letter(body(envelope={"datasetId": "sp-traffic"})), known).is_settled
    both = letter(f'[{body("rec-1")}, {{"no": "message"}}]')
    assert prospect(both, known) == Prospect(let_go={"rec-1": REMOVED}, is_settled=False)


def test_what_the_ledger_does_not_answer_is_left_out() -> None:
    """Only those letters that need the answer."""

    class Forgetful(MemoryLedger):
        def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
            return {each: () for each in tokens if each != OTHER_TOKEN}

    known = Forgetful(entries={"rec-1": entry("rec-1"), "rec-2": entry("rec-2", OTHER_TOKEN)})
    letters = [letter(batch_body(each), f"of-{each}") for each in IDS]

    assert LetterProspects(known, lambda: NOW).of(letters).keys() == {"of-rec-1", "of-rec-3"}


def test_the_ledger_is_asked_as_little_as_can_be() -> None:
    """Once for all entries, and once for the claims of those that are not settled already."""

    class Counting(MemoryLedger):
        def entries_of(
            self, recommendation_ids: AbstractSet[str]
        ) -> Mapping[str, StoredEntry | None]:
            asked.append(recommendation_ids)
            return super().entries_of(recommendation_ids)

        def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
            asked.append(tokens)
            return super().records_of(tokens)

    asked: list[AbstractSet[str]] = []
    known = Counting(
        entries={"rec-1": entry("rec-1"), "rec-2": entry("rec-2", OTHER_TOKEN)},
        tombstones={"rec-2": tombstone()},
    )
    prospects = LetterProspects(known, lambda: NOW)

    prospects.of([letter(batch_body(each), f"of-{each}") for each in IDS])
    assert asked == [set(IDS), {TOKEN}]
    prospects.of([letter("no JSON")])
    prospects.of([])
    assert len(asked) == 2
    prospects.of([letter(batch_body("rec-2"))])
    assert asked[2:] == [{"rec-2"}]


@given(
    st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True), max_size=4),
    st.sets(st.sampled_from(IDS)),
    st.sets(st.sampled_from(IDS)),
)
def test_a_letter_is_settled_when_all_of_its_ids_are(
    groups: list[list[str]], accepted: set[str], removed: set[str]
) -> None:
    """However letters share ids, and whatever their neighbours are."""
    known = MemoryLedger(
        entries={each: entry(each) for each in accepted},
        records={(TOKEN, 1): record(*sorted(accepted))},
        tombstones={each: tombstone() for each in removed},
    )
    letters = [letter(batch_body(*ids), str(place)) for place, ids in enumerate(groups)]

    found = LetterProspects(known, lambda: NOW).of(letters)
    for place, ids in enumerate(groups):
        assert found[str(place)].is_settled is (set(ids) <= accepted | removed)
        assert found[str(place)].let_go.keys() == set(ids) & (accepted | removed)

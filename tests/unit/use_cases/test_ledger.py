"""Claim -> apply -> record, without anything being sent."""

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.delivery import Withdrawal
from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    DecidedBy,
    Entry,
    Standing,
    Tombstone,
    Verdict,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.claims import Claimed, Request
from recommendation_applier.use_cases.ledger import Ledger
from tests.builders import EXPIRY, NOW, OPPORTUNITY, PUBLISHED, batch, recommendation
from tests.ledger_builders import Wanted
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.scripted_ledger import ScriptedLedger

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=300)
RETENTION = timedelta(days=90)
REMOVED = NotApplicableReason.REMOVED
FREEING = [Verdict.REFUSED, Verdict.RELEASED, Verdict.HELD, Verdict.IGNORED]
DECIDED_BY = DecidedBy(policy_version=7, rule="bids")


def ledger(store: MemoryLedger, token: str, *, now: datetime = NOW) -> Ledger:
    """Begin an invocation."""
    return Ledger(
        store=store,
        token=token,
        clock=lambda: now,
        lease_ends=now + LEASE,
        retention=RETENTION,
    )


def wanted(
    *recommendations: Recommendation | str,
    doubted: AbstractSet[str] = frozenset(),
    barred: AbstractSet[str] = frozenset(),
    message_id: str = "message-1",
) -> list[Wanted]:
    """Ask for some, by their ids if nothing else about them matters."""
    found = [recommendation(each) if isinstance(each, str) else each for each in recommendations]
    return [
        Wanted(
            each,
            OPPORTUNITY,
            message_id,
            DECIDED_BY,
            in_doubt=each.recommendation_id in doubted,
            is_barred=each.recommendation_id in barred,
        )
        for each in found
    ]


def claim(
    store: MemoryLedger,
    token: str,
    *,
    now: datetime = NOW,
    doubted: AbstractSet[str] = frozenset(),
    what: Recommendation | str = "rec-1",
    message_id: str = "message-1",
) -> Claimed | None:
    """Claim one in an invocation of its own."""
    (asked,) = wanted(what, doubted=doubted, message_id=message_id)
    claimed = ledger(store, token, now=now).claim([asked])
    assert claimed.keys() <= {asked.recommendation.recommendation_id}
    return claimed.get(asked.recommendation.recommendation_id)


def settled(store: MemoryLedger, *verdicts: Verdict, token: str = "first") -> None:
    """Claim rec-1 and record what became of it."""
    invocation = ledger(store, token)
    invocation.claim(wanted("rec-1"))
    assert invocation.record(batch("rec-1"), {verdict: ["rec-1"] for verdict in verdicts})


def withdrawal(
    recommendation_id: str = "rec-1", *, published: datetime | None = PUBLISHED
) -> Withdrawal:
    """Take a recommendation back."""
    return Withdrawal(recommendation_id, published, REMOVED, "{}")


def owner(store: MemoryLedger, recommendation_id: str = "rec-1") -> str:
    """Name the invocation that has the claim."""
    return store.entries[recommendation_id].claim.token


# --- Claiming what is new ------------------------------------------------------------------------


def test_a_claim_says_what_was_recommended_and_who_decided() -> None:
    """All of it is written before anything is sent."""
    store = MemoryLedger()

    assert claim(store, "first") == Claimed(Standing.FREE)
    assert store.entries == {
        "rec-1": Entry(
            recommendation("rec-1"),
            OPPORTUNITY,
            DECIDED_BY,
            Claim("first", claimed_at=NOW, lease_ends=NOW + LEASE),
            kept_until=EXPIRY + RETENTION,
        )
    }


def test_a_source_may_doubt_what_the_ledger_knows_nothing_of() -> None:
    """Amazon is asked then; the others are free all the same."""
    claimed = ledger(MemoryLedger(), "first").claim(
        wanted("rec-1", "rec-2", doubted={"rec-2", "rec-9"})
    )

    assert claimed == {"rec-1": Claimed(Standing.FREE), "rec-2": Claimed(Standing.IN_DOUBT)}


def test_new_ones_cost_one_call() -> None:
    """Nothing is read of what did not exist."""
    store = ScriptedLedger()

    ledger(store, "first").claim(wanted("rec-1", "rec-2"))

    assert store.calls == ["put_new"]


# --- Lost answers --------------------------------------------------------------------------------


def lose(store: MemoryLedger) -> None:
    """Send rec-1, which message-1 brought, and hear nothing."""
    first = ledger(store, "first")
    first.claim(wanted("rec-1"))
    first.record(batch("rec-1"), {Verdict.IN_DOUBT: ["rec-1"]}, Request(sent_at=NOW))


@pytest.mark.parametrize(
    ("message_id", "seconds", "standing"),
    [
        ("message-1", 0, Standing.IN_DOUBT),
        ("message-2", 0, Standing.CLAIMED),
        ("message-2", 59, Standing.CLAIMED),
        ("message-2", 60, Standing.IN_DOUBT),
    ],
)
def test_a_copy_waits_while_a_request_may_be_on_its_way(
    message_id: str, seconds: int, standing: Standing
) -> None:
    """The message that lost the answer has waited; a copy of it may come at once."""
    store = MemoryLedger()
    lose(store)

    found = claim(store, "second", now=NOW + seconds * SECOND, message_id=message_id)

    assert found is not None
    assert found.standing is standing
    assert found.free_at == (NOW + 60 * SECOND if standing is Standing.CLAIMED else None)


def test_a_letter_about_a_lost_answer_is_asked_about_at_once() -> None:
    """It has waited for a person."""
    store = MemoryLedger()
    lose(store)

    found = claim(store, "second", message_id="message-2", doubted={"rec-1"})

    assert found is not None
    assert found.standing is Standing.IN_DOUBT


def test_only_a_request_that_was_sent_is_waited_for() -> None:
    """An answer about it that did not come leaves nothing on its way."""
    store = MemoryLedger()
    settled(store, Verdict.IN_DOUBT)

    found = claim(store, "second", message_id="message-2")

    assert found is not None
    assert found.standing is Standing.IN_DOUBT


def test_an_answer_about_many_is_recorded_in_pieces() -> None:
    """Each is of a size that the table takes; all of them must be kept."""
    ids = [f"rec-{number}" for number in range(230)]
    store = MemoryLedger()
    first = ledger(store, "first")
    first.claim(wanted(*ids))

    assert first.record(batch(*ids), {Verdict.ACCEPTED: ids}, pending=ids[:150])

    records = list(store.records.values())
    assert [len(each.accepted) for each in records] == [100, 100, 30]
    pending = [each.follow_up.pending if each.follow_up else () for each in records]
    assert [len(each) for each in pending] == [100, 50, 0]


# --- Claiming what is known ----------------------------------------------------------------------


def test_what_another_invocation_has_in_hand_is_left_to_it() -> None:
    """Until its lease ends."""
    store = MemoryLedger()
    claim(store, "first")

    found = claim(store, "second", now=NOW + LEASE - SECOND)

    assert found == Claimed(Standing.CLAIMED, free_at=NOW + LEASE)
    assert owner(store) == "first"


def test_what_nobody_has_in_hand_any_more_is_in_doubt() -> None:
    """Whoever comes next has it, with a lease of its own."""
    store = MemoryLedger()
    claim(store, "first")

    found = claim(store, "second", now=NOW + LEASE)

    assert found == Claimed(Standing.IN_DOUBT)
    assert store.entries["rec-1"].claim == Claim("second", NOW + LEASE, NOW + 2 * LEASE)


@pytest.mark.parametrize("verdict", FREEING)
def test_what_was_not_taken_is_free_for_the_next_one(verdict: Verdict) -> None:
    """At once: the lease of the first one does not matter."""
    store = MemoryLedger()
    settled(store, verdict)

    found = claim(store, "second")

    assert found is not None
    assert found.standing is Standing.FREE
    assert owner(store) == "second"


@pytest.mark.parametrize(
    ("verdict", "standing"),
    [(Verdict.ACCEPTED, Standing.ACCEPTED), (Verdict.REJECTED, Standing.REJECTED)],
)
@pytest.mark.parametrize("doubted", [frozenset[str](), frozenset({"rec-1"})], ids=["", "doubted"])
def test_what_is_settled_is_never_claimed_again(
    verdict: Verdict, standing: Standing, doubted: frozenset[str]
) -> None:
    """However long ago, and whatever its source says."""
    store = MemoryLedger()
    settled(store, verdict)

    found = claim(store, "second", now=NOW + 10 * LEASE, doubted=doubted)

    assert found is not None
    assert found.standing is standing
    assert owner(store) == "first"


@pytest.mark.parametrize("verdict", FREEING)
def test_a_source_may_doubt_what_the_ledger_holds_for_free(verdict: Verdict) -> None:
    """A letter about a lost answer has come back."""
    store = MemoryLedger()
    settled(store, verdict)

    found = claim(store, "second", doubted={"rec-1"})

    assert found is not None
    assert found.standing is Standing.IN_DOUBT


def test_each_one_stands_by_itself() -> None:
    """One claim of an earlier invocation, three ends."""
    store = MemoryLedger()
    first = ledger(store, "first")
    first.claim(wanted("rec-1", "rec-2", "rec-3"))
    first.record(
        batch("rec-1", "rec-2", "rec-3"),
        {Verdict.ACCEPTED: ["rec-1"], Verdict.RELEASED: ["rec-2"]},
    )

    claimed = ledger(store, "second").claim(wanted("rec-1", "rec-2", "rec-3", "rec-4"))

    assert {each: found.standing for each, found in claimed.items()} == {
        "rec-1": Standing.ACCEPTED,
        "rec-2": Standing.FREE,
        "rec-3": Standing.CLAIMED,
        "rec-4": Standing.FREE,
    }


def test_a_claim_that_was_repeated_meets_itself() -> None:
    """A write that was thought to have failed had been done."""
    store = MemoryLedger()
    claim(store, "first")

    assert claim(store, "first") == Claimed(Standing.FREE)
    assert claim(store, "first", doubted={"rec-1"}) == Claimed(Standing.IN_DOUBT)


def test_a_takeover_that_was_repeated_meets_itself() -> None:
    """What was in doubt before it is in doubt still."""
    store = ScriptedLedger()
    claim(store, "first")
    second = ledger(store, "second", now=NOW + LEASE)
    taken = replace(store.entries["rec-1"], claim=Claim("second", NOW, NOW + 2 * LEASE))
    store.meanwhile.append(lambda: store.entries.update({"rec-1": taken}))
    store.calls.clear()

    claimed = second.claim(wanted("rec-1"))

    assert claimed["rec-1"].standing is Standing.IN_DOUBT
    assert store.calls == ["put_new", "records_of", "take_over"]


@pytest.mark.parametrize("verdict", FREEING)
def test_what_may_not_be_sent_is_taken_over_from_nobody(verdict: Verdict) -> None:
    """What is held stays held; the others of the invocation are claimed."""
    store = MemoryLedger()
    settled(store, verdict)

    claimed = ledger(store, "second").claim(wanted("rec-1", "rec-2", barred={"rec-1"}))

    assert claimed["rec-1"] == Claimed(Standing.FREE)
    assert owner(store) == "first"
    assert owner(store, "rec-2") == "second"


def test_what_may_not_be_sent_but_may_have_been_is_taken_over() -> None:
    """Its end has to be known: Amazon is asked."""
    store = MemoryLedger()
    claim(store, "first")
    second = ledger(store, "second", now=NOW + LEASE)

    claimed = second.claim(wanted("rec-1", barred={"rec-1"}))

    assert claimed["rec-1"].standing is Standing.IN_DOUBT
    assert owner(store) == "second"


# --- What was taken back -------------------------------------------------------------------------


def test_what_was_taken_back_is_not_claimed() -> None:
    """Nothing is written, and the removal is named."""
    store = ScriptedLedger()
    ledger(store, "first").withdraw([withdrawal()])

    found = claim(store, "second")

    assert found == Claimed(Standing.FREE, Tombstone(PUBLISHED, REMOVED))
    assert store.entries == {}
    assert store.calls == ["bury", "put_new"]


def test_what_was_published_after_its_removal_is_claimed() -> None:
    """The later date wins."""
    store = MemoryLedger()
    ledger(store, "first").withdraw([withdrawal()])

    again = recommendation(published_date=PUBLISHED + SECOND)

    assert claim(store, "second", what=again) == Claimed(Standing.FREE)
    assert owner(store) == "second"


def test_what_was_taken_back_after_it_was_freed_is_not_claimed_again() -> None:
    """The claim of the first one stands as it was."""
    store = MemoryLedger()
    settled(store, Verdict.RELEASED)
    ledger(store, "first").withdraw([withdrawal()])

    found = claim(store, "second")

    assert found == Claimed(Standing.FREE, Tombstone(PUBLISHED, REMOVED))
    assert owner(store) == "first"


def test_what_was_taken_back_but_may_have_been_sent_is_claimed_all_the_same() -> None:
    """Its end has to be known: Amazon is asked."""
    store = MemoryLedger()
    claim(store, "first")
    ledger(store, "first").withdraw([withdrawal()])

    found = claim(store, "second", now=NOW + LEASE)

    assert found == Claimed(Standing.IN_DOUBT, Tombstone(PUBLISHED, REMOVED))
    assert owner(store) == "second"


@pytest.mark.parametrize("doubted", [frozenset[str](), frozenset({"rec-1"})], ids=["", "doubted"])
def test_a_doubted_one_that_was_taken_back_is_claimed_as_well(doubted: frozenset[str]) -> None:
    """Only what nobody can have sent is let go without asking."""
    store = MemoryLedger()
    ledger(store, "first").withdraw([withdrawal()])

    claim(store, "second", doubted=doubted)

    assert ("rec-1" in store.entries) == bool(doubted)


def test_of_several_removals_the_one_that_takes_back_the_most_is_remembered() -> None:
    """For each recommendation by itself; all of them are remembered then."""
    store = MemoryLedger()
    arrived = [
        withdrawal(published=PUBLISHED - SECOND),
        withdrawal(),
        withdrawal("rec-2", published=None),
    ]

    assert ledger(store, "first").withdraw(arrived) == {"rec-1", "rec-2"}
    assert store.tombstones == {
        "rec-1": Tombstone(PUBLISHED, REMOVED),
        "rec-2": Tombstone(FOR_EVER, REMOVED),
    }
    assert store.kept_until == dict.fromkeys(["rec-1", "rec-2"], NOW + RETENTION)


def test_without_removals_nothing_is_written() -> None:
    """No call is made for nothing."""
    store = ScriptedLedger()

    assert ledger(store, "first").withdraw([]) == frozenset()
    assert store.calls == []


# --- When the ledger does not answer -------------------------------------------------------------


@pytest.mark.parametrize("method", ["put_new", "records_of", "take_over"])
def test_what_the_ledger_does_not_tell_of_is_left_out(method: str) -> None:
    """It must not be sent; whether it is claimed, whoever comes next will see."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    store.silent = frozenset({method})

    assert claim(store, "second") is None


def test_a_claim_whose_answer_was_lost_is_in_doubt_for_the_next_one() -> None:
    """Nothing was sent under it, but nobody knows."""
    store = ScriptedLedger(silent=frozenset({"put_new"}))
    claim(store, "first")
    store.silent = frozenset()

    found = claim(store, "second", now=NOW + LEASE)

    assert found is not None
    assert found.standing is Standing.IN_DOUBT


def test_records_that_cannot_be_read_leave_out_their_own_claim_only() -> None:
    """A removal without any claim has no records."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    ledger(store, "first").withdraw([withdrawal("rec-2", published=PUBLISHED - SECOND)])
    store.silent = frozenset({"records_of"})

    claimed = ledger(store, "second").claim(wanted("rec-1", "rec-2"))

    assert claimed == {"rec-2": Claimed(Standing.FREE)}


# --- When others come in between -----------------------------------------------------------------


def taken(store: MemoryLedger, token: str, *, lease_ends: datetime = NOW) -> Callable[[], None]:
    """Let another invocation take rec-1 over."""

    def take() -> None:
        entry = store.entries["rec-1"]
        claim = Claim(token, claimed_at=NOW - LEASE, lease_ends=lease_ends)
        store.entries["rec-1"] = replace(entry, claim=claim)

    return take


def test_of_two_that_want_a_free_one_the_first_has_it() -> None:
    """The other one looks again, and leaves it."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    store.meanwhile.append(taken(store, "other", lease_ends=NOW + LEASE))

    assert claim(store, "second") == Claimed(Standing.CLAIMED, free_at=NOW + LEASE)
    assert owner(store) == "other"


def test_one_that_changed_hands_and_is_in_doubt_again_is_still_taken() -> None:
    """Twice, while somebody looked; at the third look it holds still."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    store.meanwhile = [taken(store, "second"), taken(store, "third")]

    found = claim(store, "fourth")

    assert found == Claimed(Standing.IN_DOUBT)
    assert owner(store) == "fourth"
    assert store.calls.count("take_over") == 3


def test_one_that_keeps_changing_hands_is_left_to_those_who_have_it() -> None:
    """Three rounds are enough to know that others are at it."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    store.calls.clear()
    store.meanwhile = [taken(store, each) for each in ("a", "b", "c", "d")]

    found = claim(store, "last")

    assert found == Claimed(Standing.CLAIMED, free_at=NOW)
    assert owner(store) == "d"
    assert store.calls == ["put_new", *["records_of", "take_over"] * 3]


def test_a_removal_that_comes_in_between_is_seen() -> None:
    """A claim is written only over what was looked at."""
    store = ScriptedLedger()
    settled(store, Verdict.RELEASED)
    removal = {"rec-1": Tombstone(PUBLISHED, REMOVED)}
    store.meanwhile.append(lambda: store.tombstones.update(removal))

    found = claim(store, "second")

    assert found == Claimed(Standing.FREE, removal["rec-1"])
    assert owner(store) == "first"


# --- Recording -----------------------------------------------------------------------------------


def test_a_record_says_what_became_of_the_ids_of_a_request() -> None:
    """With what the request says, and what is still to be followed."""
    store = MemoryLedger()
    request = Request(
        sent_at=NOW - 2 * SECOND, http_status=422, request_ids=("RID",), answer="X: not now"
    )
    of = batch("rec-1", "rec-2", "rec-3")

    recorded = ledger(store, "first").record(
        of,
        {Verdict.ACCEPTED: ["rec-1", "rec-2"], Verdict.REFUSED: ["rec-3"], Verdict.HELD: []},
        request,
        pending=["rec-2"],
    )

    assert recorded
    assert list(store.records.values()) == [
        BatchRecord(
            token="first",
            number=0,
            partner_opportunity_id=of.partner_opportunity_id,
            advertiser=of.advertiser,
            verdicts={Verdict.ACCEPTED: ("rec-1", "rec-2"), Verdict.REFUSED: ("rec-3",)},
            recorded_at=NOW,
            kept_until=EXPIRY + RETENTION,
            sent_at=NOW - 2 * SECOND,
            http_status=422,
            request_ids=("RID",),
            answer="X: not now",
            follow_up=FollowUpState(("rec-2",), NOW + 600 * SECOND),
        )
    ]


def test_a_decision_without_a_request_is_recorded_without_one() -> None:
    """Nothing was sent, and nothing is to be followed."""
    store = MemoryLedger()

    ledger(store, "first").record(batch(), {Verdict.HELD: ["rec-1"]})

    (kept,) = store.records.values()
    assert (kept.sent_at, kept.http_status, kept.request_ids) == (None, None, ())
    assert (kept.answer, kept.follow_up) == ("", None)


def test_each_record_of_a_claim_has_a_number_of_its_own() -> None:
    """None overwrites another; two invocations do not share them."""
    store = MemoryLedger()
    for token in ("first", "second"):
        invocation = ledger(store, token)
        for _ in range(2):
            invocation.record(batch(), {Verdict.RELEASED: ["rec-1"]})

    assert list(store.records) == [("first", 0), ("first", 1), ("second", 0), ("second", 1)]


@pytest.mark.parametrize(
    "verdicts", [{}, {Verdict.ACCEPTED: [], Verdict.RELEASED: ()}], ids=["none", "of-nothing"]
)
def test_without_a_verdict_there_is_nothing_to_record(
    verdicts: Mapping[Verdict, Collection[str]],
) -> None:
    """It is as good as recorded, even if the ledger does not answer."""
    store = ScriptedLedger(silent=frozenset({"add_record"}))

    assert ledger(store, "first").record(batch(), verdicts)
    assert store.records == {}


def test_a_record_that_may_not_be_kept_is_not_recorded_for_certain() -> None:
    """Whoever asked must not rely on it."""
    store = ScriptedLedger(silent=frozenset({"add_record"}))

    assert not ledger(store, "first").record(batch(), {Verdict.ACCEPTED: ["rec-1"]})


def test_a_record_is_kept_as_long_as_what_it_is_about() -> None:
    """Others of the batch do not matter."""
    store = MemoryLedger()
    long_lived = recommendation("rec-2", expiry_date=EXPIRY + timedelta(days=30))
    of = batch("rec-1")
    of = ApplyBatch(of.partner_opportunity_id, of.advertiser, (*of.recommendations, long_lived))
    invocation = ledger(store, "first")

    invocation.record(of, {Verdict.ACCEPTED: ["rec-1"]})
    invocation.record(of, {Verdict.ACCEPTED: ["rec-1"], Verdict.REFUSED: ["rec-2"]})

    assert [each.kept_until - RETENTION for each in store.records.values()] == [
        EXPIRY,
        EXPIRY + timedelta(days=30),
    ]


# --- Letters of messages that stay ---------------------------------------------------------------


def test_parts_whose_letters_are_stored_are_remembered() -> None:
    """By the message that they came with."""
    store = MemoryLedger()
    invocation = ledger(store, "first")

    invocation.remember_letters({"message-1": {0, 2}})

    assert invocation.letters_of({"message-1", "message-2"}) == {"message-1": {0, 2}}
    assert store.kept_until == {"message-1": NOW + RETENTION}


def test_without_letters_no_call_is_made() -> None:
    """Neither to remember nor to ask."""
    store = ScriptedLedger()
    invocation = ledger(store, "first")

    invocation.remember_letters({})

    assert invocation.letters_of(frozenset()) == {}
    assert store.calls == []


# --- Whatever happens ----------------------------------------------------------------------------

# What an invocation does with what it may send: None is a crash, or a record that was not written.
steps = st.lists(
    st.tuples(
        st.sampled_from([None, *Verdict]),
        st.integers(0, 6).map(lambda minutes: timedelta(minutes=minutes)),
        st.sampled_from(["claim", "claim", "claim", "withdraw"]),
    ),
    max_size=12,
)


@given(happened=steps)
def test_nobody_sends_what_somebody_else_may_have_sent(
    happened: list[tuple[Verdict | None, timedelta, str]],
) -> None:
    """Invocations come and crash: who may send without asking knows that nobody else has."""
    store, now = MemoryLedger(), NOW
    possibly_sent = settled_for_good = False
    lease_ends = NOW
    for number, (verdict, later, what) in enumerate(happened):
        now += later
        invocation = ledger(store, f"invocation-{number}", now=now)
        if what == "withdraw":
            invocation.withdraw([withdrawal()])
            continue
        found = invocation.claim(wanted("rec-1"))["rec-1"]
        may_send = found.standing in {Standing.FREE, Standing.IN_DOUBT} and not (
            found.standing is Standing.FREE and found.tombstone
        )
        if settled_for_good:
            assert found.standing in {Standing.ACCEPTED, Standing.REJECTED}
        if possibly_sent:
            assert found.standing is not Standing.FREE
        if possibly_sent and now >= lease_ends:
            assert found.standing is Standing.IN_DOUBT
        if not may_send:
            continue
        assert owner(store) == invocation.token
        lease_ends = invocation.lease_ends
        possibly_sent = verdict in {None, Verdict.IN_DOUBT}
        settled_for_good = verdict in {Verdict.ACCEPTED, Verdict.REJECTED}
        if verdict is not None:
            invocation.record(batch("rec-1"), {verdict: ["rec-1"]})


@given(
    tokens=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=6),
    later=st.lists(st.integers(0, 301), min_size=6, max_size=6),
)
def test_a_claim_belongs_to_one_invocation_while_its_lease_lasts(
    tokens: list[str], later: list[int]
) -> None:
    """Nobody takes it over before; its owner may find it as often as it looks."""
    store, now = MemoryLedger(), NOW
    held_by, until = "", NOW
    for token, seconds in zip(tokens, later, strict=False):
        now += seconds * SECOND
        found = claim(store, token, now=now)

        assert found is not None
        if now < until and token != held_by:
            assert found.standing is Standing.CLAIMED
        elif token != held_by:
            held_by, until = token, now + LEASE
        assert owner(store) == held_by

"""One contract for the ledger in memory and for the ledger in DynamoDB."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from moto import mock_aws
from msgspec import Raw

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.campaign_settings import NO_SETTINGS, CampaignSettings
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import DecidedBy, Entry, Known, StoredEntry, Verdict
from recommendation_applier.domain.reasons import HeldReason, NotApplicableReason
from tests.builders import NOW, OPPORTUNITY, PUBLISHED
from tests.contract.ledger_clients import Stores, create_table, dynamodb, stores
from tests.ledger_builders import (
    KEPT_UNTIL,
    OTHER_TOKEN,
    TOKEN,
    claim,
    entry,
    record,
    tombstone,
)
from tests.memory_ledger import MemoryLedger

DAY = timedelta(days=1)
HOLD = Hold(HeldReason.LIMIT_PASSED, "bid 1 -> 2, above maxBid 1.5", NOW, NOW + DAY)
CAMPAIGN = Campaign("ENTITY1", "210000000000001")


@pytest.fixture(params=["memory", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """An empty ledger in memory, and one in a table of moto."""
    if request.param == "memory":
        memory = MemoryLedger()
        yield Stores(memory, memory, memory, memory)
        return
    with mock_aws():
        client = dynamodb()
        create_table(client)
        yield stores(client)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make all *calls* at the same time, each in a thread of its own."""
    barrier = Barrier(len(calls))

    def make(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


# Entries, of LedgerStore


def test_what_is_new_is_written(kept: Stores) -> None:
    """None says so; the next one who tries is told of the claim that stands there."""
    assert kept.ledger.put_new([entry()]) == {"rec-1": None}
    assert kept.ledger.put_new([entry(token=OTHER_TOKEN)]) == {"rec-1": Known(claim())}


def test_each_entry_has_its_own_answer(kept: Stores) -> None:
    """Of three entries one is known: two are written."""
    kept.ledger.put_new([entry("rec-2")])

    answer = kept.ledger.put_new([entry(f"rec-{number}", OTHER_TOKEN) for number in (1, 2, 3)])

    assert answer == {"rec-1": None, "rec-2": Known(claim()), "rec-3": None}


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_hundreds_of_entries_are_written(kept: Stores) -> None:
    """As many as an invocation has; all of them stand there afterwards."""
    ids = [f"rec-{number}" for number in range(300)]

    assert kept.ledger.put_new([entry(each) for each in ids]) == dict.fromkeys(ids)
    assert kept.ledger.put_new([entry(each, OTHER_TOKEN) for each in ids]) == dict.fromkeys(
        ids, Known(claim())
    )


def test_nothing_in_nothing_out(kept: Stores) -> None:
    """Every question about nothing has an empty answer."""
    kept.ledger.remember_letters({}, kept_until=KEPT_UNTIL)

    assert kept.ledger.put_new([]) == {}
    assert kept.ledger.take_over([]) == {}
    assert kept.ledger.bury({}, kept_until=KEPT_UNTIL) == set()
    assert kept.ledger.records_of(set()) == {}
    assert kept.ledger.letters_of(set()) == {}
    assert kept.follow_ups.due(NOW, limit=10) == []


def test_to_write_an_entry_twice_is_to_write_it_once(kept: Stores) -> None:
    """A write that was repeated, though it had landed, finds its own claim."""
    kept.ledger.put_new([entry()])

    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim())}


def test_of_two_claims_at_once_one_is_written(kept: Stores) -> None:
    """Two invocations claim the same 50 ids: each id is exactly one's, and both know whose."""
    ids = [f"rec-{number}" for number in range(50)]

    first, second = at_once(
        *(
            partial(kept.ledger.put_new, [entry(each, token) for each in ids])
            for token in (TOKEN, OTHER_TOKEN)
        )
    )

    for each in ids:
        assert (first[each], second[each]) in (
            (None, Known(claim(TOKEN))),
            (Known(claim(OTHER_TOKEN)), None),
        )


def test_a_known_claim_is_taken_over(kept: Stores) -> None:
    """The new one stands there afterwards."""
    kept.ledger.put_new([entry()])
    later = entry(token=OTHER_TOKEN)

    assert kept.ledger.take_over([(later, Known(claim()))]) == {"rec-1": None}
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim(OTHER_TOKEN))}


@pytest.mark.parametrize(
    "nothing",
    [
        NO_SETTINGS,
        CampaignSettings({}, {}),
        CampaignSettings({"budget": None}, {"ad_groups": [], "state": {"reason": ""}}),
        CampaignSettings(in_json=(Raw("null"), Raw("null"))),
        CampaignSettings(in_json=(Raw("{}"), Raw("[]"))),
        CampaignSettings(in_json=(Raw('{"budget":null}'), Raw('{"ad_groups":null,"bid":{}}'))),
    ],
    ids=["unknown", "empty", "nulls", "json-unknown", "json-empty", "json-nulls"],
)
def test_settings_that_say_nothing_leave_those_that_stand_there(
    kept: Stores, nothing: CampaignSettings
) -> None:
    """A letter that comes back names no settings, or nothing but nulls."""
    kept.ledger.put_new([entry(current_settings={"bid": 0.75})])
    later = entry(token=OTHER_TOKEN)
    later = replace(later, recommendation=replace(later.recommendation, settings=nothing))

    assert kept.ledger.take_over([(later, Known(claim()))]) == {"rec-1": None}
    stored = kept.ledger.entries_of({"rec-1"})["rec-1"]
    assert stored is not None
    assert stored.entry is not None
    assert stored.entry.claim.token == OTHER_TOKEN
    assert stored.entry.recommendation.settings == CampaignSettings({"bid": 0.75})


def test_who_comes_late_takes_over_nothing(kept: Stores) -> None:
    """Somebody else has taken over meanwhile, and is named."""
    kept.ledger.put_new([entry()])
    known = Known(claim())
    kept.ledger.take_over([(entry(token=OTHER_TOKEN), known)])

    answer = kept.ledger.take_over([(entry(token="a-third"), known)])

    assert answer == {"rec-1": Known(claim(OTHER_TOKEN))}


def test_to_take_over_twice_finds_ones_own_claim(kept: Stores) -> None:
    """As a write does that was repeated though it had landed."""
    kept.ledger.put_new([entry()])
    over = (entry(token=OTHER_TOKEN), Known(claim()))
    kept.ledger.take_over([over])

    assert kept.ledger.take_over([over]) == {"rec-1": Known(claim(OTHER_TOKEN))}


def test_of_two_who_take_over_at_once_one_does(kept: Stores) -> None:
    """20 ids whose claim both know: each is exactly one's."""
    ids = [f"rec-{number}" for number in range(20)]
    kept.ledger.put_new([entry(each, "crashed") for each in ids])
    known = Known(claim("crashed"))

    first, second = at_once(
        *(
            partial(kept.ledger.take_over, [(entry(each, token), known) for each in ids])
            for token in (TOKEN, OTHER_TOKEN)
        )
    )

    for each in ids:
        assert (first[each], second[each]) in (
            (None, Known(claim(TOKEN))),
            (Known(claim(OTHER_TOKEN)), None),
        )


def test_a_removal_between_stops_a_take_over(kept: Stores) -> None:
    """Whoever takes over must have seen it."""
    kept.ledger.put_new([entry()])
    kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    answer = kept.ledger.take_over([(entry(token=OTHER_TOKEN), Known(claim()))])

    assert answer == {"rec-1": Known(claim(), tombstone())}


def test_a_later_removal_between_stops_a_take_over(kept: Stores) -> None:
    """A tombstone that was known is not the one that stands there now."""
    kept.ledger.put_new([entry()])
    kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)
    kept.ledger.bury({"rec-1": tombstone(NOW)}, kept_until=KEPT_UNTIL)

    answer = kept.ledger.take_over([(entry(token=OTHER_TOKEN), Known(claim(), tombstone()))])

    assert answer == {"rec-1": Known(claim(), tombstone(NOW))}


def test_a_tombstone_outlives_a_take_over(kept: Stores) -> None:
    """A later publication is claimed over it; the older ones stay taken back."""
    kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    assert kept.ledger.take_over([(entry(), Known(None, tombstone()))]) == {"rec-1": None}
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim(), tombstone())}


def test_what_is_gone_is_not_taken_over(kept: Stores) -> None:
    """The ledger has forgotten meanwhile: nothing stands there, and that can be claimed."""
    assert kept.ledger.take_over([(entry(), Known(claim(OTHER_TOKEN)))]) == {"rec-1": Known()}
    assert kept.ledger.take_over([(entry(), Known())]) == {"rec-1": None}
    assert kept.ledger.take_over([(entry(), Known())]) == {"rec-1": Known(claim())}


# Tombstones, of LedgerStore


def test_a_removal_that_comes_first_is_remembered(kept: Stores) -> None:
    """Nobody has claimed the id yet; whoever tries is told."""
    assert kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL) == {"rec-1"}
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(None, tombstone())}


def test_a_removal_leaves_the_claim(kept: Stores) -> None:
    """What was sent was sent."""
    kept.ledger.put_new([entry()])
    kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim(), tombstone())}


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_the_later_removal_stays(kept: Stores, days: int) -> None:
    """An older one that comes later changes nothing, and counts as remembered; a tie replaces."""
    first = tombstone(NOW)
    second = tombstone(NOW + days * DAY, reason=NotApplicableReason.APPLIED_ELSEWHERE)

    assert kept.ledger.bury({"rec-1": first}, kept_until=KEPT_UNTIL) == {"rec-1"}
    assert kept.ledger.bury({"rec-1": second}, kept_until=KEPT_UNTIL) == {"rec-1"}
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(None, first if days < 0 else second)}


def test_a_removal_without_a_date_is_the_latest(kept: Stores) -> None:
    """It takes back everything that was ever published."""
    kept.ledger.bury({"rec-1": tombstone(FOR_EVER)}, kept_until=FOR_EVER)
    kept.ledger.bury({"rec-1": tombstone(NOW)}, kept_until=KEPT_UNTIL)

    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(None, tombstone(FOR_EVER))}


def test_tombstones_at_once_leave_the_latest(kept: Stores) -> None:
    """Eight removals of one id, in whatever order they arrive."""
    marks = [tombstone(PUBLISHED + number * DAY) for number in range(8)]

    buried = at_once(
        *(partial(kept.ledger.bury, {"rec-1": mark}, kept_until=KEPT_UNTIL) for mark in marks)
    )

    assert buried == [{"rec-1"}] * 8
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(None, marks[-1])}


def test_a_claim_and_a_removal_at_once_are_both_there(kept: Stores) -> None:
    """Whichever comes first, neither is lost, or the claim has seen the removal."""
    for name in (f"rec-{number}" for number in range(20)):
        claimed, _ = at_once(
            partial(kept.ledger.put_new, [entry(name)]),
            partial(kept.ledger.bury, {name: tombstone()}, kept_until=KEPT_UNTIL),
        )
        standing = kept.ledger.put_new([entry(name, OTHER_TOKEN)])

        claims = claim() if claimed == {name: None} else None
        assert standing == {name: Known(claims, tombstone())}


# Records, of LedgerStore


def test_records_come_back_whole_and_in_order(kept: Stores) -> None:
    """Those of each claim, by their number; a claim without any has none."""
    first = record("rec-1", "rec-2", number=1, due=NOW)
    second = record(
        number=2,
        verdicts={Verdict.REFUSED: ("rec-3",), Verdict.IN_DOUBT: ("rec-4",), Verdict.HELD: ()},
        http_status=422,
        answer="Amazon named it among the failures.",
    )
    other = record("rec-5", token=OTHER_TOKEN, number=1, sent_at=None, http_status=None)
    for each in (second, first, other):
        assert kept.ledger.add_record(each)

    assert kept.ledger.records_of({TOKEN, OTHER_TOKEN, "unknown"}) == {
        TOKEN: [first, second],
        OTHER_TOKEN: [other],
        "unknown": [],
    }


def test_a_claim_with_many_records_has_them_all(kept: Stores) -> None:
    """More than DynamoDB gives in one page (1 MB)."""
    ids = tuple(f"{number:04}-" + "x" * 250 for number in range(100))
    records = [record(*ids, number=number) for number in range(45)]
    for each in records:
        kept.ledger.add_record(each)

    assert kept.ledger.records_of({TOKEN}) == {TOKEN: records}


def test_records_of_many_claims_are_read_at_once(kept: Stores) -> None:
    """What an invocation asks whose deliveries were all seen before."""
    tokens = [f"token-{number}" for number in range(40)]
    for token in tokens:
        kept.ledger.add_record(record("rec-1", token=token))

    assert kept.ledger.records_of(set(tokens)) == {
        token: [record("rec-1", token=token)] for token in tokens
    }


def test_to_add_a_record_twice_does_no_harm(kept: Stores) -> None:
    """Not even once its follow-up has begun."""
    begun = record("rec-1", due=NOW)
    assert kept.ledger.add_record(begun)
    assert kept.ledger.add_record(begun)
    settled = replace(begun, follow_up=FollowUpState((), None, checks=1))
    kept.follow_ups.save(settled, checks=0)

    assert kept.ledger.add_record(begun)
    assert kept.ledger.records_of({TOKEN}) == {TOKEN: [settled]}


# Letters, of LedgerStore


def test_the_parts_of_a_message_add_up(kept: Stores) -> None:
    """What was remembered before stays; a message without any is left out."""
    kept.ledger.remember_letters({"m-1": {0, 2}, "m-2": {7}, "m-3": set()}, kept_until=KEPT_UNTIL)
    kept.ledger.remember_letters({"m-1": {2, 10}}, kept_until=KEPT_UNTIL)

    assert kept.ledger.letters_of({"m-1", "m-2", "m-3", "m-4"}) == {"m-1": {0, 2, 10}, "m-2": {7}}


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_letters_of_many_messages_are_remembered(kept: Stores) -> None:
    """More than DynamoDB gives in one answer (100 documents)."""
    positions = {f"m-{number}": {number, number + 1} for number in range(250)}
    kept.ledger.remember_letters(positions, kept_until=KEPT_UNTIL)

    assert kept.ledger.letters_of(positions.keys()) == positions


# FollowUpStore


def test_what_is_due_comes_longest_waiting_first(kept: Stores) -> None:
    """Not what is due later, nor what needs no follow-up."""
    due = {
        "third": NOW,
        "first": NOW - 2 * DAY,
        "later": NOW + timedelta(seconds=1),
        "second": NOW - DAY,
        "never": None,
    }
    for token, moment in due.items():
        kept.ledger.add_record(record("rec-1", token=token, due=moment))

    assert [each.token for each in kept.follow_ups.due(NOW, limit=10)] == [
        "first",
        "second",
        "third",
    ]
    assert [each.token for each in kept.follow_ups.due(NOW, limit=2)] == ["first", "second"]
    assert kept.follow_ups.due(NOW - 3 * DAY, limit=10) == []


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_more_is_due_than_fits_into_one_answer(kept: Stores) -> None:
    """250 records, of which 220 are asked for."""
    for number in range(250):
        kept.ledger.add_record(record("rec-1", number=number, due=NOW - number * DAY))

    found = kept.follow_ups.due(NOW, limit=220)

    assert [each.number for each in found] == list(range(249, 29, -1))


def test_a_follow_up_moves_on(kept: Stores) -> None:
    """It is due when its new state says so, and read in its latest form."""
    before = record("rec-1", "rec-2", due=NOW)
    kept.ledger.add_record(before)
    after = replace(before, follow_up=FollowUpState(("rec-2",), NOW + DAY, checks=1))

    assert kept.follow_ups.save(after, checks=0)
    assert kept.follow_ups.due(NOW, limit=10) == []
    assert kept.follow_ups.due(NOW + DAY, limit=10) == [after]
    assert kept.ledger.records_of({TOKEN}) == {TOKEN: [after]}


def test_a_settled_follow_up_is_never_due_again(kept: Stores) -> None:
    """There is nothing left to ask."""
    before = record("rec-1", due=NOW)
    kept.ledger.add_record(before)
    after = replace(before, follow_up=FollowUpState((), None, checks=1))

    assert kept.follow_ups.save(after, checks=0)
    assert kept.follow_ups.due(NOW + 365 * DAY, limit=10) == []
    assert kept.ledger.records_of({TOKEN}) == {TOKEN: [after]}


def test_a_follow_up_that_others_moved_on_is_not_saved(kept: Stores) -> None:
    """Nor one of a record without any, or that is not there."""
    before = record("rec-1", due=NOW)
    kept.ledger.add_record(before)
    kept.ledger.add_record(record(number=2))
    state = FollowUpState(("rec-1",), NOW + DAY, checks=1)
    kept.follow_ups.save(replace(before, follow_up=state), checks=0)
    late = replace(state, due=NOW + 2 * DAY)

    assert not kept.follow_ups.save(replace(before, follow_up=late), checks=0)
    assert not kept.follow_ups.save(replace(before, number=2, follow_up=late), checks=0)
    assert not kept.follow_ups.save(replace(before, number=3, follow_up=late), checks=0)
    assert kept.follow_ups.due(NOW + 2 * DAY, limit=10) == [replace(before, follow_up=state)]


def test_of_two_ticks_at_once_one_is_believed(kept: Stores) -> None:
    """Though both have found out the same."""
    before = record("rec-1", due=NOW)
    after = replace(before, follow_up=FollowUpState((), NOW + DAY, checks=1, untold=("rec-1",)))
    for number in range(10):
        kept.ledger.add_record(replace(before, number=number))
        saved = at_once(
            *[partial(kept.follow_ups.save, replace(after, number=number), checks=0)] * 3
        )

        assert sorted(saved) == [False, False, True]


# What is held, of LedgerStore


def owned(recommendation_id: str = "rec-1", token: str = TOKEN) -> Entry:
    """Make an entry as it is read: the opportunity that it was claimed under is its own."""
    return entry(recommendation_id, token, partner_opportunity_id=OPPORTUNITY)


def test_a_hold_is_kept_with_its_entry(kept: Stores) -> None:
    """With its reason, since when and until when; its entry is as it was claimed."""
    kept.ledger.put_new([owned("rec-1"), owned("rec-2")])

    assert kept.ledger.hold(TOKEN, {"rec-1": HOLD}) == {"rec-1"}
    assert kept.ledger.entries_of({"rec-1", "rec-2", "rec-3"}) == {
        "rec-1": StoredEntry(owned("rec-1"), hold=HOLD),
        "rec-2": StoredEntry(owned("rec-2")),
        "rec-3": None,
    }


def test_one_that_never_expires_is_held_for_ever(kept: Stores) -> None:
    """It has no end, and no detail if none was said."""
    kept.ledger.put_new([owned("rec-1")])
    hold = Hold(HeldReason.DRY_RUN, "", NOW, None)

    assert kept.ledger.hold(TOKEN, {"rec-1": hold}) == {"rec-1"}
    assert kept.ledger.entries_of({"rec-1"}) == {"rec-1": StoredEntry(owned("rec-1"), hold=hold)}


def test_only_who_has_the_claim_holds(kept: Stores) -> None:
    """What somebody else has claimed by now, or nobody knows, is not marked."""
    kept.ledger.put_new([owned("rec-1", OTHER_TOKEN)])

    assert kept.ledger.hold(TOKEN, {"rec-1": HOLD, "rec-2": HOLD}) == set()
    assert kept.ledger.entries_of({"rec-1"}) == {"rec-1": StoredEntry(owned("rec-1", OTHER_TOKEN))}


def test_a_hold_ends_when_somebody_claims_anew(kept: Stores) -> None:
    """And so does what the earlier decision said, where the new one says nothing of it."""
    kept.ledger.put_new([owned("rec-1")])
    kept.ledger.hold(TOKEN, {"rec-1": HOLD})
    after = replace(owned("rec-1", OTHER_TOKEN), decided_by=DecidedBy(released_by="anna"))

    assert kept.ledger.take_over([(after, Known(claim()))]) == {"rec-1": None}
    assert kept.ledger.entries_of({"rec-1"}) == {"rec-1": StoredEntry(after)}


def test_a_removal_without_an_entry_is_known_as_one(kept: Stores) -> None:
    """There is nothing that could be released."""
    kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    assert kept.ledger.entries_of({"rec-1"}) == {"rec-1": StoredEntry(None, tombstone())}


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_hundreds_of_entries_are_read(kept: Stores) -> None:
    """More than DynamoDB takes in one call; those that are not there are named as well."""
    ids = [f"rec-{number}" for number in range(230)]
    kept.ledger.put_new([owned(each) for each in ids[:220]])

    found = kept.ledger.entries_of(set(ids))

    assert found.keys() == set(ids)
    assert [each for each in ids if found[each] is None] == ids[220:]


# PacingStore


def test_a_campaign_that_was_never_changed_has_nothing_to_count(kept: Stores) -> None:
    """It is known all the same."""
    assert kept.pacing.applications_of({CAMPAIGN}) == {CAMPAIGN: CampaignApplications()}


def test_what_was_let_through_is_read_as_it_was_saved(kept: Stores) -> None:
    """To the microsecond, campaign by campaign; the next version replaces it."""
    other = Campaign("ENTITY2", CAMPAIGN.campaign_id)
    first = CampaignApplications({"rec-1": NOW + timedelta(microseconds=7)}, version=1)
    second = CampaignApplications({**first.let_through, "rec-2": NOW + DAY}, version=2)

    for applications in (first, second):
        assert kept.pacing.save_applications(CAMPAIGN, applications, kept_until=KEPT_UNTIL)
    assert kept.pacing.applications_of({CAMPAIGN, other}) == {
        CAMPAIGN: second,
        other: CampaignApplications(),
    }


@pytest.mark.parametrize("version", [1, 3])
def test_a_count_that_others_changed_is_not_saved(kept: Stores, version: int) -> None:
    """Nothing but version 2 follows version 1."""
    kept.pacing.save_applications(
        CAMPAIGN, CampaignApplications({"rec-1": NOW}, version=1), kept_until=KEPT_UNTIL
    )
    late = CampaignApplications({"rec-2": NOW}, version=version)

    assert not kept.pacing.save_applications(CAMPAIGN, late, kept_until=KEPT_UNTIL)
    found = kept.pacing.applications_of({CAMPAIGN})[CAMPAIGN]
    assert found.let_through == {"rec-1": NOW}


def test_of_two_who_count_at_once_one_has_to_count_again(kept: Stores) -> None:
    """Both may be the last that the policy lets through."""
    for version in range(1, 11):
        applications = CampaignApplications({f"rec-{version}": NOW}, version=version)
        save = partial(kept.pacing.save_applications, CAMPAIGN, applications, kept_until=KEPT_UNTIL)

        assert sorted(at_once(save, save, save)) == [False, False, True]


# BreakerStore


def test_a_breaker_that_was_never_saved_is_closed(kept: Stores) -> None:
    """Nothing is known to be wrong."""
    assert kept.breaker.read_breaker() == Breaker()


def test_a_breaker_is_read_as_it_was_saved(kept: Stores) -> None:
    """To the microsecond; the next version replaces it."""
    first = Breaker(strikes=1, version=1)
    second = Breaker(
        strikes=3,
        pauses=1,
        open_until=datetime(2026, 11, 10, 12, 0, 1, 234_567, tzinfo=UTC),
        version=2,
    )

    for breaker in (first, second):
        assert kept.breaker.save_breaker(breaker)
        assert kept.breaker.read_breaker() == breaker


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_breaker_that_others_changed_is_not_saved(kept: Stores, version: int) -> None:
    """The kept one is of version 2: nothing but version 3 follows it."""
    for number in (1, 2):
        kept.breaker.save_breaker(Breaker(version=number))

    assert not kept.breaker.save_breaker(Breaker(strikes=9, version=version))
    assert kept.breaker.read_breaker() == Breaker(version=2)


def test_of_two_equal_breakers_at_once_one_is_kept(kept: Stores) -> None:
    """Two invocations that failed are two strikes: the second has to read again."""
    for version in range(1, 11):
        saved = at_once(
            *[partial(kept.breaker.save_breaker, Breaker(version, version=version))] * 3
        )

        assert sorted(saved) == [False, False, True]


def test_the_breaker_says_what_it_was_opened_for(kept: Stores) -> None:
    """For people: it decides nothing, and equal breakers may differ in it."""
    assert kept.breaker.save_breaker(Breaker(strikes=1, version=1, because="503 at noon"))

    assert kept.breaker.read_breaker().because == "503 at noon"

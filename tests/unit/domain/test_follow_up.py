"""When to ask what became of an application, and when to stop."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.follow_up import (
    ApplicationEnd,
    FollowUpState,
    advance,
    begin,
)
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
TICK = 5 * MINUTE
IDS = ("rec-1", "rec-2", "rec-3")

# SOMETHING_NEW stands for a word that this version does not know.
answers = st.dictionaries(
    st.sampled_from([*IDS, "rec-4"]),
    st.sampled_from(["SUCCESS", "FAILED", "REJECTED", "IN_PROGRESS", "PUBLISHED", "SOMETHING_NEW"]),
)


def begun(*recommendation_ids: str) -> FollowUpState:
    """Accept some at NOW."""
    state = begin(recommendation_ids or IDS, now=NOW)
    assert state is not None
    return state


def after(
    age: timedelta,
    statuses: Mapping[str, str],
    *,
    state: FollowUpState | None = None,
    campaign_ids: Mapping[str, str] | None = None,
) -> FollowUpState:
    """Ask at that age of the application."""
    return advance(
        state or begun(), statuses, accepted_at=NOW, now=NOW + age, campaign_ids=campaign_ids or {}
    )


# --- When ----------------------------------------------------------------------------------------


def test_what_was_accepted_is_asked_about_ten_minutes_later() -> None:
    """All of it is pending until then."""
    assert begin(IDS, now=NOW) == FollowUpState(pending=IDS, due=NOW + 10 * MINUTE)


def test_where_nothing_was_accepted_there_is_nothing_to_follow() -> None:
    """A record without accepted ids is never due."""
    assert begin((), now=NOW) is None


def test_the_gaps_grow_up_to_half_a_day() -> None:
    """Asked about 10, 20, 40 minutes after it was accepted and so on, then every 12 hours."""
    state = begun("rec-1")
    ages: list[timedelta] = []
    while state.due is not None:
        ages.append(state.due - NOW)
        state = after(ages[-1], {}, state=state).told()

    assert ages[:7] == [each * MINUTE for each in (10, 20, 40, 80, 160, 320, 640)]
    assert {later - earlier for earlier, later in pairwise(ages[7:])} == {12 * HOUR}


@pytest.mark.parametrize("age", [timedelta(0), 5 * MINUTE, -HOUR], ids=["none", "short", "skewed"])
def test_no_gap_is_shorter_than_the_first(age: timedelta) -> None:
    """Not even where the clocks of two invocations disagree."""
    assert after(age, {}).due == NOW + age + 10 * MINUTE


def test_it_is_given_up_after_a_week() -> None:
    """At the first check from then on, and not a moment before."""
    before, then = after(WEEK - MINUTE, {}), after(WEEK, {})

    assert before.pending == IDS
    assert before.ended == {}
    assert then.pending == ()
    assert then.ended == dict.fromkeys(IDS, ApplicationEnd.UNSETTLED)
    assert then.untold == IDS


@pytest.mark.parametrize(
    ("status", "end"),
    [("FAILED", ApplicationEnd.FAILED), ("REJECTED", ApplicationEnd.REJECTED), ("SUCCESS", None)],
)
def test_an_end_that_comes_late_is_still_the_end(status: str, end: ApplicationEnd | None) -> None:
    """What Amazon says goes before the age."""
    assert after(2 * WEEK, {"rec-1": status}, state=begun("rec-1")).ended.get("rec-1") is end


# --- What ----------------------------------------------------------------------------------------


def test_each_application_ends_by_itself() -> None:
    """Applied, failed and pending ones of one request do not wait for each other."""
    state = after(HOUR, {"rec-1": "SUCCESS", "rec-2": "FAILED", "rec-3": "IN_PROGRESS"})

    assert state == FollowUpState(
        pending=("rec-3",),
        due=NOW + 2 * HOUR,
        checks=1,
        ended={"rec-2": ApplicationEnd.FAILED},
        untold=("rec-2",),
    )


@pytest.mark.parametrize("status", ["IN_PROGRESS", "PUBLISHED", "SOMETHING_NEW", "success", ""])
def test_a_status_that_ends_nothing_is_asked_about_again(status: str) -> None:
    """A word that this version does not know is no end either."""
    assert after(HOUR, dict.fromkeys(IDS, status)).pending == IDS


def test_an_id_that_is_not_named_stays_pending() -> None:
    """Its account may have failed to answer."""
    assert after(HOUR, {"rec-1": "SUCCESS"}).pending == ("rec-2", "rec-3")


def test_an_id_that_was_not_asked_about_is_ignored() -> None:
    """What is not pending has its end already."""
    state = after(HOUR, {"rec-1": "FAILED"}, state=begun("rec-1"))

    again = after(2 * HOUR, {"rec-1": "REJECTED", "rec-9": "FAILED"}, state=state)

    assert again.ended == {"rec-1": ApplicationEnd.FAILED}
    assert again.untold == ("rec-1",)


def test_everything_applied_leaves_nothing_to_do() -> None:
    """Nothing is due, and there is nothing to tell."""
    assert after(HOUR, dict.fromkeys(IDS, "SUCCESS")) == FollowUpState((), None, checks=1)


def test_the_campaigns_of_what_ended_are_kept() -> None:
    """They are told with it; those of applied and pending ones are not needed."""
    campaign_ids = {"rec-1": "C1", "rec-2": "C2", "rec-3": "C3"}
    first = after(
        HOUR,
        {"rec-1": "FAILED", "rec-2": "SUCCESS"},
        state=begun(*IDS, "rec-4"),
        campaign_ids=campaign_ids,
    )

    second = after(2 * HOUR, {"rec-3": "REJECTED", "rec-4": "FAILED"}, state=first)

    assert first.campaign_ids == {"rec-1": "C1"}
    assert second.campaign_ids == {"rec-1": "C1"}
    assert after(
        2 * HOUR, {"rec-3": "REJECTED"}, state=first, campaign_ids=campaign_ids
    ).campaign_ids == {"rec-1": "C1", "rec-3": "C3"}


# --- Telling -------------------------------------------------------------------------------------


def test_what_is_told_is_not_told_again() -> None:
    """Its end remains on record, and what is pending stays due."""
    state = after(HOUR, {"rec-1": "FAILED"})

    told = state.told()

    assert told == FollowUpState(
        pending=("rec-2", "rec-3"),
        due=state.due,
        checks=2,
        ended={"rec-1": ApplicationEnd.FAILED},
    )


def test_nothing_is_due_once_everything_is_settled_and_told() -> None:
    """Until it is told it stays due, so that a crash in between forgets nobody."""
    state = after(HOUR, dict.fromkeys(IDS, "REJECTED"))

    assert state.pending == ()
    assert state.due == NOW + 2 * HOUR
    assert state.told().due is None


def test_what_a_crash_left_untold_is_told_at_the_next_check() -> None:
    """Together with what ended meanwhile, in that order."""
    crashed = after(HOUR, {"rec-3": "FAILED"})

    state = after(2 * HOUR, {"rec-1": "REJECTED"}, state=crashed)

    assert state.untold == ("rec-3", "rec-1")
    assert state.checks == 2


@given(
    checks=st.lists(st.tuples(answers, st.booleans(), st.integers(0, 3)), max_size=40),
)
def test_every_application_ends_once(
    checks: list[tuple[dict[str, str], bool, int]],
) -> None:
    """Whatever Amazon says: each is pending or has one end; what ended is told or will be."""
    state, now = begun(), NOW
    applied: set[str] = set()
    told: list[str] = []
    for statuses, crashes, late in checks:
        if state.due is None:
            break
        now = state.due + late * TICK
        before = state
        state = advance(state, statuses, accepted_at=NOW, now=now)
        applied |= set(before.pending) - set(state.pending) - state.ended.keys()
        assert state.checks == before.checks + 1
        if not crashes:
            told.extend(state.untold)
            state = state.told()
            assert state.untold == ()
        assert _is_whole(state, applied, now)
    assert len(told) == len(set(told))
    assert set(told) | set(state.untold) == state.ended.keys()


def _is_whole(state: FollowUpState, applied: set[str], now: datetime) -> bool:
    """Tell whether everything accepted is in one place, and due as long as anything is left."""
    places = [*state.pending, *state.ended, *applied]
    is_planned = state.due is not None and 10 * MINUTE <= state.due - now <= 12 * HOUR
    return sorted(places) == sorted(IDS) and (
        is_planned if state.pending or state.untold else state.due is None
    )


@given(answer=st.lists(answers, max_size=40), late=st.lists(st.integers(0, 12), max_size=40))
def test_everybodys_end_is_known_within_eight_days(
    answer: list[dict[str, str]], late: list[int]
) -> None:
    """However the ticks fall and whatever they hear, after fewer than 25 checks."""
    state, age = begun(), timedelta(0)
    while state.due is not None:
        age = state.due - NOW + (late.pop() if late else 0) * TICK
        state = after(age, answer.pop() if answer else {}, state=state).told()

    assert state.pending == ()
    assert age < timedelta(days=8)
    assert state.checks < 2 * 25


def test_nothing_is_given_up_at_a_week_that_amazon_did_not_answer_for() -> None:
    """At two weeks it is: nobody would ever say otherwise."""
    state = FollowUpState(("rec-1",), NOW)

    for days, pending in ((8, ("rec-1",)), (14, ())):
        after = advance(
            state, {}, accepted_at=NOW - timedelta(days=days), now=NOW, was_answered=False
        )
        assert after.pending == pending

"""When an API that does not answer is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.breaker import Breaker
from tests.builders import NOW

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def struck(times: int) -> Breaker:
    """Let so many invocations in a row end without one answer, each of one account."""
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOW, accounts=1)
    return breaker


# --- Opening -------------------------------------------------------------------------------------


def test_one_or_two_bad_invocations_change_nothing() -> None:
    """They are counted, and the next one sends."""
    for times in (1, 2):
        breaker = struck(times)

        assert breaker == Breaker(strikes=times, version=times)
        assert breaker.seconds_open(NOW) == 0
        assert not breaker.is_shaken


def test_the_third_in_a_row_opens_it_for_a_minute() -> None:
    """From then on the first one to send only tries."""
    breaker = struck(3)

    assert breaker == Breaker(strikes=3, pauses=1, open_until=NOW + MINUTE, version=3)
    assert breaker.is_shaken


def test_three_accounts_that_fail_together_open_it_at_once() -> None:
    """Two may have their own troubles."""
    assert Breaker().failed(NOW, accounts=2).open_until is None
    assert Breaker().failed(NOW, accounts=3).open_until == NOW + MINUTE


def test_what_amazon_asks_for_opens_it_at_once() -> None:
    """For as long as it asks, and never for less than a pause."""
    assert Breaker().failed(NOW, accounts=1, seconds=1).open_until == NOW + MINUTE
    assert Breaker().failed(NOW, accounts=1, seconds=90).open_until == NOW + 90 * SECOND


def test_the_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    """1, 2, 4, 8 and then 15 minutes, however long it takes."""
    breaker, now = Breaker(strikes=2), NOW
    pauses = []
    for _ in range(100):
        breaker = breaker.failed(now, accounts=1)
        assert breaker.open_until is not None
        pauses.append(breaker.open_until - now)
        now = breaker.open_until

    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, *[15 * MINUTE] * 96]


def test_a_days_outage_costs_about_a_hundred_probes() -> None:
    """One for each pause."""
    breaker, now, probes = Breaker(), NOW, 0
    while now < NOW + 24 * HOUR:
        breaker, probes = breaker.failed(now, accounts=3), probes + 1
        assert breaker.open_until is not None
        now = breaker.open_until

    assert probes == 99


# --- While it is open ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "left"),
    [(0 * SECOND, 60), (59.5 * SECOND, 0.5), (MINUTE, 0), (HOUR, 0)],
    ids=["at-once", "just-before", "just-then", "after"],
)
def test_it_says_how_long_nobody_sends_anything(later: timedelta, left: float) -> None:
    """To the moment, and nothing once the pause is over."""
    assert struck(3).seconds_open(NOW + later) == left


def test_while_one_tries_the_others_stay_away() -> None:
    """For five minutes: longer than an invocation lasts, should it die."""
    probed = struck(3).probed(NOW + MINUTE)

    assert probed == Breaker(strikes=3, pauses=1, open_until=NOW + 6 * MINUTE, version=4)


def test_a_try_that_fails_makes_the_next_pause_longer() -> None:
    """It does not wait for three strikes again, nor for the rest of the five minutes."""
    later = NOW + MINUTE

    breaker = struck(3).probed(later).failed(later, accounts=1)

    assert breaker == Breaker(strikes=4, pauses=2, open_until=later + 2 * MINUTE, version=5)


def test_one_that_had_nothing_to_send_lets_the_next_one_try() -> None:
    """Nothing is known, so nothing is forgotten."""
    breaker = struck(3).probed(NOW + MINUTE).untried()

    assert breaker == Breaker(strikes=3, pauses=1, version=5)
    assert breaker.seconds_open(NOW) == 0
    assert breaker.is_shaken


# --- Closing, and waiting as asked ---------------------------------------------------------------


def test_an_answer_forgets_all_failures() -> None:
    """Only the count of changes goes on."""
    assert struck(5).answered() == Breaker(version=6)


def test_it_waits_as_long_as_it_was_asked_to() -> None:
    """That is an answer too: no failure is counted, and nobody needs to try first."""
    breaker = Breaker().asked_to_wait(NOW, 30)

    assert breaker == Breaker(open_until=NOW + 30 * SECOND, version=1)
    assert not breaker.is_shaken


def test_a_wait_leaves_the_failures_as_they_are() -> None:
    """Only an answer forgets them."""
    assert struck(2).asked_to_wait(NOW, 30) == (
        Breaker(strikes=2, open_until=NOW + 30 * SECOND, version=3)
    )


@pytest.mark.parametrize("seconds", [12 * 3_600, 12 * 3_600 + 1, 1e300, float("inf")])
def test_nobody_waits_longer_than_half_a_day(seconds: float) -> None:
    """Whatever Amazon asks for, or seems to."""
    latest = NOW + 12 * HOUR

    assert Breaker().asked_to_wait(NOW, seconds).open_until == latest
    assert Breaker().failed(NOW, accounts=1, seconds=seconds).open_until == latest


# --- Whatever happens ----------------------------------------------------------------------------

events = st.lists(
    st.one_of(
        st.tuples(st.just("failed"), st.integers(1, 4), st.sampled_from([0.0, 1.0, 1_000.0, 1e9])),
        st.tuples(st.just("answered"), st.just(0), st.just(0.0)),
        st.tuples(st.just("probed"), st.just(0), st.just(0.0)),
        st.tuples(st.just("untried"), st.just(0), st.just(0.0)),
        st.tuples(st.just("waits"), st.just(0), st.floats(0, 1e9)),
    ),
    max_size=30,
)


def changed(breaker: Breaker, event: tuple[str, int, float]) -> Breaker:
    """Let one thing happen at NOW."""
    name, accounts, seconds = event
    match name:
        case "failed":
            return breaker.failed(NOW, accounts=accounts, seconds=seconds)
        case "answered":
            return breaker.answered()
        case "probed":
            return breaker.probed(NOW)
        case "untried":
            return breaker.untried()
        case _:
            return breaker.asked_to_wait(NOW, seconds)


@given(happened=events)
def test_every_change_is_a_new_version(happened: list[tuple[str, int, float]]) -> None:
    """Of two invocations that learn at once, one is believed."""
    breaker = Breaker()
    for number, event in enumerate(happened, start=1):
        breaker = changed(breaker, event)
        assert breaker.version == number


@given(happened=events)
def test_it_always_opens_again_within_half_a_day(
    happened: list[tuple[str, int, float]],
) -> None:
    """Nothing that happens leaves the API alone for ever, and an answer closes it for good."""
    breaker = Breaker()
    for event in happened:
        breaker = changed(breaker, event)
        assert breaker.seconds_open(NOW) <= 12 * 3_600
        assert breaker.is_shaken <= (breaker.strikes > 0)

    assert breaker.answered().seconds_open(NOW) == 0
    assert not breaker.answered().is_shaken


@given(happened=events, accounts=st.integers(1, 4), seconds=st.sampled_from([0.0, 5.0, 500.0]))
def test_each_failure_in_a_row_opens_it_for_longer(
    happened: list[tuple[str, int, float]], accounts: int, seconds: float
) -> None:
    """Whatever was before: no shorter than the last pause, and as long as was asked for."""
    breaker = Breaker()
    for event in happened:
        breaker = changed(breaker, event)
    once = breaker.failed(NOW, accounts=3)

    twice = once.failed(NOW, accounts=accounts, seconds=seconds)

    assert twice.seconds_open(NOW) >= max(once.seconds_open(NOW), seconds)
    assert twice.pauses == once.pauses + 1
    assert twice.strikes == once.strikes + 1

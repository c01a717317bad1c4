"""How full invocations and apply requests are."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.filling import DAYS, Filling, filling_of
from recommendation_applier.domain.workload import Arrival, OpportunityFiles, Workload
from tests.bench.filling_simulation import simulated

SECONDS = DAYS * 86_400


def test_a_burst_fills_invocations() -> None:
    """A million a month of one account: 500 each, in five requests, and what is left of a day."""
    filling = filling_of(Workload(recommendations=1_000_000, accounts=1, batch_size=500))

    a_day = 2 * 33  # 16,427 each of two gather
    assert filling.invocations == pytest.approx(a_day * DAYS)
    assert filling.requests_an_invocation == pytest.approx(5, rel=0.001)
    assert filling.ids_a_request == pytest.approx(1_000_000 / (a_day * DAYS * 5), rel=0.001)


def test_many_accounts_share_an_invocation() -> None:
    """Forty ids of each of 25, or one of each of thousands."""
    for accounts, ids in ((25, 40.0), (100_000, 1.0)):
        filling = filling_of(Workload(recommendations=10_000_000, accounts=accounts))
        assert filling.ids_a_request == pytest.approx(ids, rel=0.01)


def test_what_comes_evenly_has_the_company_of_its_window() -> None:
    """One, and what comes within the window, shared by those that gather at once."""
    evenly = Workload(
        recommendations=1_000_000,
        arrival=Arrival.EVEN,
        batching_window_seconds=300,
        seconds_a_request=0,
    )
    gathered = 1 + 1_000_000 / SECONDS * 300 / 2

    # Besides what comes during the last poll, and while others are busy.
    assert filling_of(evenly).invocations == pytest.approx(1_000_000 / gathered, rel=0.025)
    flood = Workload(recommendations=1_000_000_000, arrival=Arrival.EVEN)
    assert filling_of(flood).invocations == pytest.approx(1_000_000_000 / 1_000)


def test_a_poll_that_is_out_ends_by_itself() -> None:
    """A window of one second waits for the next delivery, for up to twenty."""
    evenly = Workload(
        recommendations=1_000_000,
        arrival=Arrival.EVEN,
        batching_window_seconds=1,
        seconds_a_request=0,
        milliseconds_a_recommendation=0,
    )

    assert 1_000_000 / filling_of(evenly).invocations == pytest.approx(2.2, abs=0.05)


def test_the_longer_an_invocation_takes_the_fuller_is_the_next() -> None:
    """What comes meanwhile is shared by fewer; where all are busy, it waits."""
    evenly = Workload(
        recommendations=10_000_000, arrival=Arrival.EVEN, batching_window_seconds=1, accounts=1
    )
    found = [
        filling_of(replace(evenly, seconds_a_request=seconds)).ids_a_request
        for seconds in (0.0, 1.0, 10.0, 100.0)
    ]

    assert found == sorted(found)
    assert found[0] < 4.5
    assert found[-1] > 80


def test_a_small_day_is_shared_by_the_invocations_that_run_at_once() -> None:
    """A hundred within one window are two invocations of fifty."""
    small = Workload(
        recommendations=round(100 * DAYS), accounts=1, batching_window_seconds=300, burst_minutes=4
    )

    assert filling_of(small).invocations == pytest.approx(2 * DAYS, rel=0.01)


def test_a_burst_of_minutes_is_several_windows() -> None:
    """Ten minutes in windows of one: ten invocations for each of two that gather."""
    day = Workload(recommendations=round(5_000 * DAYS), accounts=1)

    assert filling_of(day).invocations == pytest.approx(20 * DAYS)
    slowly = replace(day, burst_minutes=60)
    assert filling_of(slowly).invocations == pytest.approx(2 * 58 * DAYS, rel=0.05)


def test_six_megabytes_are_the_most() -> None:
    """Whatever BatchSize says."""
    filling = filling_of(Workload(recommendations=10**8, batch_size=10_000))

    assert filling.invocations == pytest.approx(10**8 / 1_052, rel=0.001)


def test_what_is_held_fills_no_request() -> None:
    """It is counted as what would have been sent."""
    month = Workload(recommendations=1_000_000, accounts=5, batch_size=500)
    half = filling_of(replace(month, held_share=0.5))
    everything = filling_of(replace(month, held_share=1.0))
    sent = filling_of(month)

    assert half.requests == half.held_requests
    assert half.ids_a_request == half.ids_a_held_request == pytest.approx(50, rel=0.01)
    assert (everything.requests, everything.ids_a_request) == (0, 0)
    assert everything.ids_a_held_request == pytest.approx(sent.ids_a_request, rel=0.01)


@pytest.mark.parametrize(
    ("recommendations", "accounts", "knobs"),
    [
        (10_000, 1, {}),
        (100_000, 25, {}),
        (100_000, 5, {"batching_window_seconds": 300}),
        (100_000, 1, {"batching_window_seconds": 1}),
        (1_000_000, 5, {}),
        (1_000_000, 25, {"batch_size": 100}),
        (1_000_000, 250, {"maximum_concurrency": 5}),
    ],
)
@pytest.mark.parametrize("arrival", Arrival)
def test_it_is_what_happens_message_by_message(
    arrival: Arrival, recommendations: int, accounts: int, knobs: dict[str, Any]
) -> None:
    """Within some per cent of a simulation of the queue, its pollers and the function."""
    workload = Workload(
        recommendations=recommendations, accounts=accounts, arrival=arrival, **knobs
    )
    filling, seen = filling_of(workload), simulated(workload, messages=3_000)

    assert filling.ids_a_request == pytest.approx(seen.ids_a_request, rel=0.07)
    handled = recommendations / filling.invocations
    assert handled == pytest.approx(seen.messages / seen.invocations, rel=0.07)


def test_nothing_takes_nothing() -> None:
    """No deliveries, no invocations."""
    assert filling_of(Workload(recommendations=0)) == Filling(0, 0, 0, 0, 0, 0)


@given(
    st.builds(
        Workload,
        recommendations=st.integers(1, 10**10),
        accounts=st.integers(1, 10**5),
        arrival=st.sampled_from(Arrival),
        burst_minutes=st.integers(1, 1_440),
        held_share=st.floats(0, 1),
        repeated_share=st.floats(0, 3),
        batch_size=st.integers(1, 1_000),
        batching_window_seconds=st.integers(1, 300),
        maximum_concurrency=st.integers(2, 50),
        opportunity_files=st.sampled_from(OpportunityFiles),
    )
)
def test_no_request_has_more_than_a_hundred_ids_and_none_has_less_than_one(
    workload: Workload,
) -> None:
    """And no invocation more than its batch, or less than a delivery, whatever comes."""
    filling = filling_of(workload)

    assert 0.999999 <= workload.deliveries / filling.invocations <= workload.batch_size * 1.000001
    if workload.sent:
        assert 0.999999 <= filling.ids_a_request <= 100.0001
        assert filling.requests * filling.ids_a_request == pytest.approx(workload.sent)

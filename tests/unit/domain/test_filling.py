"""How full invocations and apply requests are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.filling import DAYS, Filling, filling_of
from recommendation_applier.domain.workload import Arrival, OpportunityFiles, Workload

SECONDS = DAYS * 86_400


def test_a_burst_fills_invocations() -> None:
    """A million a month of one account: 500 each, in requests of some ninety."""
    filling = filling_of(Workload(recommendations=1_000_000, accounts=1))

    assert filling.invocations == pytest.approx(2_000)
    assert filling.requests_an_invocation == pytest.approx(5.5)
    assert filling.ids_a_request == pytest.approx(500 / 5.5)


def test_many_accounts_share_an_invocation() -> None:
    """Twenty ids of each of 25, or one of each of thousands."""
    for accounts, ids in ((25, 20.0), (100_000, 1.0)):
        filling = filling_of(Workload(recommendations=1_000_000, accounts=accounts))
        assert filling.ids_a_request == pytest.approx(ids, rel=0.01)


def test_what_comes_evenly_has_the_company_of_its_window() -> None:
    """One, and what comes within the window, shared by those that gather at once."""
    evenly = Workload(recommendations=1_000_000, arrival=Arrival.EVEN)
    gathered = 1 + 1_000_000 / SECONDS * 60 / 2

    assert filling_of(evenly).invocations == pytest.approx(1_000_000 / gathered)
    flood = Workload(recommendations=1_000_000_000, arrival=Arrival.EVEN)
    assert filling_of(flood).invocations == pytest.approx(1_000_000_000 / 500)


def test_a_small_day_is_shared_by_the_invocations_that_run_at_once() -> None:
    """A hundred a day are two invocations of fifty."""
    filling = filling_of(Workload(recommendations=round(100 * DAYS), accounts=1))

    assert filling.invocations == pytest.approx(2 * DAYS, rel=0.01)


def test_six_megabytes_are_the_most() -> None:
    """Whatever BatchSize says."""
    filling = filling_of(Workload(recommendations=10**8, batch_size=10_000))

    assert filling.invocations == pytest.approx(10**8 / 1_052)


def test_what_is_held_fills_no_request() -> None:
    """It is counted as what would have been sent."""
    half = filling_of(Workload(recommendations=1_000_000, accounts=5, held_share=0.5))
    everything = filling_of(Workload(recommendations=1_000_000, accounts=5, held_share=1.0))

    assert half.requests == half.held_requests
    assert half.ids_a_request == half.ids_a_held_request == pytest.approx(50, rel=0.01)
    assert (everything.requests, everything.ids_a_request) == (0, 0)
    assert everything.ids_a_held_request == pytest.approx(500 / 5 / 1.5)


def test_nothing_takes_nothing() -> None:
    """No deliveries, no invocations."""
    assert filling_of(Workload(recommendations=0)) == Filling(0, 0, 0, 0, 0, 0)


@given(
    recommendations=st.integers(1, 10**10),
    accounts=st.integers(1, 10**5),
    arrival=st.sampled_from(Arrival),
    held_share=st.floats(0, 1),
    repeated_share=st.floats(0, 3),
    batch_size=st.integers(1, 1_000),
    window=st.integers(1, 300),
    files=st.sampled_from(OpportunityFiles),
)
def test_no_request_has_more_than_a_hundred_ids_and_none_has_less_than_one(
    recommendations: int,
    accounts: int,
    arrival: Arrival,
    held_share: float,
    repeated_share: float,
    batch_size: int,
    window: int,
    files: OpportunityFiles,
) -> None:
    """And no invocation more than its batch, whatever comes."""
    workload = Workload(
        recommendations=recommendations,
        accounts=accounts,
        arrival=arrival,
        held_share=held_share,
        repeated_share=repeated_share,
        batch_size=batch_size,
        batching_window_seconds=window,
        opportunity_files=files,
    )
    filling = filling_of(workload)

    assert workload.deliveries / filling.invocations <= batch_size * 1.000001
    if workload.sent:
        assert 0.999999 <= filling.ids_a_request <= 100
        assert filling.requests * filling.ids_a_request == pytest.approx(workload.sent)

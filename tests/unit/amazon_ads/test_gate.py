"""When the requests of an invocation wait, and when there are no more of them."""

import pytest

from recommendation_applier.amazon_ads.gate import LEAST_FAILURES_IN_A_ROW, Gate
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    OutOfTimeError,
    RetryableError,
    ThrottledError,
    UnavailableError,
    WaitError,
)
from recommendation_applier.domain.reasons import RetryReason
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only sleeping moves."""
    return FakeClock()


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    """The gate of an invocation that has a hundred seconds."""
    pacing = Pacing(clock.now + 100.0, clock.monotonic, clock.sleep, max)
    return Gate(pacing, max_concurrent_requests=4)


def test_an_open_gate_lets_requests_through(gate: Gate, clock: FakeClock) -> None:
    """Nobody waits who was not asked to."""
    gate.enter()

    assert clock.slept == []


def test_a_closed_gate_makes_requests_wait(gate: Gate, clock: FakeClock) -> None:
    """The wait is for the rest of the time it is closed for, and no longer."""
    gate.close_for(30.0)
    clock.now += 10.0
    gate.enter()
    gate.enter()

    assert clock.slept == [20.0]


def test_a_shorter_wait_does_not_end_a_longer_one(gate: Gate, clock: FakeClock) -> None:
    """The longest of several waits holds."""
    gate.close_for(30.0)
    gate.close_for(5.0)
    gate.enter()

    assert clock.slept == [30.0]


def test_a_gate_that_closes_during_the_wait_is_waited_for_again(clock: FakeClock) -> None:
    """Another thread's 429 holds for those who are waiting already."""

    def sleep(seconds: float) -> None:
        if not clock.slept:
            closing.close_for(25.0)
        clock.sleep(seconds)

    pacing = Pacing(clock.now + 100.0, clock.monotonic, sleep, max)
    closing = Gate(pacing, max_concurrent_requests=4)
    closing.close_for(20.0)
    closing.enter()

    assert clock.slept == [20.0, 5.0]


def test_a_wait_that_outlasts_the_invocation_is_not_begun(gate: Gate, clock: FakeClock) -> None:
    """Who would wait in vain is told how long Amazon asked for."""
    gate.close_for(99.0)
    sentence = "no request was made: after a 429 there are 99 s to wait"
    with pytest.raises(ThrottledError, match=sentence) as raised:
        gate.enter()

    assert raised.value.retry_after == 99.0
    assert clock.slept == []


def test_without_time_for_a_request_nothing_passes(gate: Gate, clock: FakeClock) -> None:
    """The last two seconds of an invocation are too short for a request."""
    clock.sleep(98.5)

    with pytest.raises(OutOfTimeError, match="no request was made: the invocation's time was up"):
        gate.enter()


def fail(gate: Gate, error: RetryableError, *, times: int) -> None:
    """Note *error* so many times."""
    for _ in range(times):
        gate.failed(error)


def test_ten_failures_in_a_row_stop_the_invocation(gate: Gate) -> None:
    """The eleventh request is not made, and says what had happened to the others."""
    fail(gate, UnavailableError("503", http_status=503), times=LEAST_FAILURES_IN_A_ROW - 1)
    gate.enter()
    gate.failed(UnavailableError("504", http_status=504))

    sentence = "^no request was made: 10 tries in a row had failed, the last with: 504$"
    with pytest.raises(WaitError, match=sentence) as raised:
        gate.enter()
    assert raised.value.reason is RetryReason.UNAVAILABLE


def test_an_answer_between_failures_starts_the_count_anew(gate: Gate) -> None:
    """Nine failures, an answer and nine failures stop nothing."""
    fail(gate, UnavailableError("503"), times=9)
    gate.succeeded()
    fail(gate, UnavailableError("503"), times=9)

    gate.enter()


def test_ten_throttles_in_a_row_keep_what_amazon_asked_for(gate: Gate) -> None:
    """Those who are turned away come back no sooner than Amazon wants."""
    fail(gate, ThrottledError("429", retry_after=7.0, http_status=429), times=10)

    with pytest.raises(ThrottledError, match="no request was made: 10 tries in a row") as raised:
        gate.enter()
    assert raised.value.retry_after == 7.0


def test_a_lost_answer_at_last_leaves_nobody_else_in_doubt(gate: Gate) -> None:
    """What was never sent is not said to be lost, although the tenth failure was that."""
    fail(gate, AnswerLostError("lost"), times=10)

    with pytest.raises(WaitError, match="no request was made") as raised:
        gate.enter()
    assert not isinstance(raised.value, AnswerLostError)


def test_refused_credentials_stop_the_invocation_at_once(gate: Gate) -> None:
    """One refusal is enough: every further request would meet it."""
    gate.failed(CredentialsRefusedError("invalid_grant"))

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter()


def test_who_is_turned_away_is_not_said_to_have_been_refused(gate: Gate) -> None:
    """The sentence for a request that was not made says so, instead of naming another's account."""
    gate.failed(CredentialsRefusedError("apply of 1 recommendation of A1 under PO-1 failed: 403"))

    with pytest.raises(CredentialsRefusedError, match="no request was made") as raised:
        gate.enter()
    assert raised.value.request_id is None


def test_what_stopped_the_invocation_first_is_what_is_said(gate: Gate) -> None:
    """Failures of requests that were under way do not change the reason."""
    gate.failed(CredentialsRefusedError("invalid_grant"))
    fail(gate, UnavailableError("503"), times=10)

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter()


def test_a_stopped_gate_makes_nobody_wait(gate: Gate, clock: FakeClock) -> None:
    """Who is turned away is turned away at once, even while a Retry-After runs."""
    gate.close_for(30.0)
    gate.failed(CredentialsRefusedError("invalid_grant"))

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter()
    assert clock.slept == []


def test_a_burst_of_throttles_is_one_failure(gate: Gate) -> None:
    """What was in flight when the first 429 closed the gate does not stop the invocation."""
    for _ in range(LEAST_FAILURES_IN_A_ROW * 2):
        gate.failed(ThrottledError("429", retry_after=1.0))
        gate.close_for(1.0)

    gate.enter()


def test_with_many_requests_at_once_more_may_fail_in_a_row(clock: FakeClock) -> None:
    """All of one burst may fail without the invocation being given up."""
    pacing = Pacing(clock.now + 100.0, clock.monotonic, clock.sleep, max)
    wide = Gate(pacing, max_concurrent_requests=16)
    fail(wide, UnavailableError("503"), times=31)
    wide.enter()
    fail(wide, UnavailableError("503"), times=1)

    with pytest.raises(UnavailableError, match="32 tries in a row"):
        wide.enter()

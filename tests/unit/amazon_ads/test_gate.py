"""When the requests of an invocation wait, and when there are no more of them."""

import pytest

from recommendation_applier.amazon_ads.gate import (
    LEAST_FAILING_ACCOUNTS,
    LEAST_THROTTLES_IN_A_ROW,
    MAX_FAILURES_OF_AN_ACCOUNT,
    Gate,
)
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
    gate.enter("A1")

    assert clock.slept == []


def test_a_closed_gate_makes_requests_wait(gate: Gate, clock: FakeClock) -> None:
    """The wait is for the rest of the time it is closed for, and no longer."""
    gate.close_for(30.0)
    clock.now += 10.0
    gate.enter("A1")
    gate.enter("A1")

    assert clock.slept == [20.0]


def test_a_shorter_wait_does_not_end_a_longer_one(gate: Gate, clock: FakeClock) -> None:
    """The longest of several waits holds."""
    gate.close_for(30.0)
    gate.close_for(5.0)
    gate.enter("A1")

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
    closing.enter("A1")

    assert clock.slept == [20.0, 5.0]


def test_a_wait_that_outlasts_the_invocation_is_not_begun(gate: Gate, clock: FakeClock) -> None:
    """Who would wait in vain is told how long Amazon asked for."""
    gate.close_for(99.0)
    sentence = "no request was made: after a 429 there are 99 s to wait"
    with pytest.raises(ThrottledError, match=sentence) as raised:
        gate.enter("A1")

    assert raised.value.retry_after == 99.0
    assert clock.slept == []


def test_without_time_for_a_request_nothing_passes(gate: Gate, clock: FakeClock) -> None:
    """The last two seconds of an invocation are too short for a request."""
    clock.sleep(98.5)

    with pytest.raises(OutOfTimeError, match="no request was made: the invocation's time was up"):
        gate.enter("A1")


def fail_everybody(gate: Gate, error: RetryableError, *, accounts: int) -> None:
    """Note *error* once for each of so many accounts."""
    for number in range(accounts):
        gate.failed(f"A{number}", error, ticket=0)


def fail(gate: Gate, error: RetryableError, *, times: int) -> None:
    """Note *error* so many times for one account."""
    for number in range(times):
        gate.failed("A1", error, ticket=number)


def test_an_account_that_keeps_failing_is_left_alone(gate: Gate) -> None:
    """Its next request is not made, and says why; nobody else's is held back."""
    fail(gate, UnavailableError("503", http_status=503), times=MAX_FAILURES_OF_AN_ACCOUNT - 1)
    gate.enter("A1")
    fail(gate, UnavailableError("504", http_status=504), times=1)

    with pytest.raises(WaitError, match=r"^no request was made, .* had failed: 504$") as raised:
        gate.enter("A1")
    assert raised.value.reason is RetryReason.UNAVAILABLE
    gate.enter("A2")


def test_an_answer_between_failures_starts_the_count_anew(gate: Gate) -> None:
    """An account that answers now and then is not given up."""
    fail(gate, UnavailableError("503"), times=MAX_FAILURES_OF_AN_ACCOUNT - 1)
    gate.succeeded("A1")
    fail(gate, UnavailableError("503"), times=MAX_FAILURES_OF_AN_ACCOUNT - 1)

    gate.enter("A1")


def test_when_nobody_is_answered_the_invocation_stops(gate: Gate) -> None:
    """With four requests at once, six failing accounts in a row are an API that is down."""
    fail_everybody(gate, UnavailableError("503"), accounts=5)
    gate.enter("A9")
    fail_everybody(gate, UnavailableError("503"), accounts=6)

    with pytest.raises(UnavailableError, match="no request was made"):
        gate.enter("A9")


def test_one_answer_between_failing_accounts_keeps_the_invocation_going(gate: Gate) -> None:
    """The API is up: it is those accounts that have a problem."""
    fail_everybody(gate, UnavailableError("503"), accounts=5)
    gate.succeeded("A9")
    fail_everybody(gate, UnavailableError("503"), accounts=5)

    gate.enter("A9")


def test_a_narrow_invocation_tries_five_accounts(clock: FakeClock) -> None:
    """With one request at once, fewer would be too few to tell."""
    pacing = Pacing(clock.now + 100.0, clock.monotonic, clock.sleep, max)
    narrow = Gate(pacing, max_concurrent_requests=1)
    fail_everybody(narrow, UnavailableError("503"), accounts=LEAST_FAILING_ACCOUNTS - 1)
    narrow.enter("A9")
    fail_everybody(narrow, UnavailableError("503"), accounts=LEAST_FAILING_ACCOUNTS)

    with pytest.raises(UnavailableError, match="no request was made"):
        narrow.enter("A9")


def throttle(gate: Gate, *, times: int) -> None:
    """Note one 429 after the other, each for a request made after the one before."""
    for _ in range(times):
        ticket = gate.enter("A1")
        gate.failed("A1", ThrottledError("429", retry_after=7.0, http_status=429), ticket=ticket)


def test_throttles_in_a_row_stop_everybody_for_as_long_as_amazon_asked(gate: Gate) -> None:
    """Those who are turned away come back no sooner than Amazon wants."""
    throttle(gate, times=LEAST_THROTTLES_IN_A_ROW - 1)
    gate.enter("A2")
    throttle(gate, times=1)

    with pytest.raises(ThrottledError, match="no request was made") as raised:
        gate.enter("A2")
    assert raised.value.retry_after == 7.0


def test_an_answer_between_throttles_starts_the_count_anew(gate: Gate) -> None:
    """Whoever's answer it is."""
    throttle(gate, times=LEAST_THROTTLES_IN_A_ROW - 1)
    gate.succeeded("A2")
    throttle(gate, times=LEAST_THROTTLES_IN_A_ROW - 1)

    gate.enter("A1")


def test_a_burst_of_throttles_is_one_failure(gate: Gate) -> None:
    """What was under way when the first 429 came does not stop the invocation."""
    tickets = [gate.enter("A1") for _ in range(LEAST_THROTTLES_IN_A_ROW * 2)]
    for ticket in tickets:
        gate.failed("A1", ThrottledError("429", retry_after=1.0), ticket=ticket)

    gate.enter("A1")


def test_a_lost_answer_leaves_nobody_else_in_doubt(gate: Gate) -> None:
    """What was never sent is not said to be lost, although the last failure was that."""
    fail(gate, AnswerLostError("lost"), times=MAX_FAILURES_OF_AN_ACCOUNT)

    with pytest.raises(WaitError, match="no request was made") as raised:
        gate.enter("A1")
    assert not isinstance(raised.value, AnswerLostError)


def test_refused_credentials_stop_the_invocation_at_once(gate: Gate) -> None:
    """One refusal is enough: every further request would meet it."""
    fail(gate, CredentialsRefusedError("invalid_grant"), times=1)

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter("A2")


def test_who_is_turned_away_is_not_said_to_have_been_refused(gate: Gate) -> None:
    """The sentence for a request that was not made says so, and quotes no request id."""
    refused = CredentialsRefusedError("apply of A1 failed: 403", request_ids=("id",))
    fail(gate, refused, times=1)

    with pytest.raises(CredentialsRefusedError, match="no request was made") as raised:
        gate.enter("A2")
    assert raised.value.request_id is None


def test_what_stopped_the_invocation_first_is_what_is_said(gate: Gate) -> None:
    """Failures of requests that were under way do not change the reason."""
    fail(gate, CredentialsRefusedError("invalid_grant"), times=1)
    fail_everybody(gate, UnavailableError("503"), accounts=10)

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter("A2")


def test_a_stopped_gate_makes_nobody_wait(gate: Gate, clock: FakeClock) -> None:
    """Who is turned away is turned away at once, even while a Retry-After runs."""
    gate.close_for(30.0)
    fail(gate, CredentialsRefusedError("invalid_grant"), times=1)

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        gate.enter("A2")
    assert clock.slept == []

"""How many requests are made, when, and when no more of them: over HTTP, with a clock of ours."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from recommendation_applier.amazon_ads.wire import apply_path
from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    OutOfTimeError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.outcome import ApplyResult
from tests.builders import NOW, batch
from tests.contract.invocation_at_amazon import Invocation, begin
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import Answer, Manner, Step, answers, hangs, trickles
from tests.fakes import FakeClock

PATIENCE_SECONDS = 10.0
"""After which a test that waits in vain fails."""


@pytest.fixture
def amazon() -> Iterator[EmulatedAmazon]:
    """An Amazon that is asked nothing which it does not publish, and accepts nothing twice."""
    with EmulatedAmazon() as served:
        yield served
        assert served.violations == []
        assert served.accepted_twice == []


@pytest.fixture
def crew() -> Iterator[ThreadPoolExecutor]:
    """A thread to apply in, while the test looks on."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def accounts(count: int) -> list[ApplyBatch]:
    """Make one batch for each of so many accounts."""
    return [batch(f"rec-{number}", account=number) for number in range(count)]


def errors_of(results: dict[str, ApplyResult]) -> list[type[object]]:
    """Return the kinds of error, in the order of the batches."""
    return [type(results[name].error) for name in sorted(results)]


def held(status: int, *, until: threading.Event, headers: dict[str, str] | None = None) -> Step:
    """Refuse, taking nothing, but only once *until* is set."""
    return Step(answer=Answer(status, headers=headers or {}), manner=Manner.HELD, until=until)


# Retry-After


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=30), usegmt=True)}, 30.0),
        ({"Retry-After": format_datetime(NOW - timedelta(days=1), usegmt=True)}, 1.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "soon"}, 1.0),
        ({}, 1.0),
    ],
    ids=["seconds", "date", "past date", "zero", "nonsense", "absent"],
)
@pytest.mark.parametrize(
    "body", [b"", {"message": "Too Many Requests"}, "<title>429</title>"], ids=["-", "JSON", "HTML"]
)
def test_a_throttle_waits_as_long_as_amazon_asks(
    amazon: EmulatedAmazon,
    http: httpx.Client,
    headers: dict[str, str],
    waited: float,
    body: object,
) -> None:
    """Seconds or a date; without either, the backoff."""
    amazon.script_apply([answers(429, body, headers=headers)])
    invocation = begin(amazon, http)
    result = invocation.apply_one(batch("rec-1"))

    assert invocation.clock.slept == [waited]
    assert (result.error, result.attempts, result.throttled) == (None, 2, 1)


def test_throttles_without_a_word_back_off(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """1, 2 and 4 seconds at most; the fourth is left to SQS."""
    amazon.script_apply([answers(429, headers={"x-amz-rid": "id"})] * 9)
    invocation = begin(amazon, http)
    result = invocation.apply_one(batch("rec-1"))

    assert invocation.clock.slept == [1.0, 2.0, 4.0]
    assert isinstance(result.error, ThrottledError)
    assert (result.attempts, result.throttled, result.http_status) == (4, 4, 429)
    assert (result.error.retry_after, result.error.request_id) == (0.0, "id")


def test_the_last_try_closes_the_gate_too(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """A batch that has used its tries up does not spare the others the wait."""
    amazon.script_apply([answers(429, headers={"Retry-After": "5"})] * 4)
    invocation = begin(amazon, http)
    results = invocation.apply(*accounts(2))

    assert invocation.clock.slept == [5.0, 5.0, 5.0, 5.0]
    assert errors_of(results) == [ThrottledError, type(None)]


def test_a_wait_that_outlasts_the_invocation_is_left_to_sqs(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Nobody waits, nobody else asks, and each result says how long Amazon wants to be left."""
    amazon.script_apply([answers(429, headers={"Retry-After": "149"})])
    invocation = begin(amazon, http, seconds=150)
    results = invocation.apply(*accounts(3))

    assert errors_of(results) == [ThrottledError] * 3
    waits = {
        result.error.retry_after
        for result in results.values()
        if isinstance(result.error, ThrottledError)
    }
    assert waits == {149.0}
    assert (len(amazon.apply_requests), invocation.clock.slept) == (1, [])


class SlowClock(FakeClock):
    """A clock whose sleepers sleep until the test lets time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = threading.Semaphore(0)
        self.morning = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Sleep for good."""
        until = self.now + seconds
        self.asleep.release()
        assert self.morning.wait(PATIENCE_SECONDS)
        self.now = max(self.now, until)


def test_nothing_is_sent_while_a_retry_after_runs(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """What is under way may end; no thread starts a request until the time is over."""
    clock = SlowClock()
    throttle, under_way = threading.Event(), threading.Event()
    amazon.script_apply(
        [held(429, until=throttle, headers={"Retry-After": "30"}), hangs(until=under_way)]
    )
    invocation = begin(amazon, http, clock=clock, max_concurrent_requests=2)
    applied = crew.submit(invocation.apply, *accounts(5))
    amazon.wait_until_in_flight(2)
    throttle.set()

    assert clock.asleep.acquire(timeout=PATIENCE_SECONDS)  # the throttled one
    under_way.set()
    assert clock.asleep.acquire(timeout=PATIENCE_SECONDS)  # the one that was under way
    sent_meanwhile = len(amazon.apply_requests)
    clock.morning.set()

    assert errors_of(applied.result()) == [type(None)] * 5
    assert sent_meanwhile == 2
    assert len(amazon.apply_requests) == 6


def test_a_retry_after_that_comes_while_a_token_is_fetched_is_waited_for(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Another thread's throttle holds for a request that has only waited for its token so far."""
    invocation = begin(amazon, http)
    invocation.secret.on_read = lambda: invocation.gate.close_for(30.0)
    invocation.apply_one(batch("rec-1"))

    assert invocation.clock.slept == [30.0]


# In flight


@pytest.mark.parametrize("most", [1, 2, 4])
def test_so_many_requests_are_in_flight_and_no_more(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor, most: int
) -> None:
    """While all of them hang, nobody else's request is made."""
    release = threading.Event()
    amazon.script_apply([hangs(until=release)] * most)
    invocation = begin(amazon, http, max_concurrent_requests=most)
    applied = crew.submit(invocation.apply, *accounts(9))
    amazon.wait_until_in_flight(most)
    made = len(amazon.apply_requests)
    release.set()

    assert errors_of(applied.result()) == [type(None)] * 9
    assert (made, amazon.peak_in_flight) == (most, most)
    assert len(amazon.accepted) == 9


def test_four_threads_that_meet_a_401_at_once_make_one_token_request(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """Four requests with the same dead token, one new token, four repeats."""
    release = threading.Event()
    amazon.script_apply([held(401, until=release)] * 4)
    invocation = begin(amazon, http, max_concurrent_requests=4)
    applied = crew.submit(invocation.apply, *accounts(4))
    amazon.wait_until_in_flight(4)
    release.set()

    assert errors_of(applied.result()) == [type(None)] * 4
    tokens = [request.headers["authorization"][-1] for request in amazon.apply_requests]
    assert tokens == ["1"] * 4 + ["2"] * 4
    assert len(amazon.token_requests) == 2


def test_a_slow_account_keeps_no_other_waiting(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """While one request hangs, seven are made and answered."""
    release = threading.Event()
    amazon.script_apply([hangs(until=release)])
    invocation = begin(amazon, http, max_concurrent_requests=2)
    results = invocation.client.apply(accounts(8))

    done = [crew.submit(next, results).result(PATIENCE_SECONDS) for _ in range(7)]
    release.set()

    assert [result.error for result in [*done, *results]] == [None] * 8


# Stopping


def test_an_api_that_answers_nobody_is_soon_left_alone(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Five accounts in a row are tried, each as often as a batch may be; no other is sent."""
    amazon.script_apply([answers(503)] * 40)
    results = begin(amazon, http, jitter=min).apply(*accounts(30))

    assert len(amazon.apply_requests) == 4 * 4 + 1
    assert errors_of(results) == [UnavailableError] * 30
    not_sent = [result for result in results.values() if not result.attempts]
    assert len(not_sent) == 25
    assert all("no request was made" in str(result.error) for result in not_sent)


def test_an_api_that_throttles_everybody_is_asked_ten_times(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """However many accounts there are: 429 is about the client."""
    amazon.script_apply([answers(429)] * 40)
    results = begin(amazon, http, jitter=min).apply(*accounts(30))

    assert len(amazon.apply_requests) == 10
    assert errors_of(results) == [ThrottledError] * 30


def test_lost_answers_in_a_row_leave_only_those_in_doubt_that_were_sent(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """The five that were sent may have been taken; the others were not."""
    amazon.script_apply([answers(504)] * 20)
    results = begin(amazon, http).apply(*accounts(15))

    in_doubt = [one for one in results.values() if isinstance(one.error, AnswerLostError)]
    assert [result.attempts for result in in_doubt] == [1] * 5
    assert len(amazon.apply_requests) == 5


def test_partial_answers_are_no_failures(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """An API that refuses one id of every request is at work."""
    amazon.make_unprocessable([f"rec-{number}" for number in range(15)])
    begin(amazon, http).apply(*accounts(15))

    assert len(amazon.apply_requests) == 15


# Time


@pytest.mark.parametrize("seconds", [0.0, 1.9])
def test_without_time_left_nothing_is_sent(
    amazon: EmulatedAmazon, http: httpx.Client, seconds: float
) -> None:
    """Not even a token is fetched."""
    results = begin(amazon, http, seconds=seconds).apply(*accounts(3))

    assert errors_of(results) == [OutOfTimeError] * 3
    assert all(result.attempts == 0 for result in results.values())
    assert (amazon.apply_requests, amazon.token_requests) == ([], [])


def test_time_that_a_token_has_used_up_is_not_left_for_a_request(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """A slow secret store or login ends an invocation without an answer lost."""
    invocation = begin(amazon, http, seconds=20)
    invocation.secret.on_read = lambda: invocation.clock.sleep(18.5)
    results = invocation.apply(*accounts(2))

    assert errors_of(results) == [OutOfTimeError] * 2
    assert amazon.apply_requests == []


def test_a_backoff_that_time_does_not_allow_is_left_to_sqs(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """With four seconds left, a backoff of one fits, the next of two does not."""
    amazon.script_apply([answers(503)] * 9)
    invocation = begin(amazon, http, seconds=4)
    result = invocation.apply_one(batch("rec-1"))

    assert invocation.clock.slept == [1.0]
    assert (result.attempts, result.http_status) == (2, 503)


def post(invocation: Invocation) -> Callable[[], object]:
    """Make a request apart from the gate, which would want two seconds for it."""
    one = batch("rec-1")
    path = apply_path(one.partner_opportunity_id)
    return lambda: invocation.exchange.post(
        path, one.request(), what="apply", on_request=lambda: None
    )


@pytest.mark.parametrize("takes", [True, False])
def test_an_answer_that_does_not_come_in_time_is_lost(
    amazon: EmulatedAmazon, http: httpx.Client, *, takes: bool
) -> None:
    """The request ends with the invocation's time, however patient the connection is."""
    amazon.script_apply([hangs(takes=takes)])

    with pytest.raises(AnswerLostError, match=r"lost: ReadTimeout.*; Amazon may have taken it"):
        post(begin(amazon, http, seconds=0.2))()


def test_an_answer_that_is_still_coming_when_time_is_up_is_lost(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """A body is read for as long as there is time, and no longer."""
    release = threading.Event()
    answer = Answer(400, b"x" * 100_000)
    amazon.script_apply([Step(answer=answer, manner=Manner.HELD, until=release)])
    invocation = begin(amazon, http)
    applied = crew.submit(invocation.apply_one, batch("rec-1"))
    amazon.wait_until_in_flight(1)
    invocation.clock.now += 1_000
    release.set()

    error = applied.result().error
    assert isinstance(error, AnswerLostError)
    assert "the answer was still coming when time was up" in str(error)
    assert applied.result().seconds == 1_000


class Watched(threading.Event):
    """An event that tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, and tell."""
        self.awaited.set()
        return super().wait(timeout)


class ThenTimeIsUp(list[ApplyBatch]):
    """Batches after which, once they are submitted and the first one's answer hangs, time is up."""

    def __init__(self, batches: list[ApplyBatch], *, clock: FakeClock, hanging: Watched) -> None:
        super().__init__(batches)
        self._clock = clock
        self._hanging = hanging

    def __iter__(self) -> Iterator[Any]:
        """Yield the batches, then let time pass."""
        yield from super().__iter__()
        assert self._hanging.awaited.wait(PATIENCE_SECONDS)
        self._clock.now += 1_000


def test_when_time_is_up_each_batch_gets_the_result_that_it_has(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Hanging or trickling: lost. Answered meanwhile: the answer. Still waiting: not sent."""
    first, third = Watched(), Watched()
    amazon.script_apply([trickles(until=first), Step(), hangs(until=third)])
    invocation = begin(amazon, http)
    clock = invocation.clock
    batches = ThenTimeIsUp(accounts(4), clock=clock, hanging=first)
    results = invocation.client.apply(batches)

    given_up = next(results)
    clock.now -= 1_000  # so that the one thread there is goes on with the second and the third
    first.set()
    assert third.awaited.wait(PATIENCE_SECONDS)
    answered, hanging, waiting = results
    third.set()

    assert [result.batch for result in (given_up, answered, hanging, waiting)] == accounts(4)
    assert answered.error is None
    assert isinstance(given_up.error, AnswerLostError)
    assert isinstance(hanging.error, AnswerLostError)
    assert "had not come when the invocation's time was up" in str(hanging.error)
    assert isinstance(waiting.error, OutOfTimeError)
    assert "no request was made for 1 recommendation of A0000000000003" in str(waiting.error)
    assert len(amazon.apply_requests) == 3


def test_who_stops_listening_stops_the_requests(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """Results that nobody takes are not worth requests that were not begun."""
    release = Watched()
    amazon.script_apply([Step(), hangs(until=release)])
    results = begin(amazon, http).client.apply(accounts(9))
    next(results)
    assert release.awaited.wait(PATIENCE_SECONDS)
    del results
    release.set()

    assert len(amazon.apply_requests) == 2


def test_refused_credentials_end_what_waits(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """Of nine batches with two under way, one is refused and the other accepted; no third."""
    refusal, release = threading.Event(), threading.Event()
    amazon.script_apply([held(403, until=refusal), hangs(until=release)])
    results = begin(amazon, http, max_concurrent_requests=2).client.apply(accounts(9))
    first = crew.submit(next, results)
    amazon.wait_until_in_flight(2)
    refusal.set()
    refused = [first.result()] + [crew.submit(next, results).result() for _ in range(7)]
    release.set()
    [accepted] = results

    assert {type(result.error) for result in refused} == {CredentialsRefusedError}
    assert accepted.error is None
    assert len(amazon.apply_requests) == 2


def test_an_unavailable_service_may_say_when_to_come_back(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """A 503 with Retry-After is waited for as a 429 is, fractions of a second included."""
    amazon.script_apply([answers(503, headers={"Retry-After": "2.5"})])
    invocation = begin(amazon, http)

    result = invocation.apply_one(batch("rec-1"))

    assert result.error is None
    assert invocation.clock.slept == [2.5]


def test_a_burst_of_429_waits_and_goes_on(
    amazon: EmulatedAmazon, http: httpx.Client, crew: ThreadPoolExecutor
) -> None:
    """16 requests that are throttled together are all accepted after the wait."""
    release = threading.Event()
    throttled = Answer(429, b"", {"Retry-After": "1"})
    amazon.script_apply([Step(answer=throttled, manner=Manner.HELD, until=release)] * 16)
    invocation = begin(amazon, http, max_concurrent_requests=16)
    applied = crew.submit(invocation.apply, *(batch(f"rec-{n}", account=n) for n in range(1, 41)))
    amazon.wait_until_in_flight(16)
    release.set()

    assert [result.error for result in applied.result().values() if result.error] == []
    assert len(amazon.accepted) == 40


def test_refused_credentials_are_dropped_with_their_token(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """After a 403 the next invocation reads the secret anew and asks for another token."""
    amazon.script_apply([answers(403, {"code": "NOT_AUTHORIZED"})])
    invocation = begin(amazon, http)
    invocation.apply_one(batch("rec-1"))

    invocation.exchange.login.access_token(http, invocation.exchange.pacing)

    assert len(amazon.token_requests) == 2
    assert invocation.secret.reads == 2


def test_one_failing_account_leaves_the_others_alone(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Its own further requests are not made; everybody else's are accepted."""
    amazon.script_apply([answers(500)] * 4)
    invocation = begin(amazon, http)
    bad = [batch(f"bad-{n}", account=1) for n in range(5)]
    good = [batch(f"good-{n}", account=n) for n in range(2, 8)]

    results = invocation.apply(*bad, *good)

    assert sorted(amazon.accepted) == [f"good-{n}" for n in range(2, 8)]
    assert all(isinstance(results[f"bad-{n}"].error, UnavailableError) for n in range(5))
    assert len(amazon.apply_requests) == 4 + 6


def test_the_request_ids_of_every_try_are_kept(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """The latest first: it is the one to quote."""
    amazon.script_apply(
        [
            answers(500, headers={"x-amz-rid": "FIRST"}),
            answers(429, headers={"x-amz-rid": "SECOND", "Retry-After": "3600"}),
        ]
    )

    result = begin(amazon, http).apply_one(batch("rec-1"))

    assert [each for each in result.request_ids if each in ("FIRST", "SECOND")] == [
        "SECOND",
        "FIRST",
    ]

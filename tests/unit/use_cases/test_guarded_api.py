"""The API behind its breaker: who may send, who only tries, and what is learnt from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.errors import (
    AnswerLostError,
    BreakerOpenError,
    CredentialsRefusedError,
    LedgerUnavailableError,
    OutOfTimeError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.outcome import ApplyResult, Failure, StatusResult
from recommendation_applier.domain.reasons import AcceptedReason
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from tests.builders import NOW, batch
from tests.fakes import FakePartnerOpportunities, accept_all, nothing_known
from tests.memory_ledger import MemoryLedger

MINUTE = timedelta(minutes=1)
SHAKEN = Breaker(strikes=3, pauses=1, open_until=NOW, version=3)
"""Its pause is over: the first one to send must only try."""

FAILURES = [ThrottledError("429"), UnavailableError("503"), AnswerLostError("reset")]
NO_WORD = [CredentialsRefusedError("invalid_grant"), OutOfTimeError("time is up")]

Answer = Callable[[ApplyBatch], ApplyResult]


@dataclass
class Store(MemoryLedger):
    """A ledger that counts how often the breaker is read, and may refuse to."""

    reads: int = 0
    saved: list[Breaker] = field(default_factory=list)
    refuses: bool = False
    is_down: bool = False

    def read_breaker(self) -> Breaker:
        """See the port."""
        self.reads += 1
        if self.is_down:
            raise LedgerUnavailableError("reading the breaker failed")
        return super().read_breaker()

    def save_breaker(self, breaker: Breaker) -> bool:
        """See the port."""
        if self.refuses or not super().save_breaker(breaker):
            return False
        self.saved.append(breaker)
        return True


class World:
    """An API, what everybody knows of it, and a clock."""

    def __init__(self, breaker: Breaker | None = None) -> None:
        self.store = Store(breaker=breaker or Breaker())
        self.amazon = FakePartnerOpportunities()
        self.now: datetime = NOW

    def invocation(self) -> GuardedPartnerOpportunities:
        """Begin an invocation."""
        return GuardedPartnerOpportunities(self.amazon, self.store, lambda: self.now)

    def send(self, *accounts: int) -> list[ApplyResult]:
        """Send one batch for each of *accounts* in an invocation of its own."""
        api = self.invocation()
        if api.refusal() is not None:
            return []
        results = list(api.apply(batches(*accounts)))
        api.learn()
        return results


def batches(*accounts: int) -> list[ApplyBatch]:
    """Make one batch for each account."""
    return [batch(f"rec-{number}", account=number) for number in accounts]


def failing(error: RetryableError | RefusedError, *accounts: int) -> Answer:
    """Answer *accounts* (all, if none is named) with *error*, and the others with 202."""
    owners = {each.advertiser for each in batches(*accounts)}

    def answer(asked: ApplyBatch) -> ApplyResult:
        if owners and asked.advertiser not in owners:
            return accept_all(asked)
        return ApplyResult(asked, {}, unanswered=asked.recommendation_ids, error=error)

    return answer


def reasons(results: list[ApplyResult]) -> list[str]:
    """Name what kept each from being answered."""
    return [each.error.__class__.__name__ if each.error else "" for each in results]


# --- While everything is well --------------------------------------------------------------------


def test_a_healthy_api_costs_one_read_and_no_write() -> None:
    """However much is sent and asked."""
    world = World()
    api = world.invocation()

    assert api.refusal() is None
    assert api.refusal() is None
    list(api.apply(batches(1, 2)))
    list(api.application_status(batches(3)))
    api.learn()

    assert world.store.reads == 1
    assert world.store.saved == []
    assert world.amazon.trials == 0


def test_requests_and_results_pass_through() -> None:
    """In the order in which they come."""
    world = World()
    api = world.invocation()
    sent, asked = batches(1, 2), batches(3, 4)

    assert list(api.apply(sent)) == [accept_all(each) for each in sent]
    assert list(api.application_status(asked)) == [nothing_known(each) for each in asked]
    assert (world.amazon.applied, world.amazon.asked) == (sent, asked)


def test_who_sends_nothing_learns_nothing() -> None:
    """Nothing is read or written for an invocation without requests."""
    world = World()
    api = world.invocation()

    assert list(api.apply([])) == []
    assert list(api.application_status([])) == []
    api.learn()

    assert world.store.reads == 0
    assert world.store.saved == []


# --- Counting failures ---------------------------------------------------------------------------


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_an_invocation_without_one_answer_is_a_strike(error: RetryableError) -> None:
    """However many requests it made for one account or two."""
    world = World()
    world.amazon.answer = failing(error)

    world.send(1, 1, 2)

    assert world.store.breaker == Breaker(strikes=1, version=1)


def test_three_accounts_that_fail_open_it_at_once() -> None:
    """The same account under two opportunities counts as two."""
    for sent in (batches(1, 2, 3), [*batches(1, 2), batch(opportunity="another")]):
        world = World()
        world.amazon.answer = failing(UnavailableError("503"))
        api = world.invocation()
        assert api.refusal() is None
        list(api.apply(sent))
        api.learn()

        assert world.store.breaker.open_until == NOW + MINUTE


@pytest.mark.parametrize("error", NO_WORD, ids=lambda error: type(error).__name__)
def test_what_says_nothing_of_the_apis_health_is_no_strike(error: RetryableError) -> None:
    """Amazon may be well, for all that is known."""
    world = World()
    world.amazon.answer = failing(error)

    world.send(1, 2, 3)

    assert world.store.saved == []


def test_one_answer_is_enough() -> None:
    """What failed is the trouble of its account."""
    world = World(Breaker(strikes=2, version=2))
    world.amazon.answer = failing(UnavailableError("503"), 1, 2, 3)

    world.send(1, 2, 3, 4)

    assert world.store.breaker == Breaker(version=3)


def test_a_refusal_is_an_answer() -> None:
    """Amazon is there, and says what is wrong with the request."""
    world = World(Breaker(strikes=2, version=2))
    world.amazon.answer = failing(RefusedError("400"))

    world.send(1)

    assert world.store.breaker == Breaker(version=3)


@pytest.mark.parametrize(
    "named",
    [
        {"accepted": {"rec-1": AcceptedReason.ACCEPTED}},
        {"accepted": {}, "failures": (Failure("rec-1", "X", "x"),)},
    ],
    ids=["accepted", "failed"],
)
def test_an_answer_that_names_some_of_the_ids_is_an_answer(named: dict[str, object]) -> None:
    """Even if nothing is known of the others."""
    world = World(Breaker(strikes=2, version=2))
    world.amazon.answer = lambda asked: ApplyResult(
        asked,
        unanswered=("rec-2",),
        error=AnswerLostError("422"),
        **named,  # type: ignore[arg-type] # parametrized
    )

    world.send(1)

    assert world.store.breaker == Breaker(version=3)


def test_a_status_that_is_not_answered_is_a_strike_too() -> None:
    """Both operations are one API."""
    world = World()
    world.amazon.answer_status = lambda asked: StatusResult(asked, {}, UnavailableError("503"))
    api = world.invocation()
    assert api.refusal() is None
    list(api.application_status(batches(1)))
    api.learn()

    assert world.store.breaker == Breaker(strikes=1, version=1)


def test_an_invocation_counts_once_however_often_it_learns() -> None:
    """What it met in the end is what is known of it."""
    world = World()
    world.amazon.answer = failing(UnavailableError("503"), 1)
    api = world.invocation()
    assert api.refusal() is None
    for _ in range(3):
        list(api.apply(batches(1)))
        api.learn()
    after_failures = world.store.breaker

    list(api.apply(batches(2)))
    api.learn()

    assert after_failures == Breaker(strikes=1, version=1)
    assert world.store.breaker == Breaker(version=2)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(UnavailableError("503"), 60), (ThrottledError("429", retry_after=90), 90)],
    ids=["no-answer", "asked-to-wait"],
)
def test_what_an_invocation_learns_holds_for_itself(error: RetryableError, seconds: int) -> None:
    """It sends nothing more, as if it had found the breaker open."""
    world = World(Breaker(strikes=2, version=2))
    world.amazon.answer = failing(error, 1)
    api = world.invocation()
    assert api.refusal() is None
    list(api.apply(batches(1)))
    api.learn()

    refusal = api.refusal()
    (result,) = api.apply(batches(2))

    assert isinstance(refusal, BreakerOpenError)
    assert refusal.retry_after == seconds
    assert result.error is refusal
    assert world.amazon.applied == batches(1)


# --- Waiting as asked ----------------------------------------------------------------------------


def test_the_longest_wait_that_amazon_asked_for_is_kept() -> None:
    """By an API that answers others."""
    world = World()
    waits = {1: 20.0, 2: 30.0, 3: 10.0}

    def answer(asked: ApplyBatch) -> ApplyResult:
        for account, seconds in waits.items():
            if asked.advertiser == batches(account)[0].advertiser:
                return failing(ThrottledError("429", retry_after=seconds))(asked)
        return accept_all(asked)

    world.amazon.answer = answer

    world.send(1, 2, 3, 4)

    assert world.store.breaker == Breaker(open_until=NOW + timedelta(seconds=30), version=1)


def test_a_wait_forgets_the_strikes_before_it() -> None:
    """One change, though two things were learnt."""
    world = World(Breaker(strikes=2, version=2))
    world.amazon.answer = failing(ThrottledError("429", retry_after=20), 1)

    world.send(1, 2)

    assert world.store.breaker == Breaker(open_until=NOW + timedelta(seconds=20), version=3)


def test_who_is_only_asked_to_wait_does_so_at_once() -> None:
    """An invocation that nobody answered otherwise."""
    world = World()
    world.amazon.answer = failing(ThrottledError("429", retry_after=90))

    world.send(1)

    assert world.store.breaker.open_until == NOW + timedelta(seconds=90)


# --- While it is open ----------------------------------------------------------------------------


def test_while_it_is_open_nothing_is_sent() -> None:
    """The refusal says for how long; results say it for each batch."""
    world = World(Breaker(strikes=3, pauses=1, open_until=NOW + MINUTE, version=3))
    api = world.invocation()
    sent, asked = batches(1, 2), batches(3)

    refusal = api.refusal()
    results = list(api.apply(sent))
    statuses = list(api.application_status(asked))
    api.learn()

    assert isinstance(refusal, BreakerOpenError)
    assert refusal.retry_after == 60
    assert str(refusal) == (
        "no request was made: the API did not answer, or asked to wait, and is left alone for "
        "another 60 s"
    )
    assert results == [
        ApplyResult(each, {}, unanswered=each.recommendation_ids, error=refusal) for each in sent
    ]
    assert statuses == [StatusResult(each, {}, refusal) for each in asked]
    assert (world.amazon.applied, world.amazon.asked) == ([], [])
    assert world.store.saved == []


def test_after_a_wait_that_was_asked_for_everybody_sends_at_once() -> None:
    """An API that asks to wait is well."""
    world = World(Breaker(open_until=NOW, version=1))

    world.send(1, 2)

    assert world.amazon.trials == 0
    assert len(world.amazon.applied) == 2


def test_without_the_ledger_nothing_is_sent() -> None:
    """Nor is it asked again: an invocation has more to do."""
    world = World()
    world.store.is_down = True
    api = world.invocation()

    refusal = api.refusal()
    (result,) = api.apply(batches(1))
    api.learn()

    assert isinstance(refusal, LedgerUnavailableError)
    assert result.error is refusal
    assert world.store.reads == 1
    assert world.amazon.applied == []


@pytest.mark.parametrize("error", [None, *NO_WORD], ids=["answered", "credentials", "time"])
def test_a_wait_that_is_over_is_not_worth_a_write(error: RetryableError | None) -> None:
    """It keeps nobody from sending."""
    world = World(Breaker(open_until=NOW - MINUTE, version=1))
    world.amazon.answer = failing(error) if error else accept_all

    world.send(1)

    assert world.store.saved == []


# --- Trying after a pause ------------------------------------------------------------------------


def test_after_the_pause_one_request_goes_first() -> None:
    """The rest follows once it is answered, and the failures are forgotten."""
    world = World(SHAKEN)

    results = world.send(1, 1, 2)

    assert len(results) == 3
    assert world.amazon.trials == 1
    assert world.amazon.applied == batches(1, 1, 2)
    assert world.store.saved == [
        Breaker(strikes=3, pauses=1, open_until=NOW + 5 * MINUTE, version=4),
        Breaker(version=5),
    ]


def test_while_one_tries_the_others_wait() -> None:
    """They are told so before they claim anything."""
    world = World(SHAKEN)
    assert world.invocation().refusal() is None

    refusal = world.invocation().refusal()

    assert isinstance(refusal, BreakerOpenError)
    assert refusal.retry_after == 300


def test_of_two_that_want_to_try_at_once_one_does() -> None:
    """The other one found the breaker as it was before."""
    world = World(SHAKEN)
    world.store.refuses = True
    api = world.invocation()

    refusal = api.refusal()
    (result,) = api.apply(batches(1))
    api.learn()

    assert isinstance(refusal, BreakerOpenError)
    assert str(refusal) == (
        "no request was made: the API did not answer, and another invocation is finding out "
        "whether it does again"
    )
    assert result.error is refusal
    assert world.amazon.applied == []


def test_a_try_that_fails_sends_nothing_more() -> None:
    """Three accounts are tried, each once; the pause doubles."""
    world = World(SHAKEN)
    world.amazon.answer = failing(UnavailableError("503"))

    results = world.send(1, 1, 2, 3, 4)

    assert world.amazon.applied == batches(1, 2, 3)
    assert world.amazon.trials == 3
    assert reasons(results) == ["UnavailableError"] * 3 + ["BreakerOpenError"] * 2
    assert [
        each.error.retry_after for each in results[3:] if isinstance(each.error, RetryableError)
    ] == [120, 120]
    assert world.store.breaker == Breaker(
        strikes=4, pauses=2, open_until=NOW + 2 * MINUTE, version=5
    )


def test_a_try_that_failed_is_counted_from_when_it_did() -> None:
    """What the invocation does afterwards does not make the pause longer."""
    world = World(SHAKEN)
    world.amazon.answer = failing(UnavailableError("503"))
    api = world.invocation()
    assert api.refusal() is None
    list(api.apply(batches(1)))

    world.now += MINUTE
    api.learn()

    assert world.store.breaker.open_until == NOW + 2 * MINUTE
    assert len(world.store.saved) == 2


def test_an_account_that_is_throttled_does_not_stop_the_one_that_tries() -> None:
    """The others are sent, and the wait is kept for those who come next."""
    world = World(SHAKEN)
    world.amazon.answer = failing(ThrottledError("429", retry_after=20), 1)

    results = world.send(1, 2, 3)

    assert reasons(results) == ["ThrottledError", "", ""]
    assert world.store.breaker == Breaker(open_until=NOW + timedelta(seconds=20), version=5)


def test_a_try_that_fails_asks_nothing_more_either() -> None:
    """The other operation is told the same."""
    world = World(SHAKEN)
    world.amazon.answer = failing(UnavailableError("503"))
    api = world.invocation()
    assert api.refusal() is None
    list(api.apply(batches(1)))

    (result,) = api.application_status(batches(1))
    api.learn()

    assert isinstance(result.error, BreakerOpenError)
    assert world.amazon.asked == []
    assert world.store.breaker.pauses == 2


def test_an_account_with_troubles_of_its_own_does_not_keep_the_others_waiting() -> None:
    """The next account is tried, and answered."""
    world = World(SHAKEN)
    world.amazon.answer = failing(UnavailableError("503"), 1)

    results = world.send(1, 2, 3)

    assert reasons(results) == ["UnavailableError", "", ""]
    assert world.amazon.trials == 2
    assert world.store.breaker == Breaker(version=5)


@pytest.mark.parametrize("error", NO_WORD, ids=lambda error: type(error).__name__)
def test_a_try_that_hears_no_word_of_the_api_does_not_go_on_trying(error: RetryableError) -> None:
    """The client refuses the rest by itself."""
    world = World(SHAKEN)
    world.amazon.answer = failing(error)

    results = world.send(1, 2)

    assert reasons(results) == [type(error).__name__] * 2
    assert world.amazon.trials == 1
    assert world.store.breaker == Breaker(strikes=3, pauses=1, version=5)


def test_asking_about_something_is_a_try_as_well() -> None:
    """Once it is answered everything may be sent."""
    world = World(SHAKEN)
    api = world.invocation()
    assert api.refusal() is None

    list(api.apply([]))
    list(api.application_status(batches(1, 2)))
    list(api.apply(batches(3)))
    api.learn()

    assert world.amazon.trials == 1
    assert world.amazon.asked == batches(1, 2)
    assert world.store.breaker == Breaker(version=5)


def test_who_has_nothing_to_send_lets_the_next_one_try() -> None:
    """All that it had was settled already."""
    world = World(SHAKEN)
    api = world.invocation()
    assert api.refusal() is None

    api.learn()

    assert world.store.breaker == Breaker(strikes=3, pauses=1, version=5)
    assert world.invocation().refusal() is None


# --- Whatever happens ----------------------------------------------------------------------------


@given(
    rounds=st.lists(
        st.tuples(
            st.lists(st.integers(1, 3), max_size=4),
            st.sampled_from([None, *FAILURES, *NO_WORD, RefusedError("400")]),
            st.sampled_from([0, 1, 3, 20]),
        ),
        max_size=8,
    )
)
def test_each_batch_has_one_result_and_none_is_sent_while_it_is_open(
    rounds: list[tuple[list[int], RetryableError | RefusedError | None, int]],
) -> None:
    """Whatever Amazon answers, and however the invocations come."""
    world = World()
    for accounts, error, minutes in rounds:
        world.now += minutes * MINUTE
        world.amazon.answer = accept_all if error is None else failing(error)
        world.amazon.applied.clear()
        before = world.store.breaker
        api = world.invocation()
        sent = batches(*accounts)

        results = list(api.apply(sent))
        api.learn()

        assert sorted(str(each.batch) for each in results) == sorted(map(str, sent))
        if before.seconds_open(world.now):
            assert world.amazon.applied == []
        elif before.is_shaken and isinstance(error, tuple(map(type, FAILURES))):
            assert len(world.amazon.applied) <= 3
        else:
            assert len(world.amazon.applied) == len(sent)


def test_a_days_outage_costs_at_most_three_requests_a_quarter_of_an_hour() -> None:
    """However many invocations come: 2,000 deliveries an hour make no difference."""
    world = World()
    world.amazon.answer = failing(UnavailableError("503"))
    while world.now < NOW + timedelta(hours=24):
        world.send(1, 2, 3, 4, 5)
        world.now += timedelta(seconds=30)

    assert len(world.amazon.applied) <= 5 + 3 * 99


# --- What two invocations learn at once ----------------------------------------------------------


@dataclass
class Contested(MemoryLedger):
    """A ledger in which somebody else saves first, once; then it may be down."""

    is_down: bool = False
    others: int = 1

    def read_breaker(self) -> Breaker:
        """See the port."""
        if self.is_down and not self.others:
            raise LedgerUnavailableError("reading the breaker failed")
        return super().read_breaker()

    def save_breaker(self, breaker: Breaker) -> bool:
        """See the port."""
        if self.others:
            self.others -= 1
            super().save_breaker(Breaker(strikes=1, version=1))
        return super().save_breaker(breaker)


def throttled(store: MemoryLedger) -> GuardedPartnerOpportunities:
    """Meet a 429 that asks for an hour, and learn from it."""
    error = ThrottledError("429 at noon", retry_after=3600.0)
    api = FakePartnerOpportunities(
        answer=lambda each: ApplyResult(each, {}, (), each.recommendation_ids, error)
    )
    guarded = GuardedPartnerOpportunities(api, store, lambda: NOW)
    list(guarded.apply([batch("rec-1")]))
    guarded.learn()
    return guarded


def test_what_amazon_asked_for_counts_whoever_saves_first() -> None:
    """The breaker is read once more, and kept with both lessons."""
    store = Contested()

    refusal = throttled(store).refusal()

    assert store.breaker == Breaker(2, 1, NOW + timedelta(hours=1), version=2)
    assert store.breaker.because == "429 at noon"
    assert "the last answer: 429 at noon" in str(refusal)


def test_who_cannot_read_what_others_learnt_sends_nothing_more() -> None:
    """Nobody knows then whether the API is to be left alone."""
    refusal = throttled(Contested(is_down=True)).refusal()

    assert isinstance(refusal, LedgerUnavailableError)


def test_an_answer_leaves_nothing_to_be_told() -> None:
    """The failures before it are forgotten, their sentence too."""
    store = MemoryLedger(breaker=Breaker(strikes=1, version=1, because="503"))
    guarded = GuardedPartnerOpportunities(FakePartnerOpportunities(), store, lambda: NOW)
    list(guarded.apply([batch("rec-1")]))

    guarded.learn()

    assert (store.breaker.strikes, store.breaker.because) == (0, "")

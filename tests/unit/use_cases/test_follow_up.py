"""Accepted -> applied, tick by tick."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
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
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState, begin
from recommendation_applier.domain.ledger import BatchRecord, Verdict
from recommendation_applier.domain.outcome import StatusResult
from recommendation_applier.use_cases.follow_up import (
    RECORDS_AT_ONCE,
    EndedApplication,
    FollowUp,
    FollowUpReport,
)
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from tests.builders import EXPIRY, NOW, OPPORTUNITY, advertiser
from tests.fakes import FakePartnerOpportunities
from tests.memory_ledger import MemoryLedger

MINUTE = timedelta(minutes=1)
DUE = NOW + 10 * MINUTE
"""When what was accepted at NOW is first asked about."""
DAY = timedelta(days=1)


@dataclass
class Store(MemoryLedger):
    """A ledger that can refuse to keep, or to say what is due."""

    keeps: Callable[[BatchRecord], bool] = lambda _: True
    is_down: bool = False
    looks: int = 0

    def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
        """See the port."""
        self.looks += 1
        if self.is_down:
            raise LedgerUnavailableError("asking what is due failed")
        return super().due(now, limit=limit)

    def save(self, record: BatchRecord, *, checks: int) -> bool:
        """See the port."""
        return self.keeps(record) and super().save(record, checks=checks)


@dataclass
class World:
    """The fakes around the follow-up; *statuses* is what Amazon says, by recommendation id."""

    store: Store = field(default_factory=Store)
    amazon: FakePartnerOpportunities = field(default_factory=FakePartnerOpportunities)
    statuses: dict[str, str] = field(default_factory=dict)
    campaign_ids: dict[str, str] = field(default_factory=dict)
    told: list[EndedApplication] = field(default_factory=list)
    now: datetime = DUE
    rounds: int = 1_000
    """How often there is still time."""

    def __post_init__(self) -> None:
        """Let Amazon answer."""
        self.amazon.answer_status = self.answer

    def answer(self, batch: ApplyBatch) -> StatusResult:
        """Say what is known of a batch."""
        ids = batch.recommendation_ids
        return StatusResult(
            batch,
            {each: self.statuses[each] for each in ids if each in self.statuses},
            campaign_ids={
                each: self.campaign_ids[each] for each in ids if each in self.campaign_ids
            },
        )

    def accept(
        self,
        *recommendation_ids: str,
        account: int = 1,
        token: str = "invocation",
        number: int = 0,
        at: datetime = NOW,
    ) -> None:
        """Record that Amazon has accepted some."""
        assert self.store.add_record(
            BatchRecord(
                token=token,
                number=number,
                partner_opportunity_id=OPPORTUNITY,
                advertiser=advertiser(account),
                verdicts={Verdict.ACCEPTED: recommendation_ids},
                recorded_at=at,
                kept_until=EXPIRY,
                follow_up=begin(recommendation_ids, now=at),
            )
        )

    def tick(
        self, *, tell: Callable[[Sequence[EndedApplication]], None] | None = None
    ) -> FollowUpReport:
        """Run the scheduled function once."""
        self.amazon.asked.clear()
        return FollowUp(
            api=GuardedPartnerOpportunities(self.amazon, self.store, lambda: self.now),
            store=self.store,
            clock=lambda: self.now,
            tell=tell or self.told.extend,
            time_is_up=self._time_is_up,
        ).run()

    def _time_is_up(self) -> bool:
        self.rounds -= 1
        return self.rounds < 0

    @property
    def asked(self) -> list[tuple[str, ...]]:
        """The ids of each request of the last tick."""
        return [batch.recommendation_ids for batch in self.amazon.asked]

    def state(self, token: str = "invocation", number: int = 0) -> FollowUpState:
        """Give how far a record is."""
        state = self.store.records[token, number].follow_up
        assert state is not None
        return state


def failing(
    error: RetryableError | RefusedError, *accounts: int
) -> Callable[[ApplyBatch], StatusResult]:
    """Answer requests about *accounts* with *error*, and others with nothing known."""
    owners = [advertiser(account) for account in accounts]
    return lambda batch: StatusResult(batch, {}, error if batch.advertiser in owners else None)


# --- What is asked -------------------------------------------------------------------------------


def test_nothing_is_asked_before_it_is_due() -> None:
    """Not even how the API is."""
    world = World(now=DUE - MINUTE)
    world.accept("rec-1")
    world.store.breaker = Breaker(strikes=3, pauses=1, open_until=NOW + DAY)

    assert world.tick() == FollowUpReport()
    assert world.asked == []


def test_what_is_applied_is_never_asked_about_again() -> None:
    """It is settled: nothing is told, nothing is due."""
    world = World(statuses={"rec-1": "SUCCESS", "rec-2": "SUCCESS"})
    world.accept("rec-1", "rec-2")

    report = world.tick()

    assert (report.checked, report.applied, report.pending) == (2, 2, 0)
    assert report.ended == []
    assert report.failure is None
    assert world.state() == FollowUpState((), None, checks=1)
    world.now += DAY
    assert world.tick() == FollowUpReport()
    assert world.asked == []


def test_only_what_is_pending_is_asked_about_the_next_time() -> None:
    """A tick that comes before that asks nothing."""
    world = World(statuses={"rec-1": "SUCCESS", "rec-2": "IN_PROGRESS"})
    world.accept("rec-1", "rec-2", "rec-3")

    first = world.tick()
    world.now += 9 * MINUTE
    between = world.tick()
    world.now += MINUTE
    world.tick()

    assert (first.checked, first.applied, first.pending) == (3, 1, 2)
    assert between == FollowUpReport()
    assert world.asked == [("rec-2", "rec-3")]


def test_650_ids_of_an_account_are_asked_about_in_two_requests() -> None:
    """Up to 500 a request, from as many records as there are; the next tick asks nothing."""
    world = World()
    for number in range(7):
        ids = [f"rec-{each}" for each in range(100 * number, min(100 * number + 100, 650))]
        world.accept(*ids, number=number)
        world.statuses |= dict.fromkeys(ids, "SUCCESS")

    report = world.tick()

    assert [len(each) for each in world.asked] == [500, 150]
    assert (report.checked, report.applied) == (650, 650)
    assert len(report.results) == 2
    world.now += DAY
    world.tick()
    assert world.asked == []


def test_650_ids_of_three_accounts_are_asked_about_in_three_requests() -> None:
    """A request speaks for one account."""
    world = World()
    for account in (1, 2, 3):
        for number in range(3):
            ids = [f"rec-{account}-{number}-{each}" for each in range(72 if number else 73)]
            world.accept(*ids, account=account, token=f"invocation-{account}", number=number)

    report = world.tick()

    assert [len(each) for each in world.asked] == [217, 217, 217]
    assert (report.checked, report.pending) == (651, 651)


def test_one_tick_does_everything_that_is_due() -> None:
    """However many records that are."""
    world = World()
    for number in range(RECORDS_AT_ONCE + 1):
        world.accept(f"rec-{number}", number=number)

    report = world.tick()

    assert report.checked == RECORDS_AT_ONCE + 1
    assert [len(each) for each in world.asked] == [RECORDS_AT_ONCE, 1]
    assert report.failure is None


# --- How applications end ------------------------------------------------------------------------


def test_each_failed_application_is_named_once() -> None:
    """With all that is needed to look into it."""
    world = World(
        statuses={"rec-1": "FAILED", "rec-2": "REJECTED", "rec-3": "SUCCESS"},
        campaign_ids={"rec-1": "C1", "rec-3": "C3"},
    )
    world.accept("rec-1", "rec-2", "rec-3", "rec-4", account=7)

    report = world.tick()
    world.now += DAY
    world.tick()

    assert world.told == [
        EndedApplication(
            "rec-1", ApplicationEnd.FAILED, OPPORTUNITY, advertiser(7), NOW, campaign_id="C1"
        ),
        EndedApplication("rec-2", ApplicationEnd.REJECTED, OPPORTUNITY, advertiser(7), NOW),
    ]
    assert report.ended == world.told
    assert (report.checked, report.applied, report.pending) == (4, 1, 1)
    assert world.asked == [("rec-4",)]


def test_an_application_that_is_never_settled_is_given_up_by_name() -> None:
    """A week after it was accepted."""
    world = World(statuses={"rec-1": "IN_PROGRESS"})
    world.accept("rec-1")
    ticks = 0
    while world.store.due(world.now, limit=1):
        world.tick()
        ticks += 1
        world.now = world.state().due or world.now

    (given_up,) = world.told
    assert given_up.end is ApplicationEnd.UNSETTLED
    assert NOW + 7 * DAY <= world.now < NOW + 8 * DAY
    assert ticks < 25


def test_what_a_crash_left_untold_is_told_at_the_next_check() -> None:
    """Amazon is not asked again for that."""
    world = World(statuses={"rec-1": "FAILED"})
    world.accept("rec-1")

    def crash(_: Sequence[EndedApplication]) -> None:
        raise MemoryError("the function was killed")

    with pytest.raises(MemoryError, match="killed"):
        world.tick(tell=crash)
    world.now += 10 * MINUTE
    report = world.tick()

    assert [each.recommendation_id for each in world.told] == ["rec-1"]
    assert report.ended == world.told
    assert (report.checked, report.applied, report.pending) == (0, 0, 0)
    assert world.asked == []
    assert world.state().due is None


def test_what_could_not_be_marked_as_told_is_told_again() -> None:
    """Once too often is better than never; the application itself has one end."""
    world = World(statuses={"rec-1": "FAILED", "rec-2": "IN_PROGRESS"})
    world.accept("rec-1", "rec-2")
    world.store.keeps = lambda record: bool(record.follow_up and record.follow_up.untold)
    world.tick()
    world.store.keeps = lambda _: True
    world.now += 10 * MINUTE

    report = world.tick()

    assert [each.recommendation_id for each in world.told] == ["rec-1", "rec-1"]
    assert (report.checked, report.applied, report.pending) == (1, 0, 1)
    assert world.state().untold == ()


def test_of_two_ticks_at_once_one_tells() -> None:
    """The other finds that the record has changed since it looked."""
    world = World(statuses={"rec-1": "FAILED", "rec-2": "SUCCESS"})
    world.accept("rec-1", "rec-2")
    inner: list[FollowUpReport] = []

    def answer(batch: ApplyBatch) -> StatusResult:
        if not inner:
            inner.append(FollowUpReport())
            inner[0] = world.tick()
        return world.answer(batch)

    world.amazon.answer_status = answer

    outer = world.tick()

    assert [each.recommendation_id for each in world.told] == ["rec-1"]
    assert (inner[0].checked, inner[0].applied, len(inner[0].ended)) == (2, 1, 1)
    assert (outer.checked, outer.applied, len(outer.ended)) == (0, 0, 0)


def test_campaigns_are_told_of_whatever_request_named_them() -> None:
    """Two accounts are two answers."""
    world = World(
        statuses={"rec-1": "FAILED", "rec-2": "FAILED"},
        campaign_ids={"rec-1": "C1", "rec-2": "C2"},
    )
    world.accept("rec-1", account=1)
    world.accept("rec-2", account=2, number=1)

    report = world.tick()

    assert {each.recommendation_id: each.campaign_id for each in world.told} == {
        "rec-1": "C1",
        "rec-2": "C2",
    }
    assert [each.campaign_ids for each in report.results] == [{"rec-1": "C1"}, {"rec-2": "C2"}]


# --- When something fails ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError("429"),
        UnavailableError("503"),
        AnswerLostError("reset"),
        RefusedError("400"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_account_that_fails_does_not_hold_up_the_others(
    error: RetryableError | RefusedError,
) -> None:
    """Its next check is put off, like after an answer."""
    world = World()
    world.amazon.answer_status = failing(error, 1)
    world.accept("rec-1", account=1)
    world.accept("rec-2", account=2, number=1)

    report = world.tick()

    assert report.failure is None
    assert (report.checked, report.pending) == (2, 2)
    assert world.state() == FollowUpState(("rec-1",), DUE + 10 * MINUTE, checks=1)
    assert world.state(number=1) == FollowUpState(("rec-2",), DUE + 10 * MINUTE, checks=1)


def turned_away(error: RetryableError) -> RetryableError:
    """Make the error of a request that was not made, because of an earlier one."""
    turned = copy(error)
    turned.was_made = False
    return turned


@pytest.mark.parametrize(
    "error",
    [turned_away(CredentialsRefusedError("invalid_grant")), OutOfTimeError("time is up")],
    ids=lambda error: type(error).__name__,
)
def test_what_stops_everybody_leaves_everything_due(error: RetryableError) -> None:
    """Nobody was asked, so that nothing is put off; the tick ends and says why."""
    world = World()
    for number in range(RECORDS_AT_ONCE + 1):
        world.accept(f"rec-{number}", number=number)
    before = dict(world.store.records)
    world.amazon.answer_status = failing(error, 1)

    report = world.tick()

    assert report.failure is error
    assert report.checked == 0
    assert len(report.results) == 1
    assert world.store.records == before


def test_an_account_that_is_refused_holds_up_no_other() -> None:
    """It is put off like one that was answered: the next tick begins with the others."""
    world = World(statuses={"rec-2": "SUCCESS"})
    world.accept("rec-1", account=1)
    world.accept("rec-2", account=2, number=1)
    refused = CredentialsRefusedError("403")

    def answer(asked: ApplyBatch) -> StatusResult:
        first = asked.advertiser == advertiser(1)
        return StatusResult(asked, {}, refused if first else turned_away(refused))

    world.amazon.answer_status = answer
    first = world.tick()
    world.amazon.answer_status = world.answer
    second = world.tick()

    assert first.failure is not None
    assert world.state() == FollowUpState(("rec-1",), DUE + 10 * MINUTE, checks=1)
    assert (second.checked, second.applied) == (1, 1)


def test_what_was_asked_before_the_time_was_up_is_kept() -> None:
    """The account that nobody was asked about stays due."""
    world = World(statuses={"rec-2": "SUCCESS"})
    error = OutOfTimeError("time is up")
    world.amazon.answer_status = lambda batch: (
        StatusResult(batch, {}, error) if batch.advertiser == advertiser(1) else world.answer(batch)
    )
    world.accept("rec-1", account=1)
    world.accept("rec-2", account=2, number=1)

    report = world.tick()

    assert report.failure is error
    assert report.applied == 1
    assert world.state() == FollowUpState(("rec-1",), DUE)
    assert world.state(number=1).pending == ()


def test_a_record_is_kept_whole_or_not_at_all() -> None:
    """Where only some of its ids were asked about, all are asked about again."""
    world = World()
    for number in range(6):
        world.accept(*(f"rec-{number}-{each}" for each in range(90)), number=number)
    error = OutOfTimeError("time is up")
    world.amazon.answer_status = lambda batch: StatusResult(
        batch,
        dict.fromkeys(batch.recommendation_ids, "SUCCESS"),
        error if len(batch.recommendations) < 500 else None,
    )

    report = world.tick()

    assert [len(each) for each in world.asked] == [500, 40]
    assert report.applied == 450
    assert world.state(number=5) == FollowUpState(world.state(number=5).pending, DUE)
    assert len(world.state(number=5).pending) == 90


def test_while_the_api_is_left_alone_nothing_is_asked() -> None:
    """The report says why, and everything stays due."""
    world = World()
    world.accept("rec-1")
    world.store.breaker = Breaker(strikes=3, pauses=1, open_until=DUE + MINUTE)

    report = world.tick()

    assert isinstance(report.failure, BreakerOpenError)
    assert (report.checked, report.results) == (0, [])
    assert world.state().due == DUE


def test_an_api_that_answers_nobody_is_left_alone_by_the_tick_that_finds_out() -> None:
    """What else is due is not asked about, and stays due."""
    world = World()
    for number in range(4 * RECORDS_AT_ONCE):
        world.accept(f"rec-{number}", account=number % 4, number=number)
    world.amazon.answer_status = failing(UnavailableError("503"), 0, 1, 2, 3)

    report = world.tick()

    assert len(world.asked) == 4
    assert isinstance(report.failure, BreakerOpenError)
    assert world.store.breaker.open_until == DUE + MINUTE
    assert len(world.store.due(DUE, limit=1_000)) == 3 * RECORDS_AT_ONCE


def test_a_tick_without_one_answer_is_one_strike() -> None:
    """However many rounds it takes; an answer in any of them is enough."""
    world = World()
    for number in range(RECORDS_AT_ONCE + 1):
        world.accept(f"rec-{number}", number=number)
    world.amazon.answer_status = failing(UnavailableError("503"), 1)

    world.tick()

    assert world.store.breaker == Breaker(strikes=1, version=1)


def test_a_ledger_that_does_not_answer_ends_the_tick() -> None:
    """Nothing is asked, and the report says why."""
    world = World()
    world.accept("rec-1")
    world.store.is_down = True

    report = world.tick()

    assert isinstance(report.failure, LedgerUnavailableError)
    assert world.asked == []


def test_what_cannot_be_kept_is_asked_about_once_a_tick() -> None:
    """It is still due, and would be for ever; nobody is told of what may be known to nobody."""
    world = World(statuses={"rec-1": "FAILED"})
    world.accept("rec-1")
    world.store.keeps = lambda _: False

    report = world.tick()

    assert world.asked == [("rec-1",)]
    assert (report.checked, report.ended, report.failure) == (0, [], None)
    assert world.told == []
    assert world.state() == FollowUpState(("rec-1",), DUE)


def test_records_that_cannot_be_kept_do_not_hide_new_ones() -> None:
    """The same number in another claim is another record."""
    world = World()
    world.accept("rec-1", token="a")
    world.accept("rec-2", token="b")
    world.store.keeps = lambda record: record.token == "b"

    report = world.tick()

    assert report.checked == 1
    assert world.state("b").checks == 1


@pytest.mark.parametrize(("rounds", "checked"), [(0, 0), (1, 100), (2, 200)])
def test_time_that_is_up_ends_the_tick(rounds: int, checked: int) -> None:
    """The next one goes on where this one stopped."""
    world = World(rounds=rounds)
    for number in range(2 * RECORDS_AT_ONCE + 1):
        world.accept(f"rec-{number}", number=number)

    report = world.tick()

    assert report.checked == checked
    assert isinstance(report.failure, OutOfTimeError)
    assert str(report.failure) == "the tick's time was up; the next one goes on"
    world.rounds = 1_000
    assert world.tick().checked == 2 * RECORDS_AT_ONCE + 1 - checked


def test_a_record_without_a_follow_up_is_harmless() -> None:
    """Nobody is asked about it."""

    class Confused(Store):
        def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
            return super().due(now, limit=limit) or list(self.records.values())

    world = World(store=Confused())
    world.accept()

    assert world.tick().checked == 0
    assert world.asked == []


# --- Whatever happens ----------------------------------------------------------------------------

FAILURES: list[RetryableError | RefusedError | None] = [
    None,
    UnavailableError("503"),
    CredentialsRefusedError("invalid_grant"),
    RefusedError("400"),
]
words = st.sampled_from(["SUCCESS", "FAILED", "REJECTED", "IN_PROGRESS", "PUBLISHED", "NEW"])


@given(
    accepted=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=6),
    data=st.data(),
)
def test_every_application_that_fails_is_told_and_every_other_one_is_applied(
    accepted: Sequence[tuple[int, int]], data: st.DataObject
) -> None:
    """Through failures of Amazon and of the ledger, crashes and ticks that come late."""
    world = World()
    ids: list[str] = []
    for number, (account, size) in enumerate(accepted):
        own = [f"rec-{number}-{each}" for each in range(size)]
        world.accept(*own, account=account, number=number)
        ids += own
    ends: dict[str, str] = {each: data.draw(words) for each in ids}
    errors = data.draw(st.lists(st.sampled_from(FAILURES), max_size=6))
    lapses = data.draw(st.lists(st.booleans(), max_size=6))
    world.store.keeps = lambda _: not (lapses and lapses.pop())

    def answer(batch: ApplyBatch) -> StatusResult:
        error = errors.pop() if errors else None
        return world.answer(batch) if error is None else StatusResult(batch, {}, error)

    world.statuses, world.amazon.answer_status = ends, answer
    asked: list[str] = []
    while any(record.follow_up and record.follow_up.due for record in world.store.records.values()):
        before = _pending(world.store.records.values())
        world.tick()
        asked = [each for batch in world.asked for each in batch]
        assert set(asked) <= before
        world.now += timedelta(hours=6)
        assert world.now < NOW + 10 * DAY

    failed = {each for each, end in ends.items() if end != "SUCCESS"}
    assert {each.recommendation_id for each in world.told} == failed
    assert _ends(world.told) == {
        each: ends[each] if ends[each] in {"FAILED", "REJECTED"} else "UNSETTLED" for each in failed
    }


def _pending(records: Collection[BatchRecord]) -> set[str]:
    return {each for record in records if record.follow_up for each in record.follow_up.pending}


def _ends(told: Sequence[EndedApplication]) -> Mapping[str, str]:
    return {each.recommendation_id: each.end.value for each in told}


def test_an_account_that_does_not_answer_at_a_week_is_not_given_up() -> None:
    """One failure at that check says nothing of the application."""
    world = World()
    world.accept("rec-1")
    world.now = DUE + timedelta(days=8)
    world.amazon.answer_status = failing(UnavailableError("503"), 1)

    report = world.tick()

    assert report.ended == []
    assert world.state().pending == ("rec-1",)


def test_records_that_cannot_be_kept_hinder_no_other() -> None:
    """However many they are, and however long they have waited."""

    class Stubborn(Store):
        def save(self, record: BatchRecord, *, checks: int) -> bool:
            return record.number >= RECORDS_AT_ONCE and super().save(record, checks=checks)

    world = World(store=Stubborn())
    for number in range(RECORDS_AT_ONCE + 20):
        world.accept(f"rec-{number}", number=number)

    assert world.tick().checked == 20

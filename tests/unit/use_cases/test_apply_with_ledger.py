"""The spine and its memory: the ledger, the breaker, and what happens when they fail."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import pytest

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.errors import (
    AnswerLostError,
    LedgerUnavailableError,
    UnavailableError,
)
from recommendation_applier.domain.ledger import (
    BatchRecord,
    DecidedBy,
    Entry,
    Known,
    Tombstone,
    Verdict,
)
from recommendation_applier.domain.outcome import ApplyResult, Failure, StatusResult
from recommendation_applier.domain.reasons import AcceptedReason
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from tests.builders import (
    NOW,
    OPPORTUNITY,
    body,
    delivery,
    recommendation,
)
from tests.fakes import (
    accept_all,
)
from tests.ledger_builders import Wanted
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.world import LAST_RECEIVE, LEASE, World, doors, unanswered

# The ledger


class FailingLedger(MemoryLedger):
    """A ledger some of whose doors are shut."""

    def __init__(self, *shut: str) -> None:
        super().__init__()
        self.shut = set(shut)

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """See the port."""
        return {} if "put_new" in self.shut else super().put_new(entries)

    def add_record(self, record: BatchRecord) -> bool:
        """See the port."""
        return "add_record" not in self.shut and super().add_record(record)

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """See the port."""
        if "bury" in self.shut:
            return frozenset()
        return super().bury(tombstones, kept_until=kept_until)

    def read_breaker(self) -> Breaker:
        """See the port."""
        if "read_breaker" in self.shut:
            raise LedgerUnavailableError("reading the breaker failed")
        return super().read_breaker()


@pytest.mark.parametrize("door", ["put_new", "read_breaker"])
def test_without_the_ledger_nothing_is_sent(door: str) -> None:
    """Nobody knows what was sent before; everything stays on the queue."""
    world = World(store=FailingLedger(door))

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", "LEDGER_UNAVAILABLE")]
    assert world.api.applied == []


def test_what_is_not_on_record_is_not_accepted() -> None:
    """Amazon has it, but nobody would know: it stays, and Amazon is asked the next time."""
    store = FailingLedger("add_record")
    world = World(store=store)

    first = world.run(body("rec-1"))
    store.shut.clear()
    world.now += LEASE
    world.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": "IN_PROGRESS"})
    second = world.run(body("rec-1"), receive_count=2)

    assert doors(first) == [("retry", "LEDGER_UNAVAILABLE")]
    assert doors(second) == [("accepted", "FOUND_ACCEPTED")]
    assert world.api.applied_ids == ["rec-1"]


def test_a_removal_that_cannot_be_remembered_stays() -> None:
    """Its older publication may still come; at the last receive it is kept with its body."""
    removal = body("rec-1", recommendation_status="REMOVED")
    world = World(store=FailingLedger("bury"))

    assert doors(world.run(removal)) == [("retry", "LEDGER_UNAVAILABLE")]
    assert doors(world.run(removal, receive_count=LAST_RECEIVE)) == [
        ("dead-lettered", "RETRIES_EXHAUSTED")
    ]
    assert json.loads(world.dead_letters.stored[0].body)["message"]["body"] == removal


def test_what_cannot_be_held_for_certain_stays() -> None:
    """Held means that the ledger keeps it."""
    world = World(store=FailingLedger("add_record"), dry_run=True)

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", "LEDGER_UNAVAILABLE")]
    assert report.held == []


def test_what_another_invocation_has_in_hand_waits_for_the_end_of_its_lease() -> None:
    """Once that is over, nobody knows what became of it: Amazon is asked."""
    world = World()
    crashed = world.use_case()
    crashed.ledger.claim([Wanted(recommendation("rec-1"))])
    world.now += timedelta(seconds=60)

    first = world.run(body("rec-1"))
    world.now += LEASE
    second = world.run(body("rec-1"), receive_count=2)

    assert doors(first) == [("retry", "CLAIMED_ELSEWHERE")]
    assert first.departures[0].retry_after == LEASE.total_seconds() - 60
    assert doors(second) == [("accepted", "ACCEPTED")]
    assert [batch.recommendation_ids for batch in world.api.asked] == [("rec-1",)]


@pytest.mark.parametrize(
    ("status", "door"),
    [
        ("SUCCESS", ("accepted", "FOUND_ACCEPTED")),
        ("PUBLISHED", ("not applicable", "EXPIRED")),
    ],
)
def test_an_expired_one_that_may_have_been_sent_is_asked_about(
    status: str, door: tuple[str, str]
) -> None:
    """It is not sent any more, but its end is known."""
    world = World()
    late = body("rec-1", expiry_date="2026-11-10T13:00:00 UTC")
    world.lose(late)
    world.now += timedelta(hours=2)
    world.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": status})

    report = world.run(late, receive_count=2)

    assert doors(report) == [door]
    assert world.api.applied == []


def test_a_removed_one_that_may_have_been_sent_is_asked_about() -> None:
    """The removal was remembered, or comes with it: either way the truth is found out."""
    removal = body("rec-1", recommendation_status="REMOVED")
    remembered, together = World(), World()
    for world in (remembered, together):
        world.lose(body("rec-1"))
        world.api.answer_status = lambda batch: StatusResult(batch, {})

    remembered.run(removal)
    report = remembered.run(body("rec-1"), receive_count=2)
    assert doors(report) == [("not applicable", "WITHDRAWN_EARLIER")]
    assert len(remembered.api.asked) == 1

    report = together.run(body("rec-1"), removal, receive_count=2)
    assert doors(report) == [("not applicable", "REMOVED")] * 2
    assert len(together.api.asked) == 1
    assert remembered.api.applied == together.api.applied == []


def test_an_expired_one_that_nobody_sent_is_let_go() -> None:
    """It was received before, so the ledger is asked; Amazon is not."""
    world = World()

    report = world.run(body("rec-1", expiry_date="2026-11-10T12:00:00 UTC"), receive_count=2)

    assert doors(report) == [("not applicable", "EXPIRED")]
    assert world.api.asked == []


def test_what_has_expired_and_has_no_opportunity_is_let_go() -> None:
    """Without one it was never sent."""
    world = World(opportunities=KnownOpportunities(default=None, clock=lambda: NOW))

    report = world.run(body("rec-1", expiry_date="2026-11-10T12:00:00 UTC"), receive_count=2)

    assert doors(report) == [("not applicable", "EXPIRED")]


def test_what_the_advertiser_has_rejected_is_never_sent() -> None:
    """Amazon said so once; it is not asked again."""
    world = World()
    world.lose(body("rec-1"))
    world.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": "REJECTED"})
    world.run(body("rec-1"), receive_count=2)

    report = world.run(body("rec-1"), receive_count=3)

    assert doors(report) == [("not applicable", "REJECTED")]
    assert len(world.api.asked) == 1


@pytest.mark.parametrize(
    ("status", "door"),
    [("PUBLISHED", ("held", "DRY_RUN")), ("SUCCESS", ("accepted", "FOUND_ACCEPTED"))],
)
def test_what_is_in_doubt_is_asked_about_in_a_dry_run_too(
    status: str, door: tuple[str, str]
) -> None:
    """To ask changes nothing, and what Amazon has is on record before its message goes."""
    store = MemoryLedger()
    World(store=store).lose(body("rec-1"))
    dry = World(store=store, dry_run=True)
    dry.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": status})

    report = dry.run(body("rec-1"), receive_count=2)

    assert doors(report) == [door]
    assert [batch.recommendation_ids for batch in dry.api.asked] == [("rec-1",)]
    assert dry.api.applied == []


def test_an_expired_copy_leaves_alone_what_is_held() -> None:
    """The entry goes on naming the claim that holds it."""
    world = World(dry_run=True)
    world.run(body("rec-1"))
    held = world.store.entries["rec-1"].claim

    report = world.run(body("rec-1", expiry_date="2026-11-10T12:00:00 UTC"))

    assert doors(report) == [("not applicable", "EXPIRED")]
    assert world.store.entries["rec-1"].claim == held


def test_a_dry_run_holds_nothing_that_it_would_not_send() -> None:
    """What has expired is let go, once Amazon has said that it does not have it."""
    store = MemoryLedger()
    late = body("rec-1", expiry_date="2026-11-10T13:00:00 UTC")
    World(store=store).lose(late)
    dry = World(store=store, dry_run=True)
    dry.now = NOW + timedelta(hours=2)

    report = dry.run(late)

    assert doors(report) == [("not applicable", "EXPIRED")]
    assert report.held == []
    assert [batch.recommendation_ids for batch in dry.api.asked] == [("rec-1",)]


def test_a_record_says_what_became_of_a_request() -> None:
    """When it was sent, how it was answered, under which request id, and by whom it was decided."""
    world = World()
    world.api.answer = lambda batch: ApplyResult(
        batch=batch,
        accepted={"rec-1": AcceptedReason.ACCEPTED, "rec-2": AcceptedReason.ALREADY_APPLIED},
        failures=(Failure("rec-3", "PO_APPLY_UNPROCESSABLE_ERROR", "no budget"),),
        unanswered=("rec-4",),
        error=AnswerLostError("it does not name rec-4"),
        http_status=422,
        request_ids=("RID-2", "RID-1"),
        seconds=2.5,
    )

    world.run(*(body(f"rec-{number}") for number in range(1, 5)))

    (record,) = world.store.records.values()
    assert record.verdicts == {
        Verdict.ACCEPTED: ("rec-1", "rec-2"),
        Verdict.REFUSED: ("rec-3",),
        Verdict.IN_DOUBT: ("rec-4",),
    }
    assert record.sent_at == NOW - timedelta(seconds=2.5)
    assert (record.http_status, record.request_ids) == (422, ("RID-2", "RID-1"))
    assert record.answer == "it does not name rec-4"
    assert record.follow_up is not None
    assert record.follow_up.pending == ("rec-1",)
    entry = world.store.entries["rec-1"]
    recommended = {"budget": None, "ad_groups": [{"bid": 0.9}]}
    assert entry.decided_by == DecidedBy(policy_version=1)
    assert entry.partner_opportunity_id == OPPORTUNITY
    assert entry.recommendation.settings.recommended == recommended


# The breaker


def test_an_api_that_answers_nobody_is_left_alone() -> None:
    """Three invocations without an answer, and the next one does not even claim."""
    world = World()
    world.api.answer = unanswered(UnavailableError("503"))
    for _ in range(3):
        world.run(body("rec-1"))

    report = world.run(body("rec-1"), body("rec-2"))

    assert doors(report) == [("retry", "BREAKER_OPEN")] * 2
    assert len(world.api.applied) == 3
    assert "rec-2" not in world.store.entries


def test_a_letter_of_the_last_receive_has_the_last_answer_though_nobody_was_asked() -> None:
    """The breaker remembers for all of them what it was opened for."""
    world = World()
    world.api.answer = unanswered(UnavailableError("apply failed: 503 at noon"))
    for _ in range(3):
        world.run(body("rec-1"))

    world.run(body("rec-1"), receive_count=LAST_RECEIVE)

    assert world.dead_letters.stored[0].reason.message == (
        "no request was made: the API did not answer, or asked to wait, and is left alone for "
        "another 60 s; the last answer: apply failed: 503 at noon"
    )


def test_after_the_pause_one_request_finds_out() -> None:
    """Answered, the rest follows; the breaker forgets."""
    world = World()
    world.api.answer = unanswered(UnavailableError("503"))
    for _ in range(3):
        world.run(body("rec-1"))
    world.now += timedelta(minutes=1)
    world.api.answer = accept_all

    report = world.run(body("rec-1"), body("rec-2", account=2))

    assert doors(report) == [("accepted", "ACCEPTED")] * 2
    assert (world.store.breaker.strikes, world.store.breaker.open_until) == (0, None)


def test_a_dry_run_asks_no_breaker() -> None:
    """It sends nothing, so it may hold."""
    store = FailingLedger("read_breaker")

    assert doors(World(store=store, dry_run=True).run(body("rec-1"))) == [("held", "DRY_RUN")]


def test_another_message_of_what_lost_its_answer_waits_for_a_minute() -> None:
    """The message that lost it has waited; what has another id may come at once."""
    world = World()
    world.lose(body("rec-1"))

    copy = world.use_case().run([delivery(body("rec-1"), number=2)])
    same = world.run(body("rec-1"), receive_count=2)

    assert doors(copy) == [("retry", "CLAIMED_ELSEWHERE")]
    assert copy.departures[0].retry_after == 60.0
    assert doors(same) == [("accepted", "ACCEPTED")]


def test_a_record_names_no_moment_of_a_request_that_was_not_made() -> None:
    """When something was sent is for the advertiser who asks; nothing was."""
    world = World()
    world.api.answer = unanswered(UnavailableError("no request was made"))

    world.run(body("rec-1"))

    assert [each.sent_at for each in world.store.records.values()] == [None]

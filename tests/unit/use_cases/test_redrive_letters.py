"""Chosen letters move, and none is lost, whatever happens when."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.ledger import BatchRecord
from recommendation_applier.domain.waiting_letter import QueuedMessage
from recommendation_applier.use_cases.letter_outcomes import UNTOUCHED, Outcome, Said
from recommendation_applier.use_cases.letter_prospects import LetterProspects
from recommendation_applier.use_cases.purge_letters import Purge
from recommendation_applier.use_cases.redrive_letters import Pace, Redrive
from tests.builders import NOW
from tests.fakes import FakeClock
from tests.ledger_builders import TOKEN, entry, record, tombstone
from tests.letter_builders import batch_body, letter, queued
from tests.letter_queue import MemoryLetterQueue
from tests.memory_ledger import MemoryLedger

STEPS: Final = ("receive", "send", "sent", "delete", "deleted")


class Stopped(BaseException):
    """Ctrl-C, but for pytest."""


def letters(count: int) -> list[QueuedMessage]:
    """Make letters of one recommendation each."""
    return [queued(batch_body(f"rec-{number}"), f"m-{number}") for number in range(count)]


def redrive(
    queue: MemoryLetterQueue,
    chosen: Sequence[str],
    *,
    rate: float = 100.0,
    known: MemoryLedger | None = None,
    clock: FakeClock | None = None,
) -> Redrive:
    """Make a redrive of the *chosen* from *queue*."""
    time = clock or FakeClock()
    return Redrive(
        look=queue,
        ingress=queue,
        prospects=LetterProspects(known or MemoryLedger(), lambda: NOW),
        read=lambda each: letter(each.body, each.message_id),
        pace=Pace(per_second=rate, monotonic=time.monotonic, sleep=time.sleep),
        said=dict.fromkeys(chosen, UNTOUCHED),
    )


def outcomes(said: dict[str, Said]) -> Counter[str]:
    """Count what came of letters."""
    return Counter(each.outcome.value for each in said.values())


def test_the_chosen_move_and_no_other() -> None:
    """Their bodies are as they were."""
    queue = MemoryLetterQueue.of(letters(25))
    chosen = [f"m-{number}" for number in range(0, 25, 2)]
    bodies = {queue.waiting[each].body for each in chosen}

    moving = redrive(queue, chosen)
    assert sum(moving.run()) == 13
    assert outcomes(moving.said) == {"MOVED": 13}
    assert set(queue.ingress) == bodies
    assert queue.waiting.keys() == {f"m-{number}" for number in range(1, 25, 2)}


def test_the_look_ends_when_all_were_found() -> None:
    """What stands behind them is not received."""
    queue = MemoryLetterQueue.of(letters(30))
    received: list[str] = []
    queue.at = lambda step: received.append(step) if step == "receive" else None

    list(redrive(queue, ["m-11"]).run())
    assert len(received) == 2


def test_what_is_not_there_any_more_is_not_reached() -> None:
    """Somebody else was faster; the look ends where the queue does."""
    queue = MemoryLetterQueue.of(letters(2))

    moving = redrive(queue, ["m-0", "m-9"])
    assert sum(moving.run()) == 1
    assert outcomes(moving.said) == {"MOVED": 1, "NOT_REACHED": 1}


def test_what_is_settled_stays_with_its_reason() -> None:
    """And a letter of which some is settled goes, and says so."""
    known = MemoryLedger(
        entries={"rec-0": entry("rec-0")},
        records={(TOKEN, 1): record("rec-0")},
        tombstones={"rec-1": tombstone()},
    )
    both = queued(batch_body("rec-0", "rec-1"), "m-both")
    part = queued(batch_body("rec-0", "rec-1", "rec-2"), "m-part")
    queue = MemoryLetterQueue.of([both, part])

    moving = redrive(queue, ["m-both", "m-part"], known=known)
    list(moving.run())
    assert moving.said == {
        "m-both": Said(
            Outcome.SKIPPED,
            "ALREADY_ACCEPTED, REMOVED",
            "nothing of it can be applied: ALREADY_ACCEPTED (1), REMOVED (1)",
        ),
        "m-part": Said(
            Outcome.MOVED,
            detail="2 of its 3 ids are let go on arrival: ALREADY_ACCEPTED (1), REMOVED (1)",
        ),
    }
    assert list(queue.waiting) == ["m-both"]
    [only] = queue.ingress
    assert only == part.body


def test_where_all_is_settled_nothing_is_sent() -> None:
    """Nor waited for, nor deleted."""
    queue, clock = MemoryLetterQueue.of(letters(20)), FakeClock()
    known = MemoryLedger(tombstones={f"rec-{number}": tombstone() for number in range(20)})
    steps: list[str] = []
    queue.at = steps.append

    moving = redrive(queue, list(queue.waiting), rate=1, known=known, clock=clock)
    list(moving.run())
    assert outcomes(moving.said) == {"SKIPPED": 20}
    assert steps == ["receive", "receive"]
    assert clock.slept == []


def test_what_the_ledger_does_not_answer_stays() -> None:
    """It may be settled."""

    class Silent(MemoryLedger):
        def records_of(self, tokens: Any) -> dict[str, Sequence[BatchRecord]]:
            assert tokens
            return {}

    queue = MemoryLetterQueue.of(letters(2))
    moving = redrive(queue, ["m-0", "m-1"], known=Silent(entries={"rec-0": entry("rec-0")}))
    list(moving.run())

    assert moving.said["m-0"].reason == "LEDGER_UNAVAILABLE"
    assert outcomes(moving.said) == {"FAILED": 1, "MOVED": 1}
    assert list(queue.waiting) == ["m-0"]


def test_what_is_not_sent_is_not_deleted() -> None:
    """And what cannot be deleted is on both queues, and said to be."""
    queue = MemoryLetterQueue.of(letters(3))
    unsent = queue.waiting["m-0"].body
    queue.refuses = lambda _, what: "InternalError" if what in (unsent, "m-1") else None

    moving = redrive(queue, ["m-0", "m-1", "m-2"])
    list(moving.run())
    assert moving.said == {
        "m-0": Said(Outcome.FAILED, "NOT_SENT", "InternalError"),
        "m-1": Said(
            Outcome.COPIED,
            "NOT_DELETED",
            "sent, but not deleted here for certain, which does no harm: InternalError",
        ),
        "m-2": Said(Outcome.MOVED),
    }
    assert list(queue.waiting) == ["m-0", "m-1"]


def test_what_somebody_else_has_is_not_sent() -> None:
    """Its receipt may be worth nothing."""
    queue = MemoryLetterQueue.of(letters(2))
    queue.taken = {"m-0"}

    moving = redrive(queue, ["m-0", "m-1"])
    list(moving.run())
    assert moving.said["m-0"].reason == "TAKEN"
    assert len(queue.ingress) == 1


def test_it_ends_when_nothing_goes_any_more() -> None:
    """After three calls of which nothing came; the rest is not reached."""
    queue = MemoryLetterQueue.of(letters(60))
    queue.refuses = lambda step, _: "ServiceUnavailable" if step == "send" else None

    moving = redrive(queue, list(queue.waiting))
    list(moving.run())
    assert outcomes(moving.said) == {"FAILED": 30, "NOT_REACHED": 30}
    assert len(queue.waiting) == 60


def test_failures_that_pass_do_not_end_it() -> None:
    """Only those in a row count."""
    queue = MemoryLetterQueue.of(letters(60))
    calls = iter([False, False, True, False, False, True])
    works: list[bool] = []
    queue.at = lambda step: works.append(next(calls)) if step == "send" else None
    queue.refuses = lambda step, _: None if step == "delete" or works[-1] else "Unavailable"

    moving = redrive(queue, list(queue.waiting))
    list(moving.run())
    assert outcomes(moving.said) == {"FAILED": 40, "MOVED": 20}


@pytest.mark.parametrize(
    ("rate", "slept"),
    [(10.0, [1.0, 1.0]), (100.0, [0.1, 0.1]), (4.9, [4 / 4.9] * 6), (0.5, [2.0] * 24)],
)
def test_no_more_go_than_the_rate_allows(rate: float, slept: list[float]) -> None:
    """The first go at once, and never more than a second's worth together."""
    queue, clock = MemoryLetterQueue.of(letters(25)), FakeClock()

    list(redrive(queue, list(queue.waiting), rate=rate, clock=clock).run())
    if rate == 4.9:  # ten letters are received at a time: 4, 4 and 2
        slept = [4 / 4.9, 4 / 4.9, 2 / 4.9] * 2 + [4 / 4.9]
    assert clock.slept == pytest.approx(slept)


def test_time_that_has_passed_is_not_waited_for() -> None:
    """A slow network is slow enough."""
    queue, clock = MemoryLetterQueue.of(letters(30)), FakeClock()

    def pass_time(_: str) -> None:
        clock.now += 5

    queue.at = pass_time
    list(redrive(queue, list(queue.waiting), rate=10, clock=clock).run())
    assert clock.slept == []


@given(
    st.integers(min_value=0, max_value=35),
    st.sets(st.integers(min_value=0, max_value=34)),
    st.sampled_from(STEPS),
    st.integers(min_value=1, max_value=5),
    st.sampled_from([1.0, 3.0, 100.0]),
)
def test_stopped_anywhere_nothing_is_lost_and_no_other_moves(
    count: int, numbers: set[int], step: str, occasion: int, rate: float
) -> None:
    """Each letter is on a queue, what is said of it is true, and run again all has moved."""
    queue = MemoryLetterQueue.of(letters(count))
    everything = dict(queue.waiting)
    chosen = [f"m-{number}" for number in sorted(numbers) if number < count]
    queue.at = stop_at(step, occasion)

    moving = redrive(queue, chosen, rate=rate)
    with suppress(Stopped):
        list(moving.run())
    for name, message in everything.items():
        here, there = name in queue.waiting, message.body in queue.ingress
        outcome = moving.said[name].outcome if name in moving.said else None
        assert (here, there) in {
            None: [(True, False)],
            Outcome.MOVED: [(False, True)],
            Outcome.COPIED: [(True, True), (False, True)],
            Outcome.IN_DOUBT: [(True, False), (True, True)],
            Outcome.NOT_REACHED: [(True, False)],
            Outcome.FAILED: [(True, False)],
        }[outcome]
    queue.at = lambda _: None
    again = redrive(queue, [name for name in chosen if name in queue.waiting], rate=rate)
    list(again.run())
    assert queue.waiting.keys() == everything.keys() - set(chosen)
    assert set(queue.ingress) == {everything[name].body for name in chosen}


def stop_at(step: str, occasion: int) -> Callable[[str], None]:
    """Stop the process at a step, the *occasion*th time that it comes."""
    left = [occasion]

    def at(name: str) -> None:
        left[0] -= name == step
        if left[0] == 0:
            raise Stopped

    return at


# Purge


def test_what_is_deleted_was_written_down() -> None:
    """The chosen and no other."""
    queue = MemoryLetterQueue.of(letters(25))
    bodies = [queue.waiting[each].body for each in ("m-3", "m-22")]

    purging = Purge(look=queue, copies=queue, said=dict.fromkeys(["m-3", "m-22"], UNTOUCHED))
    assert sum(purging.run()) == 2
    assert outcomes(purging.said) == {"DELETED": 2}
    assert queue.copies == bodies
    assert len(queue.waiting) == 23
    assert queue.ingress == []


def test_who_wants_no_copy_has_none() -> None:
    """And what is not deleted, or is somebody else's, says so."""
    queue = MemoryLetterQueue.of(letters(25))
    queue.taken = {"m-1"}
    queue.refuses = lambda _, name: "InternalError" if name == "m-2" else None

    purging = Purge(
        look=queue, copies=None, said=dict.fromkeys(["m-1", "m-2", "m-3", "gone"], UNTOUCHED)
    )
    list(purging.run())
    assert {name: said.reason for name, said in purging.said.items()} == {
        "m-1": "TAKEN",
        "m-2": "NOT_DELETED",
        "m-3": "",
        "gone": "",
    }
    assert purging.said["gone"] == UNTOUCHED
    assert len(queue.waiting) == 24


@pytest.mark.parametrize("step", ["receive", "copy", "delete", "deleted"])
@pytest.mark.parametrize("occasion", [1, 2, 3])
def test_a_purge_that_is_stopped_loses_nothing(step: str, occasion: int) -> None:
    """Each letter is on the queue, or written down, or both, and what is said of it is true."""
    queue = MemoryLetterQueue.of(letters(25))
    everything = dict(queue.waiting)
    queue.at = stop_at(step, occasion)

    purging = Purge(look=queue, copies=queue, said=dict.fromkeys(everything, UNTOUCHED))
    with pytest.raises(Stopped):
        list(purging.run())
    for name, message in everything.items():
        here, written = name in queue.waiting, message.body in queue.copies
        outcome = purging.said[name].outcome
        assert here or written
        assert here is (outcome is not Outcome.DELETED) or outcome is Outcome.IN_DOUBT

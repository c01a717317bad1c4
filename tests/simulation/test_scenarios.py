"""What is promised of single situations, each in a world of virtual time."""

import pytest

from tests.simulation.amazon import Fate
from tests.simulation.deployment import Outcome, Shape
from tests.simulation.faults import HOUR, MINUTE, Faults
from tests.simulation.queues import Message
from tests.simulation.scenarios import (
    AS_DEPLOYED,
    NO_FAULTS,
    array,
    publication,
    removal,
    workload,
)
from tests.simulation.workload import DAY
from tests.simulation.world import World

ROUGH = Faults(
    "rough",
    2 * HOUR,
    {"kill": 0.05, "connection dropped after": 0.2, "taken late": 0.1, "write not told": 0.1}
    | {"duplicate delivery": 0.2, "visibility not changed": 0.2, "503": 0.2},
)


def test_what_is_delivered_three_times_is_sent_once() -> None:
    """Every message comes in three different polls, since SQS keeps it although it was deleted."""
    owners = {f"rec-{number}": number % 3 for number in range(60)}
    arrivals = [(60.0 * number, publication(each, account=owners[each]))
                for number, each in enumerate(owners)]  # fmt: skip
    world = World(1, workload=workload(arrivals, owners), faults=NO_FAULTS, shape=AS_DEPLOYED)
    polls: dict[str, set[float]] = {}

    def keeps(message: Message) -> bool:
        polls.setdefault(message.message_id, set()).add(world.kernel.now)
        return len(polls[message.message_id]) < 3

    world.mapping.keeps = keeps

    outcome = world.run()

    assert outcome.violations == ()
    assert [len(moments) for moments in polls.values()] == [3] * 60
    assert set(world.amazon.applications) == set(owners)
    assert world.witness.sent == dict.fromkeys(owners, 1)


@pytest.mark.parametrize("seed", range(25))
def test_what_was_removed_first_is_never_sent(seed: int) -> None:
    """Its older publication comes later, again and again, whatever else fails."""
    names = [f"rec-{number}" for number in range(4)]
    removals = [(0.0, removal(each, published_at=-DAY)) for each in names]
    published = [
        (moment, publication(each, published_at=-DAY - late))
        for each in names
        for moment, late in ((4 * HOUR, 0.0), (5 * HOUR, HOUR), (6 * HOUR, DAY))
    ]
    world = World(
        seed,
        workload=workload([*removals, *published], dict.fromkeys(names, 1)),
        faults=ROUGH,
        shape=Shape(batch_size=4, window=20.0),
    )

    assert world.run().violations == ()
    assert world.witness.sent == {}


@pytest.mark.parametrize("seed", range(25))
def test_what_was_published_again_after_its_removal_is_sent_once(seed: int) -> None:
    """The later date wins, in whatever order they come."""
    arrivals = [
        (0.0, removal("rec-1", published_at=-2 * DAY)),
        (0.0, publication("rec-1", published_at=-3 * DAY)),
        (MINUTE, publication("rec-1", published_at=-DAY)),
    ]
    world = World(
        seed,
        workload=workload(arrivals, {"rec-1": 1}),
        faults=NO_FAULTS,
        shape=Shape(batch_size=1, window=1.0),
    )

    assert world.run().violations == ()
    assert world.witness.sent == {"rec-1": 1}


def accepted(
    sizes: dict[int, int], *, ticks_at_once: int = 1, seed: int = 1
) -> tuple[World, Outcome]:
    """Let so many recommendations of each account be accepted and followed to their ends."""
    owners = {
        f"rec-{account}-{number}": account
        for account, size in sizes.items()
        for number in range(size)
    }
    names = list(owners)
    arrivals = [
        (0.0, array(publication(each, account=owners[each]) for each in names[start : start + 50]))
        for start in range(0, len(names), 50)
    ]
    ends = {0: "FAILED", 1: "REJECTED"}
    fates = {
        each: Fate(end=ends.get(number % 20, "SUCCESS"), settles_after=5 * MINUTE)
        for number, each in enumerate(names)
    }
    world = World(
        seed,
        workload=workload(arrivals, owners, fates),
        faults=NO_FAULTS,
        shape=AS_DEPLOYED,
        ticks_at_once=ticks_at_once,
    )
    return world, world.run()


def test_650_accepted_ids_of_three_accounts_are_settled_by_three_requests() -> None:
    """Three is the least for 500, 100 and 50; each failed one is named once, none asked twice."""
    world, outcome = accepted({1: 500, 2: 100, 3: 50})

    assert outcome.violations == ()
    assert len(world.amazon.applications) == 650
    assert outcome.requests["applicationStatus"] == 3
    assert set(world.witness.asked.values()) == {1}
    failed = {name for name, fate in world.amazon.fates.items() if fate.end != "SUCCESS"}
    assert len(failed) == 66
    assert world.witness.told == {(each, world.amazon.fates[each].end): 1 for each in failed}


@pytest.mark.parametrize("seed", range(10))
def test_two_ticks_at_once_do_no_harm(seed: int) -> None:
    """Both ask, and only one of them is believed: what failed is named once."""
    world, outcome = accepted({1: 120, 2: 30}, ticks_at_once=2, seed=seed)

    assert outcome.violations == ()
    failed = {name for name, fate in world.amazon.fates.items() if fate.end != "SUCCESS"}
    assert world.witness.told == {(each, world.amazon.fates[each].end): 1 for each in failed}
    assert outcome.requests["applicationStatus"] <= 4

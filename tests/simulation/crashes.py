"""An invocation that has some of everything to do, killed at one of its effects."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from recommendation_applier.domain.ledger import Claim, DecidedBy, Entry
from tests.builders import advertiser, recommendation
from tests.simulation.amazon import FOR_GOOD, Fate
from tests.simulation.clock import date_of
from tests.simulation.deployment import Shape
from tests.simulation.effects import Kill
from tests.simulation.faults import MINUTE
from tests.simulation.scenarios import NO_FAULTS, array, publication, removal, workload
from tests.simulation.world import World

POISON: Final = '"nobody knows what this is"'


def spine(kill: tuple[int, Kill] | None = None) -> World:
    """Let one invocation of the apply function meet one of each kind, and perhaps die.

    `sent` is accepted, `failing` refused by name, and `removed` taken back; `elsewhere` shares its
    message with something unreadable, and is claimed by another invocation.
    """
    owners = dict.fromkeys(("sent", "failing", "removed", "elsewhere"), 1)
    arrivals = [
        (0.0, publication("sent")),
        (0.0, publication("failing")),
        (0.0, removal("removed")),
        (0.0, array([POISON, publication("elsewhere")])),
        (2 * 60 * MINUTE, publication("removed")),
    ]
    world = World(
        1,
        workload=workload(arrivals, owners, {"failing": Fate(unprocessable=FOR_GOOD)}),
        faults=NO_FAULTS,
        shape=Shape(window=1.0, concurrency=1),
        follow_up=False,
        redrives_at_the_end=False,
    )
    lease_ends = date_of(0.0) + timedelta(seconds=100)
    world.memory.entries["elsewhere"] = Entry(
        recommendation("elsewhere", advertiser=advertiser(1)),
        "PO-1",
        DecidedBy(),
        Claim("another invocation", date_of(0.0), lease_ends),
        lease_ends,
    )
    _die(world, "apply 1", kill)
    world.run()
    return world


def follow_up(kill: tuple[int, Kill] | None = None) -> World:
    """Let one tick of the follow-up meet an application that failed and one that did not."""
    owners = {"applied": 1, "failed": 1}
    fates = {
        "applied": Fate(settles_after=MINUTE),
        "failed": Fate(end="FAILED", settles_after=MINUTE),
    }
    world = World(
        1,
        workload=workload([(0.0, publication(each)) for each in owners], owners, fates),
        faults=NO_FAULTS,
        shape=Shape(window=1.0, concurrency=1),
        ticks_at_once=1,
    )
    _die(world, "follow-up 1", kill)
    world.run()
    return world


def effects_of(world: World, name: str) -> list[str]:
    """Name the effects of the invocation *name*, in order."""
    return world.effects.traces[name]


def _die(world: World, name: str, kill: tuple[int, Kill] | None) -> None:
    """Let the invocation *name* die at its effect of that number, from 0."""

    def plan(_: str) -> Kill | None:
        running = world.effects.invocation
        if kill is not None and running.name == name and len(running.effects) == kill[0] + 1:
            return kill[1]
        return None

    world.effects.plan = plan


def kills(count: int) -> Iterator[tuple[int, Kill]]:
    """Name every place where an invocation of *count* effects can die."""
    for number in range(count):
        for kill in Kill:
            yield number, kill

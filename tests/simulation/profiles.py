"""Kinds of worlds: any, and those in which one kind of trouble is met far more often."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from tests.simulation.amazon import Fate
from tests.simulation.deployment import Shape
from tests.simulation.faults import HOUR, MINUTE, Faults
from tests.simulation.policies import DEFAULT
from tests.simulation.workload import Workload, draw_workload
from tests.simulation.world import World


def any_world(seed: int) -> World:
    """Everything is drawn."""
    return World(seed)


def lost_answers(seed: int) -> World:
    """A quarter of the answers is lost after Amazon took what was sent, and environments crash."""
    rates = {"connection dropped after": 0.25, "kill": 0.03}
    return World(
        seed,
        faults=Faults("lost answers", 2 * HOUR, rates),
        workload=_workload(seed),
        shape=Shape(window=20.0),
    )


def doubts(seed: int) -> World:
    """Answers and writes are lost, SQS gives up soon, and applications end at once, and badly."""
    random = _random(seed)
    rates = {
        "connection dropped after": 0.4,
        "write refused": 0.3,
        "letters not stored": 0.3,
        "kill": 0.02,
    }
    fates = [Fate(end=end, settles_after=MINUTE) for end in ("SUCCESS", "FAILED", "REJECTED")]
    workload = _workload(seed)
    return World(
        seed,
        faults=Faults("doubts", 2 * HOUR, rates),
        workload=replace(workload, fates={each: random.choice(fates) for each in workload.fates}),
        shape=Shape(window=20.0, max_receive_count=random.choice((3, 100))),
    )


def dead_letters(seed: int) -> World:
    """Most of what is sent is refused by name, and the dead-letter queue takes half of it."""
    random = _random(seed)
    workload = _workload(seed)
    fates = {each: Fate(unprocessable=random.choice((0, 1, 3))) for each in workload.fates}
    return World(
        seed,
        faults=Faults("dead letters", 2 * HOUR, {"letter refused": 0.8, "letters not told": 0.2}),
        workload=replace(workload, fates=fates),
        shape=Shape(batch_size=20, window=300.0),
    )


def slow_answers(seed: int) -> World:
    """Amazon takes its time, and Lambda gives little of it."""
    rates = {"slow": 0.6, "throttled": 0.2, "connection refused": 0.3, "503": 0.2}
    return World(
        seed,
        faults=Faults("slow answers", 2 * HOUR, rates),
        workload=_workload(seed),
        shape=Shape(timeout=_random(seed).choice((20.0, 60.0)), batch_size=20, window=300.0),
    )


PROFILES: Final[Mapping[str, Callable[[int], World]]] = {
    "any": any_world,
    "lost-answers": lost_answers,
    "doubts": doubts,
    "dead-letters": dead_letters,
    "slow-answers": slow_answers,
}


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a seed must replay exactly; nothing is secret


def _workload(seed: int) -> Workload:
    drawn = draw_workload(_random(seed), lasts=HOUR)
    return replace(drawn, dry_run=False, policies=((0.0, DEFAULT),))

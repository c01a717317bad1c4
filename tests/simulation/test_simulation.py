"""Thousands of seeds, each of which is a whole life of the function with other faults."""

from dataclasses import replace

import pytest

from tests.simulation.command import simulate
from tests.simulation.deployment import Shape
from tests.simulation.invariants.rest import letters_of
from tests.simulation.meaning import Kind, meanings_of
from tests.simulation.profiles import PROFILES
from tests.simulation.scenarios import NO_FAULTS
from tests.simulation.workload import DAY, Arrival, Workload
from tests.simulation.world import World


def test_every_invariant_holds_in_two_thousand_worlds() -> None:
    """Nothing is lost and nothing is sent twice, whatever fails, and everything drains."""
    totals = simulate("--seeds", "2000")

    assert totals["seeds"] == 2_000
    assert set(totals["characters"]) == {"calm", "fair", "rough", "brutal"}
    assert totals["kills"] > 1_000
    assert sum(totals["faults"].values()) > 20_000
    assert totals["hoursToDrain"] < 12


def test_lost_answers_and_crashes_lose_nothing_and_apply_nothing_twice() -> None:
    """In 1,000 random runs a quarter of the answers is lost after Amazon took what was sent."""
    totals = simulate("--seeds", "1000", "--profile", "lost-answers")

    lost = totals["faults"]["connection dropped after"]
    assert totals["kills"] > 1_000
    assert lost / sum(totals["requests"].values()) == pytest.approx(0.25, abs=0.12)


@pytest.mark.parametrize("profile", ["doubts", "dead-letters", "slow-answers"])
def test_every_invariant_holds_in_worlds_of_one_kind_of_trouble(profile: str) -> None:
    """What is rare in most worlds is common in these."""
    assert simulate("--seeds", "100", "--profile", profile)["seeds"] == 100


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 8, 13])
def test_a_seed_tells_the_same_story_again(seed: int) -> None:
    """Turns, chance and time are the kernel's alone, so that a failure can be looked into."""
    stories = []
    for _ in range(2):
        world = World(seed)
        world.run()
        stories.append(list(world.story.lines()))

    assert stories[0] == stories[1]


def of(workload: Workload, *kinds: Kind) -> list[Arrival]:
    """Give the arrivals all of whose parts are of these *kinds*, and do not expire."""
    return [
        arrival
        for arrival in workload.arrivals
        if all(each.kind in kinds and each.expires_at > DAY for each in meanings_of(arrival.body))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_poison_changes_nothing_for_its_neighbours(seed: int) -> None:
    """Without any fault the same recommendations are applied and dead-lettered as without it."""
    drawn = PROFILES["lost-answers"](seed).workload
    outcomes = []
    for kinds in ([Kind.PUBLICATION], [Kind.PUBLICATION, Kind.POISON]):
        world = World(
            seed,
            workload=replace(drawn, arrivals=tuple(of(drawn, *kinds))),
            faults=NO_FAULTS,
            shape=Shape(batch_size=20, window=300.0),
        )
        assert world.run().violations == ()
        named = {name for name, _ in letters_of(world.witness) if name}
        outcomes.append((set(world.amazon.applications), named))

    assert outcomes[0] == outcomes[1]

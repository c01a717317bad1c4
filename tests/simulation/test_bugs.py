"""The harness itself: bugs that are planted are caught, each within its number of seeds."""

from tests.simulation.bugs import BUGS
from tests.simulation.command import simulate
from tests.simulation.prove import PACKAGE


def test_every_planted_bug_is_caught() -> None:
    """The simulation fails within the seeds that the bug allows, by one of its invariants.

    One test for all of them: they are planted by as many processes as there are cores.
    """
    found = simulate("--bugs")

    assert found["escaped"] == {}
    assert found["caught"].keys() == {bug.name for bug in BUGS}
    for bug in BUGS:
        seed, invariant = found["caught"][bug.name]
        assert 0 <= seed < bug.within
        assert invariant


def test_a_bug_is_planted_where_its_text_stands_once() -> None:
    """A change of the source that moves such a place has to move the bug as well."""
    counts = {bug.name: (PACKAGE / bug.module).read_text().count(bug.old) for bug in BUGS}

    assert {name: count for name, count in counts.items() if count != 1} == {}

"""The harness itself: bugs that are planted are caught, each within its number of seeds."""

from typing import Any

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.bugs.bug import Bug
from tests.simulation.command import simulate
from tests.simulation.prove import PACKAGE


@pytest.fixture(scope="module")
def caught() -> dict[str, Any]:
    """Plant all of them, as many at a time as there are cores; one that escapes fails them all."""
    found: dict[str, Any] = simulate("--bugs")["caught"]
    return found


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug, caught: dict[str, Any]) -> None:
    """The simulation fails within the seeds that the bug allows, by one of its invariants."""
    seed, invariant = caught[bug.name]

    assert 0 <= seed < bug.within
    assert invariant


def test_a_bug_is_planted_where_its_text_stands_once() -> None:
    """A change of the source that moves such a place has to move the bug as well."""
    counts = {bug.name: (PACKAGE / bug.module).read_text().count(bug.old) for bug in BUGS}

    assert {name: count for name, count in counts.items() if count != 1} == {}

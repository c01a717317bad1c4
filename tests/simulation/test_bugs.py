"""The harness itself: bugs that are planted are caught, each within its number of seeds."""

from collections.abc import Mapping

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.bugs.bug import Bug
from tests.simulation.prove import PACKAGE, Catch, EscapedError, catch_all


@pytest.fixture(scope="module")
def caught() -> Mapping[str, Catch | EscapedError]:
    """Plant all of them, as many at a time as there are cores."""
    return {bug.name: found for bug, found in zip(BUGS, catch_all(BUGS), strict=True)}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug, caught: Mapping[str, Catch | EscapedError]) -> None:
    """The simulation fails within the seeds that the bug allows, by one of its invariants."""
    found = caught[bug.name]

    assert isinstance(found, Catch), found
    assert found.seed < bug.within


def test_a_bug_is_planted_where_its_text_stands_once() -> None:
    """A change of the source that moves such a place has to move the bug as well."""
    counts = {bug.name: (PACKAGE / bug.module).read_text().count(bug.old) for bug in BUGS}

    assert {name: count for name, count in counts.items() if count != 1} == {}

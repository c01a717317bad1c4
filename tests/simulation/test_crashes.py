"""What comes of a crash, for each effect of either function, just before it and just after it."""

from dataclasses import dataclass
from typing import Final

import pytest

from tests.simulation.crashes import effects_of, follow_up, kills, spine
from tests.simulation.effects import Kill


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often the accepted one was asked about, and the failing one sent; all dead letters."""

    asked: int
    failing_sent: int
    letters: int


_UNTOUCHED = Outcome(asked=0, failing_sent=1, letters=2)
"""As without a crash."""
_IN_DOUBT = Outcome(asked=1, failing_sent=1, letters=2)
"""It was claimed, and perhaps sent: Amazon is asked, does not have it, and it is sent."""
_TAKEN = Outcome(asked=1, failing_sent=2, letters=2)
"""Amazon is asked, and has it; what it refused it is asked for once more."""
_ON_RECORD = Outcome(asked=0, failing_sent=2, letters=2)
"""The ledger has it, and nobody needs to ask."""

SPINE: Final = {
    "bury": (_UNTOUCHED, _UNTOUCHED),
    "policy": (_UNTOUCHED, _UNTOUCHED),
    "read_breaker": (_UNTOUCHED, _UNTOUCHED),
    "put_new": (_UNTOUCHED, _IN_DOUBT),
    "records_of": (_IN_DOUBT, _IN_DOUBT),
    "secret": (_IN_DOUBT, _IN_DOUBT),
    "login": (_IN_DOUBT, _IN_DOUBT),
    "apply": (_IN_DOUBT, _TAKEN),
    "add_record": (_TAKEN, _ON_RECORD),
    # The letters are stored a second time, since nobody remembers them.
    "send letters": (_ON_RECORD, Outcome(asked=0, failing_sent=2, letters=4)),
    "remember_letters": (
        Outcome(asked=0, failing_sent=2, letters=4),
        Outcome(asked=0, failing_sent=2, letters=3),
    ),
    "change visibility": (
        Outcome(asked=0, failing_sent=2, letters=3),
        Outcome(asked=0, failing_sent=2, letters=3),
    ),
}
"""What comes of a kill just before each effect, and just after it."""

FOLLOW_UP: Final = {
    ("due", 0): (1, 1),
    ("read_breaker", 0): (1, 1),
    ("secret", 0): (1, 1),
    ("login", 0): (1, 1),
    ("applicationStatus", 0): (1, 1),
    ("save", 0): (1, 1),
    # It is on record that it failed, and not that anybody was told.
    ("tell", 0): (1, 2),
    ("save", 1): (2, 1),
    ("due", 1): (1, 1),
}
"""How often the failed application is told after a kill just before each effect, and just after.

Effects of one name are numbered."""


def test_the_table_names_every_effect_of_the_spine() -> None:
    """None is forgotten, in the order in which they take place."""
    assert effects_of(spine(), "apply 1") == list(SPINE)


@pytest.mark.parametrize(
    ("number", "kill"),
    list(kills(len(SPINE))),
    ids=lambda value: value.name.lower() if isinstance(value, Kill) else list(SPINE)[value],
)
def test_a_crash_of_the_apply_function_loses_and_repeats_nothing(number: int, kill: Kill) -> None:
    """What was accepted is sent once, and everything else comes to its end."""
    world = spine((number, kill))

    witness = world.witness
    assert witness.violations == []
    assert world.story.faults["killed"] == 1
    assert (witness.sent["sent"], witness.sent["elsewhere"], witness.sent["removed"]) == (1, 1, 0)
    found = Outcome(
        asked=witness.asked["sent"],
        failing_sent=witness.sent["failing"],
        letters=len(world.dead_letters.messages),
    )
    assert found == list(SPINE.values())[number][list(Kill).index(kill)]


def test_the_table_names_every_effect_of_the_follow_up() -> None:
    """None is forgotten, in the order in which they take place."""
    assert effects_of(follow_up(), "follow-up 1") == [name for name, _ in FOLLOW_UP]


@pytest.mark.parametrize(
    ("number", "kill"),
    list(kills(len(FOLLOW_UP))),
    ids=lambda value: (
        value.name.lower()
        if isinstance(value, Kill)
        else "-".join(map(str, list(FOLLOW_UP)[value]))
    ),
)
def test_a_crash_of_the_follow_up_keeps_no_failure_quiet(number: int, kill: Kill) -> None:
    """It is told at the next tick; only where it may have been told already, perhaps twice."""
    world = follow_up((number, kill))

    assert world.witness.violations == []
    assert world.story.faults["killed"] == 1
    told = list(FOLLOW_UP.values())[number][list(Kill).index(kill)]
    assert world.witness.told == {("failed", "FAILED"): told}

"""Bugs that are planted on purpose: a simulation that misses one of them proves nothing."""

from typing import Final

from tests.simulation.bugs.doors import DOOR_BUGS
from tests.simulation.bugs.ledger import LEDGER_BUGS

BUGS: Final = (*LEDGER_BUGS, *DOOR_BUGS)

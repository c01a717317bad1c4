"""Bugs that are planted on purpose: a simulation that misses one of them proves nothing."""

from typing import Final

from tests.simulation.bugs.doors import DOOR_BUGS
from tests.simulation.bugs.ledger import LEDGER_BUGS
from tests.simulation.bugs.policy import POLICY_BUGS

BUGS: Final = (*LEDGER_BUGS, *POLICY_BUGS, *DOOR_BUGS)

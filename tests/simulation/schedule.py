"""The schedule of the follow-up: a tick every five minutes, but those that would find nothing."""

from dataclasses import dataclass

from recommendation_applier.use_cases.follow_up import FollowUpReport
from tests.simulation.clock import moment_of
from tests.simulation.deployment import TICK
from tests.simulation.function import Function
from tests.simulation.kernel import Kernel
from tests.simulation.tables import QuickLedger


@dataclass(slots=True)
class Schedule:
    """Lets *function* run as long as something is due in the ledger."""

    kernel: Kernel
    memory: QuickLedger
    function: Function[FollowUpReport]
    at_once: int | None
    """Ticks at the same moment; None: mostly one, and sometimes two."""
    _planned: bool = False

    def next_due(self) -> float | None:
        """Say when something is due, None if nothing is."""
        due = [
            record.follow_up.due
            for record in self.memory.records.values()
            if record.follow_up and record.follow_up.due
        ]
        return moment_of(min(due)) if due else None

    def plan(self) -> None:
        """Plan the next tick that finds something."""
        due = None if self._planned else self.next_due()
        if due is not None:
            self._planned = True
            self.kernel.at((max(due, self.kernel.now) // TICK + 1) * TICK, self._tick)

    def _tick(self) -> None:
        self._planned = False
        drawn = 2 if self.kernel.random.random() < 0.15 else 1
        for _ in range(self.at_once or drawn):
            self.function.invoke(lambda environment, running: environment.follow_up(running))

"""Where real code touches the world: it lets others go on there, and it may be killed there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar

from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel, Killed, Task
from tests.simulation.story import Story

Result = TypeVar("Result")


class Kill(Enum):
    """When an execution environment dies."""

    BEFORE = auto()
    """The effect never takes place."""
    AFTER = auto()
    """It took place, and nobody learns of it."""


KillPlan = Callable[[str], Kill | None]
"""Says for each effect, by name and in order, whether its environment dies there."""


@dataclass(eq=False, slots=True)
class Invocation:
    """One invocation of a function: everything that runs on its behalf, and dies with it."""

    name: str
    kernel: Kernel
    seconds: float
    """How long Lambda lets it run."""
    bodies: tuple[str, ...] = ()
    """What it was given; none for a tick of the follow-up."""
    frozen: float = 0.0
    """Seconds that its monotonic clock has missed while its environment was frozen."""
    began_at: float = field(init=False)
    tasks: list[Task] = field(default_factory=list)
    is_killed: bool = False
    effects: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin."""
        self.began_at = self.kernel.now

    @property
    def ends_at(self) -> float:
        """When Lambda ends it, whatever it is doing."""
        return self.began_at + self.seconds

    def spawn(self, code: Callable[[], None]) -> Task:
        """Run *code* on its behalf."""
        task = self.kernel.spawn(code, ends_at=self.ends_at)
        task.owner = self
        self.tasks.append(task)
        return task

    def kill(self) -> None:
        """End everything that runs on its behalf."""
        self.is_killed = True
        for task in self.tasks:
            if not task.done and task is not self.kernel.current:
                task.kill_now()
            task.kill()


class Effects:
    """Carries out the effects of all invocations of one world."""

    def __init__(self, kernel: Kernel, faults: Faults, story: Story) -> None:
        """Kill at random, as often as *faults* says."""
        self.kernel = kernel
        self.faults = faults
        self.story = story
        self.plan: KillPlan = self._at_random
        self.traces: dict[str, list[str]] = {}
        """The effects of each invocation, in order."""

    @property
    def task(self) -> Task:
        """What runs at this moment."""
        task = self.kernel.current
        if task is None:
            raise RuntimeError("an effect was asked for by no invocation")
        return task

    @property
    def invocation(self) -> Invocation:
        """On whose behalf it runs."""
        owner = self.task.owner
        if not isinstance(owner, Invocation):
            raise TypeError("an effect was asked for by no invocation")
        return owner

    def now(self) -> float:
        """Tell the virtual moment, as whoever runs sees it."""
        task = self.kernel.current
        return self.kernel.now + (task.lag if task else 0.0)

    def do(self, name: str, action: Callable[[], Result], *, seconds: float) -> Result:
        """Let *action* take place, after others had their turn for *seconds*."""
        kill = self.begin(name)
        self.task.pause(seconds)
        result = action()
        self.end(name, kill)
        return result

    def do_holding(self, name: str, action: Callable[[], Result], *, seconds: float) -> Result:
        """Let *action* take place without ending the turn: the caller holds a lock.

        The *seconds* that it takes are made up for at the next effect.
        """
        kill = self.begin(name)
        self.task.lag += seconds
        result = action()
        self.end(name, kill)
        return result

    def begin(self, name: str) -> Kill | None:
        """Say that the effect *name* is about to take place; it may be the last."""
        task, invocation = self.task, self.invocation
        if task.dying:
            raise Killed
        invocation.effects.append(name)
        self.traces[invocation.name] = invocation.effects
        kill = self.plan(name)
        if kill is Kill.BEFORE:
            self._kill(invocation, name, kill)
        return kill

    def end(self, name: str, kill: Kill | None) -> None:
        """Say that the effect *name* took place."""
        if kill is Kill.AFTER:
            self._kill(self.invocation, name, kill)

    def _kill(self, invocation: Invocation, name: str, kill: Kill) -> None:
        self.story.fault(
            self.kernel.now, invocation.name, "killed", f"just {kill.name.lower()} {name}"
        )
        invocation.kill()
        raise Killed

    def _at_random(self, _: str) -> Kill | None:
        chance = self.faults.chance("kill", self.kernel.now)
        if chance and self.kernel.random.random() < chance:
            return Kill.BEFORE if self.kernel.random.random() < 0.4 else Kill.AFTER
        return None


def latencies(effects: Effects) -> tuple[float, float]:
    """Draw how long a request takes to Amazon, and its answer back."""
    random, now = effects.kernel.random, effects.kernel.now
    slow = effects.faults.chance("slow", now)
    if not slow or random.random() >= slow:
        return random.uniform(0.02, 1.5), random.uniform(0.02, 1.5)
    effects.story.fault(now, effects.invocation.name, "slow")
    return random.uniform(1.0, 40.0), random.uniform(1.0, 40.0)

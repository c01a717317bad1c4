"""Lambda: environments that are kept warm, frozen, thawed and lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tests.simulation.effects import Effects, Invocation
from tests.simulation.environment import Environment
from tests.simulation.kernel import Killed

Outcome = TypeVar("Outcome")


@dataclass(slots=True)
class Function(Generic[Outcome]):
    """One Lambda function; *run* is what its handler does in an environment."""

    name: str
    effects: Effects
    seconds: float
    """Its timeout."""
    start: Callable[[], Environment]
    freezing_stops_the_clock: bool
    on_end: Callable[[Invocation, Outcome | None, BaseException | None], None]
    """Told of each invocation's end: its outcome, or what it ended of."""
    running: dict[str, Invocation] = field(default_factory=dict)
    count: int = 0
    _idle: list[Environment] = field(default_factory=list)

    def invoke(
        self,
        run: Callable[[Environment, Invocation], Outcome],
        *,
        bodies: tuple[str, ...] = (),
        then: Callable[[Outcome | None], None] = lambda _: None,
    ) -> Invocation:
        """Begin an invocation; *then* is given its outcome, None where it has none."""
        self.count += 1
        kernel, environment = self.effects.kernel, self._environment()
        invocation = Invocation(
            f"{self.name} {self.count}",
            kernel,
            self.seconds,
            bodies=bodies,
            frozen=environment.frozen,
        )
        self.running[invocation.name] = invocation
        self.effects.story.tell(kernel.now, invocation.name, "begins", len(bodies), "messages")
        outcomes: list[Outcome] = []
        task = invocation.spawn(lambda: outcomes.append(run(environment, invocation)))

        def ended() -> None:
            del self.running[invocation.name]
            timed_out = isinstance(task.error, Killed) and not invocation.is_killed
            if timed_out and not kernel.stopped:
                self.effects.story.fault(kernel.now, invocation.name, "timed out")
            for other in invocation.tasks:
                if not other.done:  # a request that hangs is frozen with its environment
                    other.kill_now()
            outcome = outcomes[0] if outcomes else None
            if task.error is None:
                environment.idle_since = kernel.now
                self._idle.append(environment)
                self.effects.story.tell(kernel.now, invocation.name, "ends")
            self.on_end(invocation, outcome, task.error)
            then(outcome)

        task.when_ended(ended)
        return invocation

    def _environment(self) -> Environment:
        kernel = self.effects.kernel
        if self._idle and kernel.random.random() < 0.8:
            environment = self._idle.pop(kernel.random.randrange(len(self._idle)))
            asleep = kernel.now - environment.idle_since
            if asleep < 900.0:
                if self.freezing_stops_the_clock:
                    environment.frozen += asleep
                return environment
        return self.start()

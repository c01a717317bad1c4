"""One clock, one heap of events, one source of chance, and real code that takes turns.

Each piece of real code runs in a greenlet of its own, on its own stack and in the one thread there
is. Wherever it would wait for the world it switches back to the kernel, which alone decides who
goes on. Nothing sleeps, and a seed replays exactly.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Final

from greenlet import getcurrent, greenlet

NEVER: Final = float("inf")

MOST_STEPS: Final = 200_000
"""What takes more goes round in circles: a world of average size takes some 500."""


class EndlessError(Exception):
    """Events follow one another, and nothing comes to an end."""


class Killed(BaseException):
    """The execution environment is gone: nothing of what ran in it goes on.

    Not an Exception, since no code may catch it.
    """


class Kernel:
    """The scheduler of one simulated world."""

    def __init__(self, seed: int) -> None:
        """Start at the moment 0 with nothing to do."""
        self.random = Random(seed)  # noqa: S311 - a seed must replay exactly; nothing is secret
        self.now = 0.0
        self.steps = 0
        self.most_steps = MOST_STEPS
        self.stopped = False
        self.current: Task | None = None
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._until = NEVER
        self._tasks: dict[int, Task] = {}

    def at(self, moment: float, event: Callable[[], None]) -> None:
        """Let *event* happen at *moment*; of two at the same moment the one named first."""
        self._number += 1
        heappush(self._events, (max(moment, self.now), self._number, event))

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Let *event* happen so many seconds from now."""
        self.at(self.now + seconds, event)

    def spawn(self, code: Callable[[], None], *, ends_at: float = NEVER) -> "Task":
        """Run *code* from now on; at *ends_at* it is killed."""
        self._number += 1
        task = Task(self, code, number=self._number, ends_at=ends_at)
        self._tasks[task.number] = task
        self.at(self.now, task.go_on)
        return task

    def run(self, *, until: float = NEVER) -> bool:
        """Let the world go on until nothing is left to happen, or *until*.

        Tells whether nothing is left; ends at once when somebody sets `stopped`.
        """
        self._until = until
        while self._events and not self.stopped:
            if self._events[0][0] > until:
                self.now = until
                return False
            moment, _, event = heappop(self._events)
            self.now = max(self.now, moment)
            self.steps += 1
            if self.steps > self.most_steps:
                raise EndlessError(f"{self.steps} steps were not enough")
            event()
        if until < NEVER and not self.stopped:
            self.now = max(self.now, until)
        return not self._events

    def close(self) -> None:
        """End everything that still waits."""
        while self._tasks:
            task = next(iter(self._tasks.values()))
            task.kill()
            task.go_on()

    def next_moment(self) -> float:
        """Say when something happens next."""
        return self._events[0][0] if self._events else NEVER

    def pass_quietly(self, moment: float) -> bool:
        """Move the clock on to *moment* if nothing happens until then; tell whether it did."""
        if self.stopped or self.next_moment() <= moment or moment > self._until:
            return False
        self.now = moment
        self.steps += 1
        return True

    def forget(self, task: "Task") -> None:
        """Keep no book of *task* any more."""
        self._tasks.pop(task.number, None)


class Task:
    """Real code that runs in turns, each until it waits for the world."""

    def __init__(
        self, kernel: Kernel, code: Callable[[], None], *, number: int, ends_at: float
    ) -> None:
        """Made by `Kernel.spawn`."""
        self.number = number
        self.ends_at = ends_at
        self.lag = 0.0
        """Virtual seconds that it has used and not waited for yet: what it does while it holds a
        lock of its own cannot end its turn."""
        self.owner: object = None
        """On whose behalf it runs."""
        self.done = False
        self.dying = False
        self.error: BaseException | None = None
        """What ended it, once it is done: None where it came to its own end."""
        self._kernel = kernel
        self._code = code
        self._turn = greenlet(self._run)
        self._giver = getcurrent()
        self._pause = 0
        self._is_waiting = False
        self._ended: list[Callable[[], None]] = []

    def go_on(self) -> None:
        """Let it run until it waits for the world, or ends."""
        if self.done:
            return
        self._kernel.current = self
        # Whoever gives the turn gets it back, also from code that ends.
        self._turn.parent = self._giver = getcurrent()
        self._turn.switch()
        self._kernel.current = None
        if self._turn.dead:
            self._kernel.forget(self)
            for tell in self._ended:
                tell()

    def when_ended(self, tell: Callable[[], None]) -> None:
        """Call *tell* once it has ended, however."""
        self._ended.append(tell)

    def kill(self) -> None:
        """Let it find itself killed when it goes on."""
        self.dying = True

    def kill_now(self) -> None:
        """Kill it, and let it find out at once."""
        self.kill()
        self._pause += 1
        self._kernel.at(self._kernel.now, self.go_on)

    def pause(self, seconds: float) -> None:
        """Let the world go on for *seconds* of virtual time. Called by its own code."""
        self._stop_if_dying()
        moment = self._kernel.now + self.lag + seconds
        self.lag = 0.0
        if moment >= self.ends_at:
            moment = self.ends_at
            self.dying = True
        if not self._kernel.pass_quietly(moment):
            self._wait(moment)
        self._stop_if_dying()

    def wait(self, *, until: float = NEVER) -> None:
        """Let the world go on until somebody calls `wake`, or *until*. Called by its own code."""
        self._stop_if_dying()
        self.lag = 0.0
        self._is_waiting = True
        self._wait(min(until, self.ends_at))
        self._is_waiting = False
        if self._kernel.now >= self.ends_at:
            self.dying = True
        self._stop_if_dying()

    def wake(self) -> None:
        """Let it go on now, if it waits."""
        if self._is_waiting:
            self._wake_at(self._kernel.now)

    def _wait(self, moment: float) -> None:
        self._pause += 1
        if moment < NEVER:
            self._wake_at(moment)
        self._giver.switch()

    def _wake_at(self, moment: float) -> None:
        pause = self._pause

        def event() -> None:
            if self._pause == pause:
                self._pause += 1
                self.go_on()

        self._kernel.at(moment, event)

    def _stop_if_dying(self) -> None:
        if self.dying or self._kernel.stopped:
            raise Killed

    def _run(self) -> None:
        try:
            if not self.dying:
                self._code()
        except BaseException as error:  # noqa: BLE001 - whoever spawned it is told
            self.error = error
        finally:
            self.done = True

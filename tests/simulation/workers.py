"""Several requests at a time, as the client has them, each taking its turns."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from tests.simulation.effects import Effects

Work = TypeVar("Work")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class SimulatedWorkers:
    """Fits the client's Workers: *most* at once; with one, nobody else is needed."""

    effects: Effects
    most: int

    def run(
        self,
        do: Callable[[Work], Result],
        work: Iterable[Work],
        *,
        seconds_left: Callable[[], float],
        not_begun: Callable[[Work], Result],
        not_done: Callable[[Work], Result],
    ) -> Iterator[Result]:
        """See the protocol."""
        if self.most == 1:
            for each in work:
                yield do(each) if seconds_left() > 0 else not_begun(each)
            return
        yield from self._together(do, work, seconds_left, not_begun, not_done)

    def _together(
        self,
        do: Callable[[Work], Result],
        work: Iterable[Work],
        seconds_left: Callable[[], float],
        not_begun: Callable[[Work], Result],
        not_done: Callable[[Work], Result],
    ) -> Iterator[Result]:
        task, invocation = self.effects.task, self.effects.invocation
        until = self.effects.now() + seconds_left()
        waiting, results, running = iter(work), deque[Result](), dict[int, Work]()
        failures: list[BaseException] = []

        def start(each: Work) -> None:
            worker = invocation.spawn(lambda: results.append(do(each)))
            running[worker.number] = each

            def ended() -> None:
                del running[worker.number]
                if worker.error is not None:
                    failures.append(worker.error)
                task.wake()

            worker.when_ended(ended)

        following = list(islice(waiting, 1))
        while following or running or results:
            while following and len(running) < self.most:
                start(following.pop())
                following += islice(waiting, 1)  # may take time, in which others end
            while results:
                yield results.popleft()
            if failures:
                raise failures[0]
            if running and not results:
                task.wait(until=until)
            if not results and not failures and self.effects.now() >= until:
                break
        yield from (not_done(each) for each in running.values())
        yield from (not_begun(each) for each in (*following, *waiting))

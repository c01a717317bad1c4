"""How full requests get, message by message: what the formulas of domain/filling.py have to match.

Virtual time, one seed. As many pollers as MaximumConcurrency share one queue. A poll takes up to
ten messages that are there, or waits for one, 20 seconds at most. A poller gathers until its batch
is full (by number, or by 6 MB), or until a poll ends after its window; then it is busy for as long
as the function is, and polls no more.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Final

from recommendation_applier.domain.batching import MAX_IDS_PER_APPLY
from recommendation_applier.domain.filling import DAYS, LONG_POLL_SECONDS, busy_seconds
from recommendation_applier.domain.workload import Arrival, Workload
from tests.emulator.sqs_event import MAX_MESSAGES_PER_CALL, MAX_PAYLOAD_BYTES

RECORD_BYTES: Final = 5_975
"""Of an event, for a body of 4.4 kB that is delivered raw."""

_ROUND_TRIP_SECONDS: Final = 0.005
"""Of a poll that finds something; pollers ask for more than one batch of ten at a time."""
_DAY_SECONDS: Final = 86_400


@dataclass(slots=True)
class Simulated:
    """What became of the messages that came."""

    messages: int = 0
    invocations: int = 0
    requests: int = 0

    @property
    def ids_a_request(self) -> float:
        """How full a request is on the average."""
        return self.messages / self.requests


def simulated(workload: Workload, *, seed: int = 1, messages: int = 5_000) -> Simulated:
    """Let about so many *messages* come: bursts of whole days, or as much of a steady stream.

    Nothing is held or delivered again: all that comes is sent.
    """
    chance = random.Random(seed)  # noqa: S311 - nobody is kept out by it
    seen = Simulated()
    a_day = max(1, round(workload.deliveries / DAYS))
    if workload.arrival is Arrival.EVEN:
        seconds = messages / workload.deliveries * DAYS * _DAY_SECONDS
        _World(workload, chance, seen).run(messages, seconds)
    else:
        for _ in range(ceil(messages / a_day)):
            _World(workload, chance, seen).run(a_day, workload.burst_minutes * 60)
    return seen


@dataclass(slots=True)
class _Poller:
    batch: list[int] = field(default_factory=list)
    opened: float = 0.0
    polls: int = 0


class _World:
    """A queue, its pollers, and what happens when."""

    def __init__(self, workload: Workload, chance: random.Random, seen: Simulated) -> None:
        self._workload = workload
        self._chance = chance
        self._seen = seen
        self._most = min(workload.batch_size, MAX_PAYLOAD_BYTES // RECORD_BYTES)
        self._queue: deque[int] = deque()
        self._waiting: list[_Poller] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = 0.0

    def run(self, messages: int, seconds: float) -> None:
        """Let *messages* come within *seconds*, at any moment of them, and be handled."""
        until = self._seen.messages + messages
        for _ in range(messages):
            self._at(self._chance.uniform(0, seconds), self._arrive)
        for _ in range(self._workload.maximum_concurrency):
            self._poll(_Poller())
        while self._seen.messages < until:
            self._now, _, happen = heapq.heappop(self._events)
            happen()

    def _at(self, moment: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happen))

    def _arrive(self) -> None:
        self._queue.append(self._chance.randrange(self._workload.accounts))
        if self._waiting:
            self._take(self._waiting.pop(self._chance.randrange(len(self._waiting))))

    def _poll(self, poller: _Poller) -> None:
        poller.polls += 1
        if self._queue:
            self._take(poller)
            return
        self._waiting.append(poller)
        self._at(self._now + LONG_POLL_SECONDS, partial(self._give_up, poller, poller.polls))

    def _take(self, poller: _Poller) -> None:
        poller.opened = poller.opened if poller.batch else self._now
        for _ in range(min(MAX_MESSAGES_PER_CALL, self._most - len(poller.batch))):
            if self._queue:
                poller.batch.append(self._queue.popleft())
        self._at(self._now + _ROUND_TRIP_SECONDS, partial(self._go_on, poller))

    def _give_up(self, poller: _Poller, poll: int) -> None:
        if poller in self._waiting and poller.polls == poll:
            self._waiting.remove(poller)
            self._go_on(poller)

    def _go_on(self, poller: _Poller) -> None:
        is_over = self._now >= poller.opened + self._workload.batching_window_seconds
        if len(poller.batch) >= self._most or (poller.batch and is_over):
            self._invoke(poller)
        else:
            self._poll(poller)

    def _invoke(self, poller: _Poller) -> None:
        ids = Counter(poller.batch)
        requests = sum(ceil(each / MAX_IDS_PER_APPLY) for each in ids.values())
        self._seen.messages += len(poller.batch)
        self._seen.invocations += 1
        self._seen.requests += requests
        busy = busy_seconds(self._workload, deliveries=len(poller.batch), requests=requests)
        poller.batch = []
        self._at(self._now + busy, partial(self._poll, poller))

"""How the function is deployed in one world, as the template has it or not, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.simulation.faults import MINUTE
from tests.simulation.witness import Violation
from tests.simulation.workload import DAY

VISIBILITY_TIMEOUT: Final = 1380.0
INGRESS_RETENTION: Final = 10 * DAY
DEAD_LETTER_RETENTION: Final = 14 * DAY
TICK: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the function is deployed in one world."""

    timeout: float = 180.0
    batch_size: int = 10
    window: float = 60.0
    concurrency: int = 2
    max_receive_count: int = 100
    requests_at_once: int = 1
    freezing_stops_the_clock: bool = False


def draw_shape(random: Random) -> Shape:
    """Draw a deployment."""
    return Shape(
        timeout=random.choice((180.0, 180.0, 60.0, 20.0)),
        batch_size=random.choice((1, 3, 10, 20)),
        window=random.choice((1.0, 20.0, 60.0, 300.0)),
        concurrency=random.choice((2, 2, 3, 5)),
        max_receive_count=random.choice((3, 5, 12, 100, 100)),
        requests_at_once=random.choice((1, 1, 2, 4)),
        freezing_stops_the_clock=random.random() < 0.5,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed."""

    seed: int
    character: str
    violations: tuple[Violation, ...]
    steps: int
    invocations: int
    kills: int
    races: int
    drained_after: float
    """Seconds from the last fault or arrival until the queue was empty."""
    faults: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)

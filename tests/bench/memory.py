"""Peak memory of an invocation, each in a process of its own, with botocore's own client.

By what Linux says of a process.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from tests.bench.consumer import Consumer
from tests.bench.deliveries import event
from tests.bench.page import Cell, Page
from tests.bench.stubbed_dynamodb import stubbed_client

MOST_EVENT_BYTES: Final = 6 * 1024 * 1024
"""Of one synchronous invocation (Lambda quotas)."""


_PROCESS: Final = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Peak:
    """Megabytes of an event, and of the process before it came and at the most."""

    event: float
    before: float
    at_most: float


def measure(deliveries: int = 1_000, most_event_bytes: int = MOST_EVENT_BYTES) -> Page:
    """Measure one delivery, so many *deliveries*, and as many as an event can hold."""
    fitting = most_event_bytes // _bytes_of(1)
    return Page(
        name="memory",
        title="Peak memory of an invocation",
        columns=("deliveries", "MB of the event", "MB before", "MB at the peak", "MB more"),
        rows=list(_rows(1, deliveries, fitting)),
        notes=(
            "Resident memory of a process that has imported the function, and rich for the bench.",
            f"The last is what {most_event_bytes / 1024**2:.0f} MB hold, the most of an event.",
        ),
    )


def _rows(*counts: int) -> Iterator[tuple[Cell, ...]]:
    for count in counts:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            peak = process.submit(invoke_once, count).result()
        more = peak.at_most - peak.before
        megabytes = (peak.event, peak.before, peak.at_most, more)
        yield (count, *(round(each, 1) for each in megabytes))


def invoke_once(deliveries: int) -> Peak:
    """Handle one event in this process. Raises ValueError if not all of it was finished."""
    consumer, asked = Consumer(dynamodb=stubbed_client()), event(deliveries)
    _forget_the_peak()
    before = _resident("VmRSS")
    if consumer.handle(asked).answer["batchItemFailures"]:
        raise ValueError(f"not all deliveries were finished: {consumer.failures}")
    at_most = _resident("VmHWM")
    return Peak(_bytes_of(deliveries) / 1024**2, before, at_most)


def _bytes_of(deliveries: int) -> int:
    return len(json.dumps(event(deliveries), separators=(",", ":")))


def _forget_the_peak() -> None:
    (_PROCESS / "clear_refs").write_text("5")


def _resident(name: str) -> float:
    """Read a figure of this process, in megabytes.

    Not `ru_maxrss`: a process inherits that from the one that started it.
    """
    [line] = [
        each for each in (_PROCESS / "status").read_text().splitlines() if each.startswith(name)
    ]
    return int(line.split()[1]) / 1_024

"""CPU of a delivery, beside that of `json.loads` of its body and of a naive consumer."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.bundles import PYTHON, built
from tests.bench.cpu_in_turns import ACCOUNTS, BOTOCORE, JSON, NEW, Measured
from tests.bench.page import Page
from tests.runtime.bundle import PROJECT

ROUNDS: Final = 50
"""Many, since whatever else the machine does adds to what has several threads."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A *python*, and the folder of what it runs."""

    python: Path
    code: Path


def measure(
    deliveries: int = 1_000, rounds: int = ROUNDS, *, runtime: Runtime | None = None
) -> Page:
    """Let every thing happen to *deliveries* deliveries so many times, in turns.

    In the functions' own Python, with what `make build` makes, unless another *runtime* is given.
    """
    measured = _measured(runtime or Runtime(PYTHON, built().finished), deliveries, rounds)
    least, base = measured.seconds, measured.seconds[JSON]
    rows = [(name, *_figures(seconds, base, deliveries)) for name, seconds in least.items()]
    share = least[BOTOCORE] - least[NEW]
    place = [name for name, *_ in rows].index(BOTOCORE) + 1
    rows.insert(place, ("of which botocore's", *_figures(share, base, deliveries)))
    return Page(
        name="cpu",
        title=f"CPU of {deliveries:,} deliveries of {ACCOUNTS} accounts",
        columns=("what", "µs a delivery", "of json.loads"),
        rows=rows,
        notes=(
            f"Bodies of {measured.body_bytes:,} bytes; {measured.requests} apply requests.",
            f"CPU of all threads; the least of {rounds} rounds in turns, in a process of its own.",
            f"Python {measured.python}, in a warm execution environment.",
            "AWS and Amazon answer at once: at the clients' methods, and at httpx's transport.",
            "With botocore, AWS does so where botocore would send.",
        ),
    )


def _measured(runtime: Runtime, deliveries: int, rounds: int) -> Measured:
    done = subprocess.run(
        [runtime.python, "-m", "tests.bench.cpu_in_turns", str(deliveries), str(rounds)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{runtime.code}{os.pathsep}{PROJECT}"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def _figures(seconds: float, base: float, deliveries: int) -> tuple[float, float]:
    return round(seconds / deliveries * 1e6, 1), round(seconds / base, 2)

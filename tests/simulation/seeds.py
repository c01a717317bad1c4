"""Many seeds: by several processes, added up, and the first that fails told in full."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, Final

from tests.simulation.deployment import Outcome
from tests.simulation.profiles import PROFILES

_AT_ONCE: Final = 20
"""Seeds that a process takes at a time: few enough for the last ones to end together."""


@dataclass(slots=True)
class Totals:
    """What came of many seeds."""

    seeds: int = 0
    seconds: float = 0.0
    steps: int = 0
    invocations: int = 0
    kills: int = 0
    races: int = 0
    longest_drain: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add what came of one seed."""
        self.seeds += 1
        self.steps += outcome.steps
        self.invocations += outcome.invocations
        self.kills += outcome.kills
        self.races += outcome.races
        self.longest_drain = max(self.longest_drain, outcome.drained_after)
        self.faults += outcome.faults
        self.requests += outcome.requests
        self.characters[outcome.character] += 1
        if outcome.violations:
            self.failed.append(outcome)

    def lines(self) -> Iterator[str]:
        """Say it in a few lines."""
        characters = ", ".join(
            f"{count:,} {name}" for name, count in sorted(self.characters.items())
        )
        yield (
            f"{self.seeds:,} seeds ({characters}) in {self.seconds:.1f} s: "
            f"{self.seeds / self.seconds:.1f} seeds a second"
        )
        yield (
            f"{self.steps:,} steps, {self.invocations:,} invocations, "
            f"{self.requests['apply']:,} apply and "
            f"{self.requests['applicationStatus']:,} applicationStatus requests, "
            f"{self.kills:,} kills"
        )
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.faults.most_common())
        yield f"{self.faults.total():,} faults: {kinds}"
        yield (
            f"drained at the latest {self.longest_drain / 3600:.1f} h after the last fault; "
            f"{self.races:,} times SQS delivered twice at once and a late request was raced"
        )

    def as_json(self) -> dict[str, Any]:
        """Say it for programs."""
        return {
            "seeds": self.seeds,
            "characters": self.characters,
            "seedsASecond": round(self.seeds / self.seconds, 1),
            "steps": self.steps,
            "invocations": self.invocations,
            "kills": self.kills,
            "races": self.races,
            "hoursToDrain": round(self.longest_drain / 3600, 2),
            "requests": self.requests,
            "faults": self.faults,
        }


def run_all(
    seeds: Sequence[int], *, profile: str = "any", stop_at_first: bool = False, processes: int = 0
) -> Totals:
    """Live through *seeds*; with *stop_at_first*, until one fails."""
    totals = Totals()
    began = time.perf_counter()
    chunks = [seeds[start : start + _AT_ONCE] for start in range(0, len(seeds), _AT_ONCE)]
    processes = min(processes or os.cpu_count() or 1, len(chunks))
    if processes <= 1:
        for seed in seeds:
            totals.add(PROFILES[profile](seed).run())
            if totals.failed and stop_at_first:
                break
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for outcomes in pool.map(_run_some, [(chunk, profile) for chunk in chunks]):
                for outcome in outcomes:
                    totals.add(outcome)
                if totals.failed and stop_at_first:
                    pool.shutdown(cancel_futures=True)
                    break
    totals.seconds = time.perf_counter() - began
    return totals


def replay_with_the_same_hashes() -> None:
    """Start this program over if strings hash differently from run to run.

    The order of a set of strings is the one thing that a seed does not decide.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - this program


def _run_some(some: tuple[Sequence[int], str]) -> list[Outcome]:
    seeds, profile = some
    return [PROFILES[profile](seed).run() for seed in seeds]

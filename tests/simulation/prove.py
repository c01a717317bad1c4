"""Plants each bug in a copy of the package, and sees that the simulation catches it."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from tests.simulation.bugs import BUGS
from tests.simulation.bugs.bug import Bug

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "src" / "recommendation_applier"
_PATIENCE_SECONDS: Final = 300.0
_OF_OTHERS: Final = ["aws_lambda_powertools", "botocore.session", "greenlet", "httpx", "pydantic"]
"""What a process has imported before the bug is planted: that takes longer than most bugs do."""


@dataclass(frozen=True, slots=True)
class Catch:
    """How a bug was caught: by the seed of that number, by that invariant."""

    bug: Bug
    seed: int
    invariant: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.bug.name:<68} {self.seed + 1:>5}  {self.invariant}"


class EscapedError(Exception):
    """A bug was planted, and the simulation said nothing, or something else went wrong."""


def plant(bug: Bug, folder: Path) -> None:
    """Make a copy of the package in *folder* that has *bug*."""
    # With what is compiled already: only the changed module has to be compiled again.
    shutil.copytree(PACKAGE, folder / PACKAGE.name)
    module = folder / PACKAGE.name / bug.module
    text = module.read_text()
    if text.count(bug.old) != 1:
        raise EscapedError(f"{bug.name}: {bug.module} has {text.count(bug.old)} such places, not 1")
    module.write_text(text.replace(bug.old, bug.new))


def catch(bug: Bug) -> Catch:
    """Plant *bug* and live through its seeds until one fails. Raises EscapedError if none does.

    Only for a process that has not imported the package yet, and does nothing else.
    """
    with tempfile.TemporaryDirectory() as folder:
        plant(bug, Path(folder))
        sys.path.insert(0, folder)
        # Here and not above: the package is the one that was planted.
        from tests.simulation.seeds import run_all  # noqa: PLC0415

        seeds = range(bug.within)
        found = run_all(seeds, profile=bug.profile, stop_at_first=True, processes=1).failed
    if not found:
        raise EscapedError(f"{bug.name} was not caught within {bug.within} seeds")
    return Catch(bug, found[0].seed, found[0].violations[0].invariant)


def catch_all(bugs: Sequence[Bug] = BUGS) -> Iterator[Catch | EscapedError]:
    """Catch *bugs*, as many at a time as there are cores; what escapes comes back as its error."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_OF_OTHERS)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, max_tasks_per_child=1) as pool:
        for future in [pool.submit(catch, bug) for bug in bugs]:
            error = future.exception(timeout=_PATIENCE_SECONDS)
            if isinstance(error, EscapedError):
                yield error
            else:
                yield future.result()


def prove(*, as_json: bool) -> int:
    """Print a line a bug, or what caught which as JSON; return the exit status."""
    caught: dict[str, tuple[int, str]] = {}
    escaped: dict[str, str] = {}
    if not as_json:
        print(f"{'bug':<68} seeds  caught by")
    for bug, found in zip(BUGS, catch_all(), strict=True):
        if isinstance(found, Catch):
            caught[bug.name] = (found.seed, found.invariant)
        else:
            escaped[bug.name] = str(found)
        if not as_json:
            print(found, flush=True)
    if as_json:
        print(json.dumps({"caught": caught, "escaped": escaped}))
    else:
        print(f"{len(caught)} of {len(BUGS)} bugs caught")
    return 1 if escaped else 0

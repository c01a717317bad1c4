"""Plants each bug in a copy of the package, and sees that the simulation catches it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.simulation.bugs import BUGS
from tests.simulation.bugs.bug import Bug

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "src" / "recommendation_applier"
_PATIENCE_SECONDS: Final = 300.0


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
    """Plant *bug* and live through its seeds until one fails. Raises EscapedError if none does."""
    with tempfile.TemporaryDirectory() as folder:
        plant(bug, Path(folder))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.simulation", "--brief", "--stop-at-first"),
                *("--processes", "1", "--seeds", str(bug.within), "--profile", bug.profile),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{folder}:{ROOT}", "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    seed, _, invariant = done.stdout.strip().partition(" ")
    if done.returncode != 1 or not invariant:
        raise EscapedError(f"{bug.name} was not caught within {bug.within} seeds: {done.stderr}")
    return Catch(bug, int(seed), invariant)


def catch_all(bugs: Sequence[Bug] = BUGS) -> Iterator[Catch | EscapedError]:
    """Catch *bugs*, as many at a time as there are cores; what escapes comes back as its error."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(catch, bug) for bug in bugs]:
            error = future.exception()
            if isinstance(error, EscapedError):
                yield error
            else:
                yield future.result()


def prove() -> int:
    """Print a line a bug; return the exit status."""
    caught = escaped = 0
    print(f"{'bug':<68} seeds  caught by")
    for found in catch_all():
        print(found, flush=True)
        caught += isinstance(found, Catch)
        escaped += isinstance(found, EscapedError)
    print(f"{caught} of {caught + escaped} bugs caught")
    return 1 if escaped else 0

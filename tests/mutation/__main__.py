"""`make mutate`: mutation tests of the rules, that is of domain and use_cases.

mutmut puts one small fault at a time into a copy of the code and runs the unit tests that reach
it. A fault that no test notices is a missing test, or no fault at all: then `equivalent.toml` says
why. A property, a default and what stands outside of functions is not mutated.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.mutants import (
    EQUIVALENTS,
    KILLED,
    PACKAGE,
    TIMED_OUT,
    explanation_of,
    read_equivalents,
    read_mutants,
    table_of,
)

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "events", "pyproject.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate, test, and show what no test noticed.

    Returns 1 when something survived without an explanation, or an explanation is of nothing.
    """
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, copy / name)
        patterns = [f"{PACKAGE}.{module}.*" for module in chosen.modules]
        _mutmut(copy, "run", f"--max-children={chosen.processes}", *patterns, shown=True)
        mutants = read_mutants(_mutmut(copy, "results", "--all", "true"))
        survivors = [each for each in mutants if each.status not in KILLED | TIMED_OUT]
        diffs = {each.key: _mutmut(copy, "show", each.key) for each in survivors}

    equivalents = read_equivalents()
    explanations = {
        each.key: explanation
        for each in survivors
        if (explanation := explanation_of(each, diffs[each.key], equivalents))
    }
    modules = {each.module for each in mutants}
    idle = [
        each
        for each in equivalents
        if each not in explanations.values()
        and any(each.function.startswith(f"{module}.") for module in modules)
    ]
    unexplained = [diffs[each.key] for each in survivors if each.key not in explanations]
    _say("\n" + table_of(mutants, equivalent=frozenset(explanations)))
    for diff in unexplained:
        _say("\n" + diff.strip())
    for each in idle:
        _say(f"\n{EQUIVALENTS.name} explains what does not survive: {each.function}: {each.was}")
    return 1 if unexplained or idle or not mutants else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument(
        "modules",
        nargs="*",
        metavar="MODULE",
        help="such as domain.ledger; all of domain and use_cases if none is named",
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count(), help="how many at a time; all processors"
    )
    return parser


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _mutmut(folder: Path, *arguments: str, shown: bool = False) -> str:
    """Run mutmut in *folder* and give what it prints, or show it to whoever sits at a terminal."""
    shown = shown and sys.stdout.isatty()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    finished = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env=environment,
        check=False,
        text=True,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
    )
    if finished.returncode:
        _say(finished.stdout or "")
        sys.exit(f"mutmut {arguments[0]} ended with {finished.returncode}")
    return finished.stdout or ""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""How long an operator waits for `applier`, and how much memory an export takes.

Each command runs in a process of its own, as a shell runs it. AWS is a stand-in on this machine
that answers at once, so that the time is the command's own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.page import Cell, Page
from tests.bench.processes import Run, run
from tests.bench.stand_in_aws import IDS_A_RECORD, StandIn, standing_in

_SOURCE: Final = Path(__file__).parents[2] / "src"
_NOTHING: Final = "pass"
_APPLIER: Final = "from recommendation_applier.entrypoints.cli.main import app; app()"
_EXPORTS: Final = {
    "ledger export": ("ledger", "export", "--since", "2026-01-01"),
    "dead-letters export": ("dead-letters", "export"),
}
HELPS: Final = ("", "held", "dead-letters", "ledger", "costs")
"""Groups of commands; the empty one is all of `applier`."""


def measure(rows: int = 10_000, *, helps: Sequence[str] = HELPS, times: int = 3) -> Page:
    """Start each command, and export *rows* and a tenth of them."""
    nothing = run(_NOTHING, times=times)
    found = [_row("python -c pass", nothing, nothing)]
    for group in helps:
        words = (*group.split(), "--help")
        found.append(_row(" ".join(["applier", *words]), _applier(words, times=times), nothing))
    for name, export in _EXPORTS.items():
        for count in (rows // 10, rows):
            stand_in = StandIn(records=count // IDS_A_RECORD, letters=count)
            taken = _applier(export, stand_in=stand_in)
            found.append(_row(f"applier {name}: {taken.lines:,} lines", taken, nothing))
    return Page(
        name="operator",
        title="What an operator waits for",
        columns=(
            "a process of its own",
            "CPU ms",
            "wall ms",
            "ms to the first line",
            "peak memory MB",
            "CPU, as python -c pass",
        ),
        rows=found,
        notes=(
            f"The least of {times} starts; an export once.",
            "AWS is a stand-in on this machine, which shares its processors.",
        ),
    )


def _applier(words: Sequence[str], *, stand_in: StandIn | None = None, times: int = 1) -> Run:
    with standing_in(stand_in or StandIn()) as environment:
        found = {**environment, "PYTHONPATH": str(_SOURCE)}
        return run(_APPLIER, *words, environment=found, times=times)


def _row(what: str, taken: Run, nothing: Run) -> tuple[Cell, ...]:
    return (
        what,
        round(taken.cpu_seconds * 1000),
        round(taken.wall_seconds * 1000),
        round(taken.seconds_to_first_line * 1000),
        round(taken.peak_megabytes),
        round(taken.cpu_seconds / nothing.cpu_seconds, 1),
    )

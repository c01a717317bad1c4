"""What a process of its own takes: CPU, wall, and the most memory that it had at once."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COMPILED: Final = {"PYTHONDONTWRITEBYTECODE": ""}
"""As from the second start on, wherever it is measured."""

_STATUS: Final = Path("/proc/self/status")
_PEAK: Final = "VmHWM:"
_REPORTING: Final = """
import sys
try:
    exec(sys.argv.pop(1))
finally:
    try:
        sys.stderr.write("\\n" + open("/proc/self/status").read())
    except OSError:
        pass
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took; it printed so many *lines*, the first after *seconds_to_first_line*."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    seconds_to_first_line: float
    lines: int


def peak_megabytes() -> float:
    """Give the most memory that this process has had at once.

    As Linux says it itself, and not by getrusage: there a process inherits the peak of the one that
    started it.
    """
    if _STATUS.exists():
        return _peak_in(_STATUS.read_text())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_024 if sys.platform == "linux" else 1_048_576)


def run(
    program: str, *arguments: str, environment: Mapping[str, str] | None = None, times: int = 1
) -> Run:
    """Run a Python *program* so many *times*, and take the least of each figure.

    The least, since all that happens besides adds to it. Raises RuntimeError with what it said on
    stderr if it fails.
    """
    runs = [_run(program, arguments, environment or {}) for _ in range(times)]
    return Run(
        cpu_seconds=min(each.cpu_seconds for each in runs),
        wall_seconds=min(each.wall_seconds for each in runs),
        peak_megabytes=min(each.peak_megabytes for each in runs),
        seconds_to_first_line=min(each.seconds_to_first_line for each in runs),
        lines=runs[0].lines,
    )


def _run(program: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Run:
    begun = time.perf_counter()
    first_line, lines = 0.0, 0
    with (
        tempfile.TemporaryFile() as stderr,
        subprocess.Popen(
            [sys.executable, "-c", _REPORTING, program, *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **_COMPILED, **environment},
        ) as process,
    ):
        for _ in process.stdout or ():
            first_line = first_line or time.perf_counter() - begun
            lines += 1
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        said = stderr.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"a measured program ended with {process.returncode}: {said[-2_000:]}")
    return Run(
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        wall_seconds=wall,
        peak_megabytes=_peak_in(said) if _PEAK in said else usage.ru_maxrss / 1_048_576,
        seconds_to_first_line=first_line,
        lines=lines,
    )


def _peak_in(status: str) -> float:
    [kilobytes] = [line.split()[1] for line in status.splitlines() if line.startswith(_PEAK)]
    return int(kilobytes) / 1_024

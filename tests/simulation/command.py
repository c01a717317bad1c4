"""The simulation as a program of its own, for tests that let it use the cores."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start it; `finish` waits for what it says."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulation", "--json", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Give the figures that it says; where something is wrong, fail with its story."""
    said, complained = process.communicate()
    assert process.returncode == 0, said + complained
    figures: dict[str, Any] = json.loads(said)
    return figures

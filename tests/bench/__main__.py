"""`make bench`: figures of what the project costs and how fast it is, each with its method."""

import argparse
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench import (
    aws_calls,
    bundle,
    cold_start,
    cost,
    cost_plot,
    cpu,
    filling,
    growth,
    imports,
    memory,
    operator,
    opportunity_files,
    requests,
    wall,
)
from tests.bench.page import Page
from tests.cheap_aws import make_cheap
from tests.emulator.table import console_of

PAGES: Final[Mapping[str, Callable[[], Page]]] = {
    "requests": requests.measure,
    "filling": filling.measure,
    "aws-calls": aws_calls.measure,
    "cold-start": cold_start.measure,
    "imports": imports.measure,
    "bundle": bundle.measure,
    "cpu": cpu.measure,
    "wall": wall.measure,
    "memory": memory.measure,
    "growth": growth.measure,
    "cost": cost.measure,
    "opportunity-files": opportunity_files.measure,
    "operator": operator.measure,
}
"""One module a page."""


def main(
    arguments: Sequence[str] | None = None, *, measures: Mapping[str, Callable[[], Page]] = PAGES
) -> int:
    """Measure the pages that are named, or all, and show them. Give 1 if one of them fails."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument(
        "--plot", metavar="FILE", type=Path, help="draw cost against volume, as .svg or .png"
    )
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(measures)}")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.pages if name not in measures]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(measures)}")
    begun = time.perf_counter()
    console = console_of(stderr=chosen.json)
    if chosen.plot is not None:
        cost_plot.write(chosen.plot)
    pages: list[Page] = []
    failed: list[str] = []
    for name in chosen.pages or measures:
        with console.status(f"measuring {name}"):
            page = _measured(name, measures[name])
        if page is None:
            failed.append(name)
            continue
        pages.append(page)
        if not chosen.json:
            page.show(console)
    about = {
        "seconds": round(time.perf_counter() - begun, 1),
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "failed": failed,
    }
    if chosen.json:
        document = {"pages": [page.as_json() for page in pages], **about}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        console.print(
            f"{len(pages)} pages in {about['seconds']} s: Python {about['python']}, "
            f"{about['processors']} processors, {about['machine']}"
        )
    if failed:
        sys.stderr.write(f"These pages failed: {', '.join(failed)}\n")
    return 1 if failed else 0


def _measured(name: str, measure: Callable[[], Page]) -> Page | None:
    """Measure a page; what one of them raises is told, and keeps no other from being measured."""
    try:
        return measure()
    except Exception:  # noqa: BLE001 - whatever it is, the other pages are wanted
        sys.stderr.write(f"{name} failed:\n{traceback.format_exc()}")
        return None


if __name__ == "__main__":
    make_cheap()
    sys.exit(main())

"""`make bench`: figures of what the project costs and how fast it is, each with its method."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tests.bench import aws_calls, bundle, cold_start, imports, opportunity_files
from tests.bench.page import Page
from tests.emulator.table import console_of

PAGES: Final[Mapping[str, Callable[[], Page]]] = {
    "aws-calls": aws_calls.measure,
    "bundle": bundle.measure,
    "cold-start": cold_start.measure,
    "imports": imports.measure,
    "opportunity-files": opportunity_files.measure,
}
"""One module a page."""


def main(
    arguments: Sequence[str] | None = None, *, measures: Mapping[str, Callable[[], Page]] = PAGES
) -> int:
    """Measure the pages that are named, or all, and show them."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(measures)}")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.pages if name not in measures]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(measures)}")
    console = console_of(stderr=chosen.json)
    pages: list[Page] = []
    for name in chosen.pages or measures:
        with console.status(f"measuring {name}"):
            pages.append(measures[name]())
    if chosen.json:
        sys.stdout.write(json.dumps([page.as_json() for page in pages], indent=1) + "\n")
        return 0
    for page in pages:
        page.show(console)
    return 0


if __name__ == "__main__":
    sys.exit(main())

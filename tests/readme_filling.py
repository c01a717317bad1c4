"""The tables of README's "How fast, and what it costs to run": `python -m tests.readme_filling`."""

from collections.abc import Sequence

from recommendation_applier.domain.workload import Arrival
from tests.bench.filling import ACCOUNTS, COMES, Filled, by_parameter, by_volume

SOME, MANY = 100_000, 1_000_000


def volumes() -> str:
    """Write how full requests are with the template's defaults, by volume and accounts."""
    ways = [(arrival, accounts) for arrival in Arrival for accounts in ACCOUNTS]
    headings = [f"{COMES[arrival]}: {accounts} accounts" for arrival, accounts in ways]
    columns = [list(by_volume(arrival, accounts)) for arrival, accounts in ways]
    lines = [
        [f"{row[0].workload.recommendations:,}", *map(_cell, row)]
        for row in zip(*columns, strict=True)
    ]
    return _markdown([["recommendations a month", *headings], *lines])


def parameters() -> str:
    """Write what one parameter changes, with 25 accounts."""
    ways = [(arrival, volume) for arrival in Arrival for volume in (SOME, MANY)]
    headings = [f"{volume:,} a month, {COMES[arrival]}" for arrival, volume in ways]
    columns = [list(by_parameter(arrival, volume)) for arrival, volume in ways]
    lines = [[row[0].turned, *map(_cell, row)] for row in zip(*columns, strict=True)]
    return _markdown([["with", *headings], *lines])


def _cell(filled: Filled) -> str:
    return f"{filled.filling.ids_a_request:.1f}; {filled.requests_a_day:,.0f}"


def _markdown(lines: Sequence[Sequence[str]]) -> str:
    heading, *others = lines
    ruled = [heading, ["---"] * len(heading), *others]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)


if __name__ == "__main__":
    print(volumes(), parameters(), sep="\n\n")  # noqa: T201 - what it is for

"""What commands print: tables for people, JSON and CSV for programs."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TextIO

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from recommendation_applier.domain.dates import format_date

_WIDTH_WITHOUT_A_TERMINAL: Final = 200
"""Wide enough for ids, where nobody can widen it."""

Row = Mapping[str, object]


def print_rows(rows: Sequence[Row], columns: Mapping[str, str], *, as_json: bool) -> None:
    """Print *rows* as a JSON array, or as a table of *columns*, which are headings by key."""
    if as_json:
        print_json(rows)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_printable(row.get(key)) for key in columns))
    _console().print(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print facts below each other, by heading; those that are None or empty are left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for heading, value in facts.items():
        if text := _printable(value):
            table.add_row(heading, text)
    _console().print(table)


def print_json(document: object) -> None:
    """Print *document* as JSON; moments are ISO 8601 in UTC, decimals are strings."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_in_json))


def write_csv(rows: Iterable[Row], columns: Sequence[str], file: TextIO) -> None:
    """Write *rows* with a line of headings, which are the keys; what is None is an empty cell."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(row.get(key)) for key in columns] for row in rows)


def _console() -> Console:
    # Amazon's words are never taken for markup.
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_A_TERMINAL
    return console


def _printable(value: object) -> str:
    """Write for a terminal: what could move its cursor becomes a question mark."""
    return "".join(each if each.isprintable() else "?" for each in _text(value))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return format_date(value)
        case tuple() | list():
            return ", ".join(_text(each) for each in value)
        case _:
            return str(value)


def _in_json(value: object) -> str:
    if isinstance(value, datetime):
        return format_date(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")

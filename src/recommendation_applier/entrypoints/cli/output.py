"""What commands print: tables for people, JSON and CSV for programs.

rich is imported by what draws with it: nobody who asks for help waits for it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TextIO

import typer

from recommendation_applier.domain.dates import format_date

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_WIDTH_WITHOUT_A_TERMINAL: Final = 200
"""Wide enough for ids, where nobody can widen it."""

_MISTAKABLE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "'")
"""A spreadsheet may take a cell that begins so for a formula (OWASP, CSV injection), or, by the
last, for one that is written as here."""

Row = Mapping[str, object]


def print_rows(
    rows: Sequence[Row], columns: Mapping[str, str], *, as_json: bool, err: bool = False
) -> None:
    """Print *rows* as a JSON array, or as a table of *columns*, which are headings by key.

    With *err* the table goes to stderr, where questions are asked.
    """
    if as_json:
        print_json(rows)
        return
    from rich import box  # noqa: PLC0415 - as the module says
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_printable(row.get(key)) for key in columns))
    _console(err=err).print(table)


def print_line(text: str, *, colour: str | None = None) -> None:
    """Print one line at once; in *colour* where stdout is a terminal."""
    typer.secho(_printable(text), fg=colour)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print facts below each other, by heading; those that are None or empty are left out."""
    from rich.table import Table  # noqa: PLC0415 - as the module says

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


def write_json_array(rows: Iterable[Row], columns: Sequence[str], file: TextIO) -> None:
    """Write *rows* as a JSON array while they come, one a line; all have the same keys."""
    separator = "["
    for row in rows:
        document = {key: row.get(key) for key in columns}
        text = json.dumps(document, ensure_ascii=False, default=_in_json)
        file.write(f"{separator}\n{text}")
        separator = ","
    file.write("\n]\n" if separator == "," else "[]\n")


def write_json_lines(rows: Iterable[Row], file: TextIO) -> None:
    """Write *rows* as JSON while they come, each a document on a line of its own."""
    file.writelines(f"{json.dumps(row, ensure_ascii=False, default=_in_json)}\n" for row in rows)


def write_csv(rows: Iterable[Row], columns: Sequence[str], file: TextIO) -> None:
    """Write *rows* with a line of headings, which are the keys; what is None is an empty cell.

    No spreadsheet takes a text for a formula: one that begins with `=`, `+`, `-`, `@` or white
    space is written behind an apostrophe. So is one that begins with an apostrophe, so that whoever
    takes away the first one of a cell, where there is one, has every text as it was.
    """
    writer = csv.writer(file)  # with the line ends of RFC 4180, or a lone \r would not be quoted
    writer.writerow(columns)
    writer.writerows([_cell(row.get(key)) for key in columns] for row in rows)


@dataclass
class Bar:
    """A progress bar; *total* is None while nobody knows it."""

    _progress: "Progress"
    _task: "TaskID"
    total: int | None = None

    def advance(self, count: int) -> None:
        """Tell of *count* more."""
        self._progress.update(self._task, advance=count, total=self.total)

    def show(self, done: int) -> None:
        """Tell that so many are done by now."""
        self._progress.update(self._task, completed=done, total=self.total)


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """Show a bar on stderr while *what* is done; where that is no terminal, nothing is shown."""
    from rich.progress import Progress  # noqa: PLC0415 - as the module says

    console = _console(err=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        yield Bar(shown, shown.add_task(what, total=None))


def warn(sentence: str) -> None:
    """Tell the operator of something that does not end the command."""
    typer.echo(f"Warning: {' '.join(sentence.split())}", err=True)


def _console(*, err: bool = False) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - as the module says

    # Amazon's words are never taken for markup.
    console = Console(stderr=err, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_A_TERMINAL
    return console


def _printable(value: object) -> str:
    """Write for a terminal: what could move its cursor becomes a question mark."""
    return "".join(each if each.isprintable() else "?" for each in _text(value))


def _cell(value: object) -> str:
    text = _text(value)
    is_number = isinstance(value, int | Decimal)
    return f"'{text}" if text.startswith(_MISTAKABLE) and not is_number else text


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return format_date(value)
        case Decimal():
            return f"{value:f}"
        case tuple() | list():
            return ", ".join(_text(each) for each in value)
        case _:
            return str(value)


def _in_json(value: object) -> str:
    if isinstance(value, datetime):
        return format_date(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no form in JSON")

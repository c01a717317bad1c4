"""A page of the bench: one table, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

Cell = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Figures and how they were got; every row has a cell for every column."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()

    def show(self, console: Console) -> None:
        """Print it for people."""
        table = Table(title=self.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
        console.print(table)
        for note in self.notes:
            console.print(note, style="bright_black")

    def as_json(self) -> dict[str, Any]:
        """Give it to programs: each row by its columns' names."""
        return asdict(self) | {
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        }

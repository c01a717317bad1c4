"""How far a command is that takes a while. rich is imported when it is, as in `output`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Show on stderr, if that is a terminal, that *what* goes on, and the number that is given."""
    from rich.console import Console  # noqa: PLC0415 - as the module says

    with Console(stderr=True).status(f"{what} …") as status:
        yield lambda number: status.update(f"{what}: {number:,} …")


@contextmanager
def measuring(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show on stderr, if that is a terminal, how many bytes there are, of how many if known."""
    from rich.console import Console  # noqa: PLC0415 - as the module says
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=None)
        yield lambda number, total: progress.update(task, completed=number, total=total)

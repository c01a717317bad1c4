"""How far a command is that takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Show on stderr, if that is a terminal, that *what* goes on, and the number that is given."""
    with Console(stderr=True).status(f"{what} …") as status:
        yield lambda number: status.update(f"{what}: {number:,} …")

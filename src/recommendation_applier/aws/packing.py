"""Cutting entries into calls that AWS takes: so many of them, so many bytes."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Entry = TypeVar("Entry")


def packed(
    entries: Iterable[Entry], *, size: Callable[[Entry], int], max_entries: int, max_bytes: int
) -> Iterator[list[Entry]]:
    """Cut *entries* so that no call has too many of them or too many bytes; order is kept.

    One that is too large by itself has a call of its own.
    """
    call: list[Entry] = []
    total = 0
    for entry in entries:
        bytes_more = size(entry)
        if call and (len(call) == max_entries or total + bytes_more > max_bytes):
            yield call
            call, total = [], 0
        call.append(entry)
        total += bytes_more
    if call:
        yield call

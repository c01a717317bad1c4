"""The bytes of a data file -> its rows, one at a time, however large the file is. No I/O.

CSV is documented by its columns. That GZIP_JSON holds one array of objects is a reading: nothing
says so, and objects one after the other are read just as well.
"""

import csv
import json
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from recommendation_applier.domain.errors import UnavailableError

Row = Mapping[str, Any]
"""Cells by the name of their column."""

MAX_CELL_CHARACTERS: Final = 1_048_576
"""No cell of a message's size is larger; one that is has lost its closing quote."""

_GZIP: Final = b"\x1f\x8b"
_ANY_HEADER: Final = 32 + zlib.MAX_WBITS
_MOST_UNPACKED_BYTES: Final = 262_144
"""At a time: a few bytes of gzip can be a great many."""

_BETWEEN: Final = " \t\r\n,[]"


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that is none: why. Those after it are read all the same, as far as they can be."""

    message: str


def csv_rows(pieces: Iterable[bytes]) -> Iterator[Row | UnreadableRow]:
    """Read CSV with a header line; gzip is recognized by its first bytes.

    A row that has more or fewer cells than the header is none: which cell is whose is not known.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(_lines(_unpacked(pieces)))
    columns: list[str] = []
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield UnreadableRow(f"line {reader.line_num}: {error}")
            continue
        if cells is None:
            return
        if not columns:
            columns = [name.strip() for name in cells]
        elif len(cells) == len(columns):
            yield dict(zip(columns, cells, strict=True))
        elif cells:
            yield UnreadableRow(
                f"line {reader.line_num}: {len(cells)} cells under {len(columns)} columns"
            )


def json_rows(pieces: Iterable[bytes]) -> Iterator[Row | UnreadableRow]:
    """Read JSON objects out of an array, or one after the other; gzip is recognized.

    Where one cannot be read, nothing tells where the next begins: the rest is one unreadable row.
    """
    scan = json.JSONDecoder(strict=False).raw_decode
    waiting, count = "", 0
    for text in _with_an_end(_decoded(_unpacked(pieces))):
        waiting += text or ""
        position = 0
        while True:
            position = _skip(waiting, position)
            if position == len(waiting):
                break
            try:
                value, end = scan(waiting, position)
            except ValueError:
                if text is not None and len(waiting) - position <= MAX_CELL_CHARACTERS:
                    break  # the rest of it is still to come
                yield UnreadableRow(f"row {count + 1} and what follows it is no JSON")
                return
            if end == len(waiting) and text is not None:
                break  # a number may go on
            position, count = end, count + 1
            yield (value if isinstance(value, dict) else UnreadableRow(f"row {count} is no object"))
        waiting = waiting[position:]


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Give line by line, each with its end; one that is longer than any cell comes in parts."""
    waiting = ""
    for text in _decoded(pieces):
        *lines, waiting = (waiting + text).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(waiting) > MAX_CELL_CHARACTERS:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    decode = getincrementaldecoder("utf-8-sig")(errors="replace").decode
    for piece in pieces:
        yield decode(piece)
    yield decode(b"", final=True)


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    return position


def _with_an_end(texts: Iterable[str]) -> Iterator[str | None]:
    yield from texts
    yield None


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip, however many members it has; give everything else as it is.

    Raises UnavailableError for gzip that is damaged or has no end: another download may be whole.
    """
    coming = iter(pieces)
    head = b""
    for piece in coming:
        head += piece
        if len(head) >= len(_GZIP):
            break
    whole = chain([head], coming)
    if not head.startswith(_GZIP):
        yield from whole
        return
    unpacker = zlib.decompressobj(_ANY_HEADER)
    try:
        for piece in whole:
            packed = piece
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_ANY_HEADER)
                yield unpacker.decompress(packed, _MOST_UNPACKED_BYTES)
                packed = unpacker.unconsumed_tail or unpacker.unused_data
        yield unpacker.flush()
    except zlib.error as error:
        raise UnavailableError(f"the file's gzip cannot be unpacked: {error}") from error
    if not unpacker.eof:
        raise UnavailableError("the file's gzip ends before its end")

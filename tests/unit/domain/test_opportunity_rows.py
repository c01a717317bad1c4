"""Bytes become rows, whatever is wrong with one of them."""

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.opportunity_rows import (
    MAX_CELL_CHARACTERS,
    UnreadableRow,
    csv_rows,
    json_rows,
)

cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


def cut(content: bytes, size: int) -> Iterator[bytes]:
    """Cut *content* into pieces."""
    return (content[start : start + size] for start in range(0, len(content), size))


def written(rows: list[list[str]]) -> bytes:
    """Write CSV as everybody does."""
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue().encode()


@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5), size=st.integers(1, 40))
def test_csv_is_read_as_it_was_written(rows: list[list[str]], size: int) -> None:
    """Commas, quotes, line ends and letters of all kinds, packed or not, wherever it is cut."""
    content = written([["a", "b"], *rows])
    expected = [{"a": first, "b": second} for first, second in rows]

    assert list(csv_rows(cut(content, size))) == expected
    assert list(csv_rows(cut(gzip.compress(content), size))) == expected


@given(rows=st.lists(st.dictionaries(cells, cells | st.integers()), max_size=5),
       size=st.integers(1, 40), separate=st.booleans())  # fmt: skip
def test_json_is_read_as_it_was_written(
    rows: list[dict[str, object]], size: int, *, separate: bool
) -> None:
    """As an array, or an object a line."""
    text = "\n".join(map(json.dumps, rows)) if separate else json.dumps(rows)

    assert list(json_rows(cut(text.encode(), size))) == rows
    assert list(json_rows(cut(gzip.compress(text.encode()), size))) == rows


def test_a_byte_order_mark_is_no_letter() -> None:
    """Nor are spaces around the name of a column."""
    assert list(csv_rows([b"\xef\xbb\xbf a ,b\n1,2\n"])) == [{"a": "1", "b": "2"}]
    assert list(json_rows([b'\xef\xbb\xbf{"a": 1}'])) == [{"a": 1}]


def test_nothing_has_no_rows() -> None:
    """No bytes, no line, or a header alone."""
    for content in ([], [b""], [b"\n"], [b"a,b\n"]):
        assert list(csv_rows(content)) == []
    for content in ([], [b""], [b" \n"], [b"[]"]):
        assert list(json_rows(content)) == []


def test_a_row_of_another_width_is_none() -> None:
    """Which cell is whose is not known; its neighbours are read."""
    found = list(csv_rows([b"a,b\n1,2\n1,2,3\n1\n\n3,4\n"]))

    assert found == [
        {"a": "1", "b": "2"},
        UnreadableRow("line 3: 3 cells under 2 columns"),
        UnreadableRow("line 4: 1 cells under 2 columns"),
        {"a": "3", "b": "4"},
    ]


def test_a_cell_without_an_end_is_given_up() -> None:
    """Its quote swallows what follows, up to the size that no cell has; then reading goes on."""
    swallowed = b'"' + b"x" * (MAX_CELL_CHARACTERS + 100) + b"\n"
    found = list(csv_rows([b"a,b\n1,2\n", swallowed[:-9], swallowed[-9:], b"3,4"]))

    too_large = f"line 3: field larger than field limit ({MAX_CELL_CHARACTERS})"
    assert found[:2] == [{"a": "1", "b": "2"}, UnreadableRow(too_large)]
    assert found[-1] == {"a": "3", "b": "4"}


def test_bytes_that_are_no_utf8_hide_nothing() -> None:
    """They show as what they are: not readable."""
    assert list(csv_rows([b"a,b\n\xff,2\n"])) == [{"a": "\ufffd", "b": "2"}]


def test_an_element_that_is_no_object_is_no_row() -> None:
    """Its neighbours are; a number ends where the next letter shows that it does."""
    found = list(json_rows([b'[{"a": 1}, 1', b'2, null, {"a": 2}]']))

    assert found == [
        {"a": 1},
        UnreadableRow("row 2 is no object"),
        UnreadableRow("row 3 is no object"),
        {"a": 2},
    ]


@pytest.mark.parametrize("rest", [b'{"a": ', b"{]}", b'{"a": "' + b"x" * MAX_CELL_CHARACTERS])
def test_json_that_breaks_off_is_told(rest: bytes) -> None:
    """What came before it is read."""
    found = list(json_rows([b'[{"a": 1},', rest, b""]))

    assert found == [{"a": 1}, UnreadableRow("row 2 and what follows it is no JSON")]


def test_gzip_of_several_members_is_one_file() -> None:
    """As it is where parts were written one after the other."""
    content = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")

    assert len(list(csv_rows(cut(content, 7)))) == 2


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [(b"", "ends before its end"), (bytes(8), "cannot be unpacked: Error -3")],
    ids=["cut off", "changed"],
)
def test_damaged_gzip_is_downloaded_again_some_time(ending: bytes, sentence: str) -> None:
    """It is told, whatever could be read before."""
    broken = gzip.compress(b"a,b\n" + b"1,2\n" * 50_000)[:-8] + ending

    with pytest.raises(UnavailableError, match=f"the file's gzip {sentence}"):
        list(csv_rows(cut(broken, 4_096)))


def test_memory_is_flat() -> None:
    """A file of 100 MB, unpacked from a few hundred kB, takes less than 4 MB to read."""
    row = b'"%s",2\n' % (b"x" * 1_000)
    content = gzip.compress(b"a,b\n" + row * 100_000)
    tracemalloc.start()
    count = sum(1 for _ in csv_rows(cut(content, 65_536)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 100_000
    assert peak < 4_000_000

"""A file that is downloaded has its name when all of it is there."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.amazon_ads.opportunity_files import FilePiece
from recommendation_applier.entrypoints.cli.part_file import PartFile

CONTENT = b"recommendationId,marketplace\nrec-1,US\nrec-2,DE\n"


def pieces(content: bytes = CONTENT, *, start: int = 0, at_once: int = 7) -> Iterator[FilePiece]:
    """Give what the store sends from *start*."""
    for position in range(start, len(content), at_once):
        piece = content[position : position + at_once]
        yield FilePiece(piece, position + len(piece), len(content), '"etag"')


@pytest.fixture
def part(tmp_path: Path) -> PartFile:
    """A file of which nothing has come."""
    return PartFile(tmp_path / "file.csv")


def test_nothing_is_there_before_anything_has_come(part: PartFile) -> None:
    """Nor is anything made by asking."""
    assert part.beginning() == (0, "")
    assert list(part.target.parent.iterdir()) == []


@given(at_once=st.integers(1, 60), ends=st.lists(st.integers(0, 5), max_size=4))
def test_wherever_it_is_ended_it_goes_on(at_once: int, ends: list[int]) -> None:
    """And is then what it would have been at once; until then nothing has its name."""
    with TemporaryDirectory() as folder:
        part = PartFile(Path(folder) / "file.csv")
        for count in ends:
            start, _ = part.beginning()
            written = part.write(pieces(start=start, at_once=at_once), start=start)
            received = [each.received for each in islice(written, count)]
            del written
            assert part.beginning()[0] == (received[-1] if received else start)
            assert not part.target.exists()
        start, _ = part.beginning()
        list(part.write(pieces(start=start, at_once=at_once), start=start))
        part.finish()

        assert part.target.read_bytes() == CONTENT
        assert [each.name for each in Path(folder).iterdir()] == ["file.csv"]


def test_a_file_without_bytes_is_a_file(part: PartFile) -> None:
    """It has its name in the end, like any other."""
    list(part.write(iter(()), start=0))
    part.finish()

    assert part.target.read_bytes() == b""


def test_to_begin_anew_leaves_nothing_of_what_was_there(part: PartFile) -> None:
    """However much that was."""
    list(part.write(pieces(CONTENT * 3), start=0))
    list(part.write(pieces(), start=0))

    assert part.path.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", "é", '"a"\n'])
def test_an_etag_that_cannot_be_sent_is_none(part: PartFile, etag: str) -> None:
    """Then the file begins anew."""
    list(part.write(pieces(), start=0))
    part.path.with_name("file.csv.part.etag").write_text(etag, encoding="utf-8")

    assert part.beginning() == (0, "")

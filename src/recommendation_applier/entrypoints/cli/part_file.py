"""The part of a file that a download has brought so far, beside where the whole will be."""

import os
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recommendation_applier.amazon_ads.opportunity_files import FilePiece


@dataclass(frozen=True, slots=True)
class PartFile:
    """`FILE.part`, and in `FILE.part.etag` of which file it is a part.

    *target* gets its name when all of it is there, and not a moment sooner.
    """

    target: Path

    @property
    def path(self) -> Path:
        """Where the part is."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _etag_path(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.etag")

    def beginning(self) -> tuple[int, str]:
        """Give how many bytes are there, and the ETag of what they are of; 0 if that is unknown."""
        try:
            size = self.path.stat().st_size
            etag = self._etag_path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return 0, ""
        can_be_sent = etag and etag.isascii() and etag.isprintable()
        return (size, etag) if can_be_sent else (0, "")

    def write(self, pieces: "Iterator[FilePiece]", *, start: int) -> "Iterator[FilePiece]":
        """Put *pieces* behind the first *start* bytes, one by one, and give each when it is there.

        The ETag is there before the first byte is. Ended early, the part is what has come by then.
        """
        first = next(pieces, None)  # nothing is made for a file that is not there
        with self.path.open("r+b" if start else "wb") as file:
            if first and not start:
                self._etag_path.write_text(first.etag, encoding="ascii", errors="replace")
            file.seek(start)
            for piece in chain([first] if first else [], pieces):
                file.write(piece.content)
                yield piece
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Give the file its name, over one that has it."""
        self.path.replace(self.target)
        self._etag_path.unlink(missing_ok=True)

"""A file of advertiser profiles, as people keep them. No I/O."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Final

from recommendation_applier.domain.wanted_subscription import Profile

_PROFILE_ID: Final = re.compile(r"[0-9]{1,20}")
"""Profile ids are whole numbers of up to 16 digits wherever they were seen."""

_ID_HEADINGS: Final = frozenset({"profileid", "profile_id", "profile id"})
_MOST_NAMED: Final = 5


def read_profile_id(text: str) -> str:
    """Read the id of a profile. Raises ValueError."""
    found = text.strip()
    if not _PROFILE_ID.fullmatch(found):
        raise ValueError(f"'{found[:40]}' is no profile id, which is a whole number")
    return found


def read_profiles(text: str) -> tuple[Profile, ...]:
    """Read one profile id a line, or CSV whose header has `profileId` and may have `name`.

    Lines that begin with `#`, and empty ones, say nothing; a profile that is named twice is one.
    Raises ValueError that names the lines which are wrong.
    """
    rows = list(_rows(text))
    columns = _columns(rows[0][1]) if rows else None
    found: dict[str, Profile] = {}
    wrong: list[str] = []
    for number, cells in rows[1:] if columns else rows:
        try:
            profile = _profile(cells, columns)
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
        else:
            found.setdefault(profile.profile_id, profile)
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        raise ValueError("; ".join(wrong[:_MOST_NAMED]) + more)
    if not found:
        raise ValueError("there is no profile in it")
    return tuple(found.values())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            [cells] = csv.reader([line])
            yield number, [cell.strip() for cell in cells]


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Find the columns of a header; None where the first line is none."""
    headings = [cell.lower() for cell in cells]
    ids = [place for place, heading in enumerate(headings) if heading in _ID_HEADINGS]
    if not ids:
        return None
    names = [place for place, heading in enumerate(headings) if heading == "name"]
    return {"profileId": ids[0], **({"name": names[0]} if names else {})}


def _profile(cells: Sequence[str], columns: dict[str, int] | None) -> Profile:
    if columns is None:
        if len(cells) > 1:
            raise ValueError("more than a profile id: CSV needs a header with profileId")
        return Profile(read_profile_id(cells[0]))
    name = _cell(cells, columns["name"]) if "name" in columns else ""
    return Profile(read_profile_id(_cell(cells, columns["profileId"])), name)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""

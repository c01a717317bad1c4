"""The pages of the bench that need a built bundle measure what they say, with one run of each."""

from pathlib import Path
from typing import Any

import pytest

from tests.bench import bundle, cold_start, imports
from tests.runtime.bundle import ARCHITECTURE
from tests.runtime.conftest import BuiltBundle

pytestmark = pytest.mark.no_cover
"""What a bench measures is not traced."""


@pytest.fixture(scope="module")
def finished(built_bundle: BuiltBundle) -> Path:
    """The bundle for this machine."""
    return built_bundle(ARCHITECTURE)


def rows_of(page: Any) -> list[dict[str, Any]]:
    """Give the rows of *page* as programs get them."""
    found: list[dict[str, Any]] = page.as_json()["rows"]
    return found


def test_a_start_is_measured_beside_a_bare_function(finished: Path) -> None:
    """Whatever is compiled starts faster; what holds has less to do than what applies."""
    rows = {row["function"]: row for row in rows_of(cold_start.measure(1, finished))}

    assert len(rows) == 6
    for name in ("ApplyFunction, applies", "ApplyFunction, holds (DRY_RUN)", "bare boto3"):
        assert rows[f"{name}, compiled"]["CPU, ms"] < rows[f"{name}, not compiled"]["CPU, ms"]
    assert rows["bare boto3, not compiled"]["of bare boto3"] == 1
    assert rows["bare boto3, compiled"]["of that, compiled"] == 1


def test_imports_are_measured_beside_what_they_are_made_of(finished: Path) -> None:
    """The libraries first, and both handlers."""
    rows = rows_of(imports.measure(1, finished))

    assert [row["import of"] for row in rows] == [
        "boto3, pydantic, httpx and Powertools, with two clients",
        "the handler of ApplyFunction",
        "the handler of FollowUpFunction",
    ]
    assert all(row["compiled, ms"] < row["ms"] for row in rows)


def test_a_bundle_is_weighed_with_and_without_what_is_compiled(finished: Path) -> None:
    """Zipped it is a third of it, at most half."""
    files, size, zipped = bundle.weigh(finished)
    fewer, less, least = bundle.weigh(finished, compiled=False)

    assert (fewer < files, less < size, least < zipped) == (True, True, True)
    assert zipped < size / 2

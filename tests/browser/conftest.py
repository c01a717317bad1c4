"""One browser for all pages, and one deployment that has something to report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.cheap_aws import make_cheap

make_cheap()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, which takes half a second to start."""
    with chromium() as started:
        yield started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a page may be written."""
    return tmp_path / "report.html"

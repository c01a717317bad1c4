"""Chromium as the tests start it: no window, no profile of anybody's, no word to the outside."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

FIND: Final = Path(__file__).parents[2] / "scripts" / "find-chromium"
_QUIET: Final = (
    "--no-sandbox",  # build machines run as root, where Chromium's sandbox cannot
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NARROW: Final = 390
"""CSS pixels across: a phone held upright."""
WIDE: Final = 1280


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that is open, what it asked for beside itself, and what it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def look(self, script: str) -> Any:
        """Evaluate JavaScript in it: the page itself has none."""
        return self.page.evaluate(script)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it; it ends with the block."""
    path = subprocess.run([FIND], check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_QUIET])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, *, width: int, scheme: Any = "light") -> Iterator[Opened]:
    """Open *file* in a profile of its own, *width* CSS pixels wide."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, device_scale_factor=2
    )
    context.set_offline(True)
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.goto(file.as_uri())
    found.requests.remove(file.as_uri())
    yield found
    context.close()

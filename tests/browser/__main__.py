"""Writes a report on a made-up month, and pictures of it, to be looked at."""

import sys
from pathlib import Path
from typing import Final, Literal

from tests.browser.chromium import NARROW, WIDE, chromium, opened
from tests.browser.month import let_a_month_pass
from tests.emulator.deployment import deployed
from tests.operator import applier

_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def main(folder: Path) -> None:
    """Write report.html and four PNGs into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "report.html"
    with deployed() as deployment:
        let_a_month_pass(deployment)
        written = applier("report", "--to", str(file), "--yes", "--stack", "recommendation-applier")
    sys.stdout.write(written.output)
    take_pictures(file)


def take_pictures(file: Path) -> None:
    """Show *file* as it is on a phone and on a desk, light and dark."""
    with chromium() as browser:
        for name, width in (("narrow", NARROW), ("wide", WIDE)):
            for scheme in _SCHEMES:
                with opened(browser, file, width=width, scheme=scheme) as shown:
                    picture = file.with_name(f"{file.stem}-{name}-{scheme}.png")
                    shown.page.screenshot(path=picture, full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

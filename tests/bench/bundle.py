"""What a function's bundle weighs: as `sam build` makes it, and as `make build` deploys it."""

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.bench.bundles import built
from tests.bench.page import Page


def measure() -> Page:
    """Weigh what is built for this machine's processor."""
    bundles = built()
    plain, finished = weigh(bundles.plain), weigh(bundles.finished)
    source = weigh(bundles.finished, compiled=False)
    return Page(
        name="bundle",
        title="The bundle of a function",
        columns=("bundle", "files", "MB", "MB zipped", "of what sam makes", "zipped, of it"),
        rows=[
            _row("as `sam build` makes it", plain, plain),
            _row("without what no function reads", source, plain),
            _row("and compiled: as `make build` makes it", finished, plain),
        ],
        notes=("All functions have the same one. Lambda takes 250 MB of it, 50 MB zipped.",),
    )


def weigh(bundle: Path, *, compiled: bool = True) -> tuple[int, int, int]:
    """Count the files of *bundle*, their bytes, and those of a zip such as `sam deploy` makes."""
    files = [
        path
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and (compiled or path.suffix != ".pyc")
    ]
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        for path in files:
            zipped.write(path, path.relative_to(bundle))
    return len(files), sum(path.stat().st_size for path in files), len(archive.getvalue())


def _row(
    name: str, weight: tuple[int, int, int], plain: tuple[int, int, int]
) -> tuple[str | int | float, ...]:
    files, size, zipped = weight
    return (
        name,
        files,
        round(size / 1e6, 1),
        round(zipped / 1e6, 1),
        round(size / plain[1], 2),
        round(zipped / plain[2], 2),
    )

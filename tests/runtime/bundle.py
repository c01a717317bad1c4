"""The bundle: made by `sam build`, laid out read-only as in Lambda, and told apart by content."""

import hashlib
import os
import platform
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]

_FUNCTION: Final = "ApplyFunction"
ARCHITECTURE: Final = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""The processor of this machine, by Lambda's name for it."""


class BuildFailedError(Exception):
    """`make build` did not succeed; the text is what it said."""


def build(build_dir: Path, architecture: str, *, finish: bool = True) -> Path:
    """Build into *build_dir* for *architecture*, arm64 or x86_64, and return the bundle.

    Without *finish* it is as `sam build` alone makes it. Raises BuildFailedError.
    """
    # What a surrounding make hands down (its jobs, its flags) is not meant for this one.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    made = subprocess.run(
        [  # noqa: S607
            "make",
            "build",
            f"ARCHITECTURE={architecture}",
            f"BUILD_DIR={build_dir}",
            f"FINISH={int(finish)}",
        ],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode:
        raise BuildFailedError(made.stdout)
    return build_dir / _FUNCTION


def copy_read_only(bundle: Path, destination: Path) -> Path:
    """Copy *bundle* to *destination*, where nobody may write, as in Lambda's /var/task."""
    shutil.copytree(bundle, destination)
    for path in (destination, *destination.rglob("*")):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return destination


def fingerprint(bundle: Path) -> dict[str, str]:
    """Return a digest of every file of *bundle*, by its path in it."""
    return {
        str(path.relative_to(bundle)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in bundle.rglob("*")
        if path.is_file()
    }

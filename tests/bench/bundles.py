"""The bundle for this machine's processor, as sam makes it and as it is deployed."""

import atexit
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.runtime.bundle import ARCHITECTURE, PROJECT, build

PYTHON: Final = PROJECT / ".tools" / "runtime" / "bin" / "python"
"""The functions' own, with nothing but Lambda's runtime interface client."""

_BOTO3: Final = ("boto3", "s3transfer")
"""What boto3 is beyond what the functions need themselves."""

_OF_BOTO3: Final = ("botocore", "dateutil", "jmespath", "six.py", "urllib3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """Folders, each of which could be a function's /var/task.

    *plain* is what `sam build` makes, *finished* what `make build` makes of it.
    """

    plain: Path
    finished: Path


@cache
def built() -> Bundles:
    """Build, once for all pages; what was built is deleted when the program ends."""
    directory = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    plain = build(directory / "plain", ARCHITECTURE, finish=False)
    shutil.copytree(plain.parent, directory / "finished")
    finish = PROJECT / "scripts" / "finish_bundle.py"
    subprocess.run([PYTHON, finish, directory / "finished"], check=True)
    return Bundles(plain=plain, finished=directory / "finished" / plain.name)


def without_compiled(bundle: Path, destination: Path) -> Path:
    """Copy *bundle* to *destination* without what is compiled."""
    return shutil.copytree(bundle, destination, ignore=shutil.ignore_patterns("__pycache__"))


def compiled(bundle: Path) -> Path:
    """Compile *bundle* where it is, as `make build` does."""
    subprocess.run(
        [PYTHON, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", bundle],
        check=True,
    )
    return bundle


def add_boto3(folder: Path, *, with_all_that_it_needs: bool = False) -> Path:
    """Copy boto3 into *folder* from this Python's packages, which are locked in the same version.

    None of it is compiled for a processor.
    """
    packages = Path(sysconfig.get_path("purelib"))
    for name in (*_BOTO3, *(_OF_BOTO3 if with_all_that_it_needs else ())):
        if (packages / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(packages / name, folder / name, ignore=ignore)
        else:
            shutil.copy(packages / name, folder / name)
    return folder

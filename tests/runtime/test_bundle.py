"""What `sam build` makes of src/, for either processor that Lambda has."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.runtime.bundle import PROJECT
from tests.runtime.conftest import BuiltBundle

ARCHITECTURES = ("arm64", "x86_64")
ELF_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
"""Where a compiled file says what it is compiled for: e_machine of the ELF header."""


def compiled_for(library: Path) -> int:
    """Read e_machine, which is at offset 18 of an ELF file."""
    return int.from_bytes(library.read_bytes()[18:20], "little")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_is_compiled_fits_the_processor(architecture: str, built_bundle: BuiltBundle) -> None:
    """The machine that builds may have another processor than the one that runs."""
    libraries = list(built_bundle(architecture).rglob("*.so"))

    assert {compiled_for(library) for library in libraries} == {ELF_MACHINES[architecture]}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_bundle_holds_what_is_locked(architecture: str, built_bundle: BuiltBundle) -> None:
    """Every package of src/requirements.txt is there in its version, and no other."""
    lock = (PROJECT / "src" / "requirements.txt").read_text(encoding="utf-8")

    installed = {
        (found.name.replace("_", "-").lower(), found.version)
        for found in distributions(path=[str(built_bundle(architecture))])
    }

    assert installed == set(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_bundle_is_small_enough_for_lambda(
    architecture: str, built_bundle: BuiltBundle
) -> None:
    """Lambda takes 250 MB unzipped; a quarter of it leaves room to grow."""
    bundle = built_bundle(architecture)

    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())

    assert size < 250 * 1024 * 1024 / 4

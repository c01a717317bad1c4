"""What `sam build` makes of src/, for either processor that Lambda has."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.runtime.bundle import ARCHITECTURE, PROJECT, fingerprint
from tests.runtime.conftest import BuiltBundle

ARCHITECTURES = ("arm64", "x86_64")
ELF_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
"""Where a compiled file says what it is compiled for: e_machine of the ELF header."""

UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""The flags of a compiled file by which Python never looks at its source (PEP 552)."""

NAMES_A_PROCESSOR = re.compile(r"\.so$|\.dist-info/")


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
    """Every package of src/requirements.txt is there in its version, and no other.

    What reads that in Lambda are scanners, such as Amazon Inspector.
    """
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


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_everything_is_compiled_for_where_it_runs(
    architecture: str, built_bundle: BuiltBundle
) -> None:
    """In /var/task nothing could be kept that is compiled there; no file names this machine."""
    bundle = built_bundle(architecture)
    compiled = {path: path.read_bytes() for path in bundle.rglob("*.pyc")}

    assert {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in compiled} == {
        *bundle.rglob("*.py")
    }
    assert {content[4:8] for content in compiled.values()} == {UNCHECKED_HASH}
    here = (str(bundle).encode(), str(PROJECT).encode())
    assert [path for path, found in compiled.items() if any(name in found for name in here)] == []


def test_a_build_can_be_repeated(built_bundle: BuiltBundle) -> None:
    """Two builds give equal files, but for what is compiled for a processor, and its name."""
    builds = [fingerprint(built_bundle(architecture)) for architecture in ARCHITECTURES]

    alike = [
        {name: digest for name, digest in build.items() if not NAMES_A_PROCESSOR.search(name)}
        for build in builds
    ]

    assert len(alike[0]) > 1_000
    assert alike[0] == alike[1]


@pytest.mark.parametrize("function", ["FollowUpFunction", "OpportunitiesFunction"])
def test_all_functions_have_the_same_bundle(function: str, built_bundle: BuiltBundle) -> None:
    """Each folder that sam has built is finished."""
    bundle = built_bundle(ARCHITECTURE)

    assert fingerprint(bundle.parent / function) == fingerprint(bundle)


def test_the_operators_command_is_not_in_it(built_bundle: BuiltBundle) -> None:
    """It needs what the bundle has not."""
    entrypoints = built_bundle(ARCHITECTURE) / "recommendation_applier" / "entrypoints"

    assert (entrypoints / "apply_handler.py").exists()
    assert not (entrypoints / "cli").exists()

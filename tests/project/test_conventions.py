"""The rules of the house that no linter knows."""

import re
import subprocess
import tomllib
from pathlib import Path

from recommendation_applier.entrypoints.settings import Settings
from tests.emulator.template import load

ROOT = Path(__file__).parents[2]


def tracked_texts() -> dict[str, str]:
    """Read every file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git of PATH
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return {name: (ROOT / name).read_text() for name in listed if (ROOT / name).is_file()}


def locked(name: str) -> dict[str, str]:
    """Read the pinned versions of a lock."""
    lines = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", lines, re.MULTILINE))


def test_the_settings_are_the_functions_variables() -> None:
    """What the template gives is what the code requires, and nothing else."""
    function = load()["Resources"]["ApplyFunction"]["Properties"]

    assert {name.upper() for name in Settings.model_fields} == (
        function["Environment"]["Variables"].keys()
    )


def test_what_lambda_runs_is_what_the_tests_run() -> None:
    """The function's lock has all that the project depends on, in the tests' versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=\[]", each)[0] for each in project["dependencies"]}
    function, development = locked("src/requirements.txt"), locked("requirements/development.txt")

    assert names <= function.keys()
    assert {name: development.get(name) for name in function} == function


def test_every_locked_version_has_its_hashes() -> None:
    """What is installed is what was looked at."""
    for lock in [ROOT / "src" / "requirements.txt", *(ROOT / "requirements").glob("*.txt")]:
        text = lock.read_text()
        pins = re.split(r"^(?=[a-z0-9._-]+(?:\[[^\]]*\])?==)", text, flags=re.MULTILINE)[1:]

        assert pins, lock
        assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    """The project builds wherever it is cloned, from whatever index pip is told of."""
    strange = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", r"/(?:home|root)/\w"]))

    assert {
        name: found.group() for name, text in tracked_texts().items()
        if (found := strange.search(text))
    } == {}  # fmt: skip


def test_modules_have_one_reason_to_change() -> None:
    """None is so long that it must have two."""
    lengths = {
        path.name: len(path.read_text().splitlines()) for path in (ROOT / "src").rglob("*.py")
    }

    assert {name: length for name, length in lengths.items() if length > 260} == {}

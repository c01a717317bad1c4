"""The rules of the house that no linter knows."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from recommendation_applier.entrypoints.cli.deployed_stack import Output
from recommendation_applier.entrypoints.settings import (
    AmazonAdsSettings,
    FollowUpSettings,
    OpportunitiesSettings,
    Settings,
    SubscriptionsSettings,
)
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


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        ("ApplyFunction", Settings),
        ("FollowUpFunction", FollowUpSettings),
        ("OpportunitiesFunction", OpportunitiesSettings),
        ("SubscriptionsFunction", SubscriptionsSettings),
    ],
)
def test_the_settings_are_the_functions_variables(
    function: str, settings: type[AmazonAdsSettings]
) -> None:
    """What the template gives is what the code requires, and nothing else."""
    properties = load()["Resources"][function]["Properties"]

    assert {name.upper() for name in settings.model_fields} == (
        properties["Environment"]["Variables"].keys()
    )


@pytest.mark.parametrize(
    "function",
    ["ApplyFunction", "FollowUpFunction", "OpportunitiesFunction", "SubscriptionsFunction"],
)
def test_the_handlers_are_where_the_template_looks_for_them(function: str) -> None:
    """Module and callable; what a cold start of it needs, the emulator gives."""
    handler = load()["Resources"][function]["Properties"]["Handler"]
    module, _, name = handler.rpartition(".")

    source = (ROOT / "src" / f"{module.replace('.', '/')}.py").read_text()
    assert f"\ndef {name}(" in source


def test_what_lambda_runs_is_what_the_tests_run() -> None:
    """The function's lock has all that the project depends on, in the tests' versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=\[]", each)[0] for each in project["dependencies"]}
    function, development = locked("src/requirements.txt"), locked("requirements/development.txt")

    assert names <= function.keys()
    assert {name: development.get(name) for name in function} == function


def test_lambda_does_without_the_operators_command() -> None:
    """Its packages are in the lock of those who use it, and not in the function's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=\[]", each)[0] for each in project["optional-dependencies"]["cli"]}

    assert names <= locked("requirements/development.txt").keys()
    assert names & locked("src/requirements.txt").keys() == set()


def test_the_command_knows_the_stacks_outputs() -> None:
    """All that the template has, and no other."""
    assert set(get_args(Output)) == load()["Outputs"].keys()


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
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }

    assert {name: length for name, length in lengths.items() if length > 260} == {}

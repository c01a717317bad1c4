"""Finding commands by name, and the stack that they are about."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner

from recommendation_applier import __version__
from recommendation_applier.entrypoints.cli.command_groups import GROUPS, Commands, LazyGroup
from tests.operator import applier

SOURCE = Path(__file__).parents[4] / "src"
SLOW = {"boto3", "botocore", "httpx", "pydantic", "rich"}
SAMPLE = f"{__package__}.sample_commands"


def run(*arguments: str, **variables: str) -> str:
    """Run a command of a root that has the sample's commands; return what it prints."""
    root = Commands(name="applier")
    root.add_command(LazyGroup("many", module=SAMPLE, summary="Sample commands."))
    root.add_command(LazyGroup("sample", module=SAMPLE, summary="One of them."))
    environment = {"APPLIER_STACK": None, "AWS_REGION": None, **variables}
    runner = CliRunner(env=environment)
    with runner.isolation(env=environment) as (stdout, _, _):
        root.main(list(arguments), prog_name="applier", standalone_mode=False)
        sys.stdout.flush()
        return stdout.getvalue().decode().strip()


def start(*arguments: str, **variables: str) -> tuple[str, set[str]]:
    """Run `applier` in a process of its own: what it prints, and which packages it imports."""
    program = (
        "import sys; from recommendation_applier.entrypoints.cli.main import app\n"
        "try: app(prog_name='applier')\n"
        "except SystemExit: print(*{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    *printed, imported = ran.stdout.splitlines()
    return "\n".join(printed), set(imported.split())


def test_help_waits_for_no_library() -> None:
    """That of the whole needs none, that of a group what its options and documents are made of."""
    assert start("--help")[1] & SLOW == set()
    assert start("ledger", "--help")[1] & SLOW <= {"botocore", "pydantic"}  # its exceptions


def test_no_group_waits_for_what_its_commands_speak_and_draw_with() -> None:
    """boto3, httpx and rich are imported where a command runs, not where it is defined."""
    program = (
        "import sys\n"
        "from recommendation_applier.entrypoints.cli.command_groups import Commands\n"
        "for group in Commands(name='applier').commands.values(): group.load()\n"
        "print(*{'boto3', 'botocore.session', 'httpx', 'rich', 'vl_convert'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == []


def test_help_names_every_group() -> None:
    """Each with its line, in the order of the registry."""
    result = applier("--help")

    assert result.exit_code == 0
    lines = [line.split(maxsplit=1) for line in result.stdout.split("Commands:\n")[1].splitlines()]
    assert lines == [[name, summary] for name, (_, summary) in GROUPS.items()]


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_teaches(name: str) -> None:
    """It and each of its commands say what they are for, without any markup of rich's."""
    root = Commands(name="applier")
    group = root.commands[name]
    assert isinstance(group, LazyGroup)

    def teaches(command: Any) -> None:
        assert command.help
        assert command.rich_markup_mode is None, "say typer.Typer(rich_markup_mode=None)"
        assert [option.name for option in command.params if not option.help] == []
        for each in command.commands.values() if isinstance(command, TyperGroup) else ():
            teaches(each)

    teaches(group.load())


def test_the_command_says_its_version() -> None:
    """Which is the project's."""
    result = applier("--version")

    assert (result.exit_code, result.stdout) == (0, f"applier {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stack", "one", "many", "stack"),
        ("many", "stack", "--stack", "one"),
        ("--stack", "other", "many", "stack", "--stack", "one"),
        ("many", "deep", "stack", "--stack", "one"),
    ],
)
def test_the_stack_is_named_before_the_command_or_behind_it(arguments: tuple[str, ...]) -> None:
    """What is said last counts."""
    assert run(*arguments) == "one None None"


def test_the_stack_may_be_named_by_the_environment() -> None:
    """And the region, as the AWS CLI has it; an option says otherwise."""
    variables = {"APPLIER_STACK": "one", "AWS_REGION": "eu-west-1"}

    assert run("many", "stack", **variables) == "one eu-west-1 None"
    assert run("many", "stack", "--stack", "two", "--profile", "me", **variables) == (
        "two eu-west-1 me"
    )
    assert run("--region", "us-west-2", "many", "stack", **variables) == "one us-west-2 None"


def test_a_command_with_the_name_of_its_group_is_the_group() -> None:
    """`applier doctor` needs no second word."""
    assert run("sample") == "the whole"


def test_a_command_that_does_not_exist_is_guessed_at() -> None:
    """A misspelling is the reader's most likely trouble."""
    result = applier("leger")

    assert result.exit_code == 2
    assert "Did you mean 'ledger'?" in result.stderr


def test_a_group_alone_shows_its_help() -> None:
    """To somebody who does not know what it can do."""
    assert "Commands:\n  show " in applier("ledger").output


def test_commands_and_options_are_completed() -> None:
    """A group's name without importing it: whoever presses the tab key does not want to wait."""

    def complete(words: str) -> tuple[str, set[str]]:
        return start(
            _APPLIER_COMPLETE="complete_bash",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split()) - 1),
        )

    name, imported = complete("applier le")
    assert (name, imported & SLOW) == ("ledger", {"pydantic"})  # by which typer reads options
    assert complete("applier ledger sh")[0] == "show"
    assert complete("applier ledger show --st")[0] == "--stack"

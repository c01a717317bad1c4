"""The commands that README.md and RUNBOOKS.md tell people to copy exist."""

import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from typer.core import TyperGroup
from typer.main import get_command

from recommendation_applier.entrypoints.cli.command_groups import LazyGroup
from recommendation_applier.entrypoints.cli.main import app
from tests.emulator.template import load

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / name).read_text() for name in ("README.md", "RUNBOOKS.md")}


def commands(page: str) -> str:
    """Give what stands in the page's blocks of commands, and in its lines as code."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGES[page], re.DOTALL)
    inline = re.findall(r"(?<!`)`(\w[^`\n]*)`(?!`)", PAGES[page])
    # `aws call failed` is a line of the log.
    return "\n".join([*blocks, *(each for each in inline if not each.startswith("aws call"))])


def applier_commands() -> list[str]:
    """Give every `applier` command of all pages, each once, without its comment."""
    written = re.findall(r"^ *applier (.*)$", "\n".join(map(commands, PAGES)), re.MULTILINE)
    return sorted({each.partition(" #")[0].partition(" > ")[0].strip() for each in written})


@pytest.mark.parametrize("page", PAGES)
def test_every_output_it_uses_exists(page: str) -> None:
    """The commands find queues and secret through the stack's outputs."""
    used = set(re.findall(r"\boutput (\w+)\b", commands(page))) - {"text"}

    assert used
    assert used <= load()["Outputs"].keys()


@pytest.mark.parametrize("page", PAGES)
def test_every_aws_command_is_one_that_aws_has(page: str) -> None:
    """Operation and options, held against AWS's own service models; `logs tail` is the CLI's."""
    calls = re.findall(r"\baws ([a-z-]+) ([a-z-]+)((?:[^\n`]|\\\n)*)", commands(page))
    session = botocore.session.get_session()
    checked = 0
    for service, command, rest in calls:
        # What is asked within the command is a command of its own.
        options = set(re.findall(r" --(?:no-)?([a-z-]+)", rest)) - {"query", "output"}
        if (service, command) == ("logs", "tail"):
            assert options <= {"since", "format", "follow", "filter-pattern"}
            continue
        model = session.get_service_model(service)
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        if command == "wait":
            waiters = session.get_waiter_model(service)
            [waiter] = re.findall(r"^ ([a-z-]+)", rest)
            names = {xform_name(name, "-"): name for name in waiters.waiter_names}
            operation = waiters.get_waiter(names[waiter]).operation
        else:
            operation = operations[command]
        taken = model.operation_model(operation).input_shape
        assert taken is not None
        assert options <= {xform_name(name, "-") for name in taken.members}, (command, rest)
        checked += 1

    assert checked >= 7


@pytest.mark.parametrize("words", applier_commands())
def test_every_applier_command_is_one_that_applier_has(words: str) -> None:
    """Each word of it, and each option."""
    command: Any = get_command(app)
    for word in words.split():
        if word.startswith("--"):
            known = {each for option in command.params for each in (*option.opts, "--help")}
            assert word in known, word
        elif isinstance(command, TyperGroup):
            assert word in command.commands, f"`applier {words}`: there is no {word}"
            command = command.commands[word]
            command = command.load() if isinstance(command, LazyGroup) else command


def test_there_are_commands_to_be_held() -> None:
    """The reader of the pages finds them."""
    assert len(applier_commands()) >= 20


def test_whoever_deletes_letters_is_told_where_they_are_written_first() -> None:
    """Without it the command says no, at whatever hour."""
    purges = [each for each in applier_commands() if each.startswith("dead-letters purge")]

    assert purges
    assert [each for each in purges if "--to " not in each] == []

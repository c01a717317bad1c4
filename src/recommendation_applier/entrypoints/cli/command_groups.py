"""The groups of `applier`'s commands, each imported when it is called for."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer.main
from typer.core import TyperCommand, TyperGroup

from recommendation_applier.entrypoints.cli.errors import told_in_a_sentence
from recommendation_applier.entrypoints.cli.target import target_options

if TYPE_CHECKING:
    from typer import Context

GROUPS: Final = {
    "doctor": ("doctor_command", "What is not as it should be, and how to mend it."),
    "credentials": ("credentials_commands", "The Login with Amazon credentials: store, check."),
    "held": ("held_commands", "What is held: look at it, release it, reject it."),
    "policy": ("policy_commands", "What may be applied without asking: try it, set it."),
    "click-credits": ("click_credits_commands", "What advertisers can earn, and how far they are."),
    "dead-letters": (
        "dead_letters_commands",
        "What could not be applied: look, send back, delete.",
    ),
    "ledger": ("ledger_commands", "What the ledger knows of recommendations."),
    "subscriptions": (
        "subscriptions_commands",
        "Whose recommendations Marketing Stream delivers.",
    ),
    "report": ("report_command", "What came and what became of it, as one HTML page."),
    "opportunities": ("opportunities_commands", "Amazon's catalogue, its data files and routes."),
    "tail": ("tail_command", "What the functions log, as sentences."),
    "costs": ("costs_command", "What a month costs in AWS, reckoned."),
    "teardown": ("teardown_command", "Make a stack ready to be deleted; say what it will keep."),
}
"""By name, in the order of `--help`: the module in this package, and what it is for in one line.

The module has an `app`, `typer.Typer(rich_markup_mode=None)`, with the group's commands. Where one
of them has the name of the group, it is all of it: `applier doctor` runs the command `doctor`.
"""


class Commands(TyperGroup):
    """The root of all commands. What an operator can cause, it tells in a sentence."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**attributes)
        self.params += target_options()
        for name, (module, summary) in GROUPS.items():
            self.add_command(LazyGroup(name, module=f"{__package__}.{module}", summary=summary))

    def invoke(self, ctx: "Context") -> Any:  # type: ignore[override]  # noqa: ANN401 - typer's own
        """Run the command that is called for."""
        with told_in_a_sentence():
            return super().invoke(ctx)


class LazyGroup(TyperCommand):
    """Stands for a group of commands in `--help` and in completions, until it is called for."""

    def __init__(self, name: str, *, module: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self._module = module

    def make_context(self, *arguments: Any, **extra: Any) -> Any:  # noqa: ANN401 - typer's own
        """Make the context of the group itself."""
        return self.load().make_context(*arguments, **extra)

    def load(self) -> Any:  # noqa: ANN401 - typer does not publish the class of all commands
        """Import the group; each of its commands takes the options of the target as well."""
        group = typer.main.get_group(import_module(self._module).app)
        group.no_args_is_help = True
        for command in _commands_of(group):
            command.params += target_options()
        found = group.commands.get(str(self.name), group)
        found.name = self.name
        found.help = found.help or self.help
        return found


def _commands_of(group: TyperGroup) -> Iterator[Any]:
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            yield from _commands_of(command)
        else:
            yield command

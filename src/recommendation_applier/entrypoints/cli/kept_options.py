"""Options that reach no command's function: what is given is kept in the context."""

from typing import Any, Final

import typer.main


class KeptOptions:
    """The options of one panel of `--help`."""

    def __init__(self, panel: str) -> None:
        self._panel: Final = panel
        self._key: Final = f"{__name__}: {panel}"

    def option(self, name: str, metavar: str, text: str, **more: Any) -> Any:  # noqa: ANN401 - as typer.Option has it
        """Declare one; *more* is typer.Option's."""
        return typer.Option(
            name,
            metavar=metavar,
            help=text,
            callback=self._keep,
            expose_value=False,
            rich_help_panel=self._panel,
            **more,
        )

    def of(self, context: typer.Context) -> dict[str, Any]:
        """Give what was given, by the name of the argument; None or empty is for what was not."""
        found: dict[str, Any] = context.meta[self._key]
        return found

    def _keep(self, context: typer.Context, option: typer.CallbackParam, value: object) -> None:
        context.meta.setdefault(self._key, {})[option.name] = value

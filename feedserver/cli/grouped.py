"""Help that shows commands in groups, in plain text: the same on a terminal and in a log."""

from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = "Commands"
PANELS = ("Run it", "What comes in and goes out", "Look after it")
"""Under which the program's commands are listed, in this order."""


class Grouped(TyperGroup):
    """A group of commands whose help lists them under their panels."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own click
        """Write one list for each panel."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        panels = {name: _panel(command) for name, command in found.items()}
        room = formatter.width - 6 - max(map(len, found))
        for panel in sorted(set(panels.values()), key=[*PANELS, COMMANDS].index):
            with formatter.section(panel):
                formatter.write_dl(
                    [
                        (name, command.get_short_help_str(room))
                        for name, command in found.items()
                        if command is not None and panels[name] == panel
                    ]
                )


def group(about: str, *, epilog: str | None = None) -> typer.Typer:
    """Return an empty group of commands; errors are told by us, without boxes and tracebacks."""
    return typer.Typer(
        cls=Grouped,
        help=about,
        epilog=epilog,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def examples(*lines: str) -> str:
    """Return the end of a command's help, with lines as one would type them."""
    # \b keeps the lines that follow as they are.
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def _panel(command: Any) -> str:  # noqa: ANN401 - typer's own click
    panel = getattr(command, "rich_help_panel", None)
    return panel if isinstance(panel, str) else COMMANDS

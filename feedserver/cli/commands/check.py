"""``check config`` and ``doctor``."""

import typer

from feedserver.cli.commands.options import AsJson
from feedserver.cli.grouped import examples, group
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    check = group("What the files and settings say.")
    # With one command only, typer would leave out its name.
    check.callback()(_only_a_group)
    check.command(
        epilog=examples("feedserver check config", "FEEDSERVER_FEEDS=new feedserver check config")
    )(config)
    app.add_typer(check, name="check", rich_help_panel=panel)
    app.command(
        rich_help_panel=panel, epilog=examples("feedserver doctor", "feedserver doctor --json")
    )(doctor)


def config(as_json: AsJson = False) -> None:
    """Check the newsroom's folder and the settings; show what was found, or all mistakes."""
    from feedserver.cli.checking import check_config

    run(check_config(as_json=as_json))


def doctor(as_json: AsJson = False) -> None:
    """Look for what is wrong, and say what to do about it.

    It looks at settings, folder, disk, parser processes, the database, its schema and integrity,
    the right to write, the clock. The exit status is 1 if anything is wrong.
    """
    from feedserver.cli.diagnosis import examine

    run(examine(as_json=as_json))


def _only_a_group() -> None:
    """Do nothing by itself."""

"""``migrate``, ``backup`` and ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson
from feedserver.cli.grouped import examples
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    app.command(rich_help_panel=panel, epilog=examples("feedserver migrate"))(migrate)
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "feedserver backup news-$(date +%F).backup", "feedserver backup --replace news.backup"
        ),
    )(backup)
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "feedserver restore news.backup", "feedserver restore --replace news.backup"
        ),
    )(restore)


def migrate(
    to: Annotated[
        int | None, typer.Option("--to", help="The last step to take; all if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the database, or bring its schema forward."""
    from feedserver.cli.upkeep import migrate_database

    run(migrate_database(to, as_json=as_json))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of a file of that name.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a backup, whole and checked, while the server runs.

    Of SQLite it is a database file, of PostgreSQL a dump as pg_dump makes it. It holds everything
    that is stored; keep a copy of the folder FEEDSERVER_FEEDS beside it.
    """
    from feedserver.cli.upkeep import back_up

    run(back_up(file, replace=replace, as_json=as_json))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `feedserver backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The database is not empty: keep that aside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database.

    End its servers first. The backup is checked, and brought forward to this program's schema. What
    feeds serve from then on counts as newer than anything that readers have had, so none of them
    keeps what is gone.
    """
    from feedserver.cli.upkeep import restore as work

    run(work(file, replace=replace, as_json=as_json))

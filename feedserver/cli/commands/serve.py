"""``serve`` and ``demo``."""

from pathlib import Path
from typing import Annotated

import typer

from feedserver.cli.grouped import examples
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "feedserver serve",
            "FEEDSERVER_LISTEN=127.0.0.1:9000 feedserver serve",
            "FEEDSERVER_DATABASE=postgresql://user@host/news feedserver serve --roles web",
        ),
    )(serve)
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "feedserver demo", "feedserver demo --port 9000", "feedserver demo --keep demo.db"
        ),
    )(demo)


def serve(
    roles: Annotated[
        str,
        typer.Option(
            help="The work that this process does: web (follow and show feeds), poll (poll and "
            "file), or both. On PostgreSQL any number of processes share it."
        ),
    ] = "web,poll",
) -> None:
    """Poll, file and serve until stopped.

    Reads the folder FEEDSERVER_FEEDS, keeps everything in FEEDSERVER_DATABASE and answers on
    FEEDSERVER_LISTEN; a process of either role does, so that /healthz and /metrics can be asked.
    On SIGTERM or Ctrl-C it takes on nothing new and ends what is under way, within 20 seconds.
    """
    from feedserver.cli.serving import roles_of
    from feedserver.cli.serving import serve as work

    run(work(roles_of(roles)))


def demo(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Where to serve; else 8080, or any port that is free."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the database in this new file afterwards.")
    ] = None,
) -> None:
    """Play a complete newsroom on this machine, to look at.

    Needs no network: the outlets are invented, and this program plays them. Two days of news are
    played at the start, and they go on publishing while you watch. Sections come from the folder
    FEEDSERVER_FEEDS. The desk is open to this machine without a token.
    """
    from feedserver.cli.demonstration import demonstrate

    run(demonstrate(port, keep))

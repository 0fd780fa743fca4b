"""``poll``."""

from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson
from feedserver.cli.grouped import examples
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the command to the program."""
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "feedserver poll",
            "feedserver poll --now bbc-world npr-news",
            "feedserver poll --now --json https://example.org/rss",
        ),
    )(poll)


def poll(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE|URL",
            help="Sources by key or address; with --now. An address that no source has is followed "
            "from then on.",
        ),
    ] = None,
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="Poll these sources, or all that are followed, whether they are due or not. One "
            "polled in the last 5 minutes is skipped, and so is one whose host asked for rest.",
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="With --now: skip none. For servers of your own only, which FEEDSERVER_RESOLVE "
            "and FEEDSERVER_ALLOW_PRIVATE name.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Poll what is due, or what you name, once.

    Prints a line for each poll as it ends. It may run beside a server. A source that fails is a
    result, and no reason to fail. With --json a line has: source, url, outcome (ok, unchanged,
    skipped, error, blocked, throttled or gone), status (of HTTP, or null), entries (in the
    document), new, revised, bytes, seconds, reason, next_poll_at.
    """
    from feedserver.cli.polling import poll_due, poll_now

    if not now and (names or force):
        option = "--force" if force else "SOURCE or URL"
        raise typer.BadParameter(f"{option} goes with --now; without it, what is due is polled")
    run(poll_now(names or [], force=force, as_json=as_json) if now else poll_due(as_json=as_json))

"""``stories list`` and ``show``."""

from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson, Limit
from feedserver.cli.grouped import examples, group
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    stories = group("The inbox: what the outlets tell.")
    stories.command(
        "list",
        epilog=examples(
            "feedserver stories list",
            "feedserver stories list --section china --language zh --limit 10",
            'feedserver stories list --words "river flood" --json',
        ),
    )(list_)
    stories.command(epilog=examples("feedserver stories show 7"))(show)
    app.add_typer(stories, name="stories", rich_help_panel=panel)


def list_(
    section: Annotated[
        str | None, typer.Option(help="Offered to the section of this slug.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Told by the source of this key.")] = None,
    language: Annotated[
        str | None, typer.Option(help="In this language; zh means zh-Hans too.")
    ] = None,
    words: Annotated[str | None, typer.Option(help="With all of these words.")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show stories that fit, the newest first."""
    from feedserver.cli.newsdesk import list_stories

    run(list_stories(section, source, language, words, limit=limit, as_json=as_json))


def show(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number.")],
    as_json: AsJson = False,
) -> None:
    """Show a story: its entries, and why each is in it."""
    from feedserver.cli.newsdesk import show_story

    run(show_story(number, as_json=as_json))

"""``articles put``, ``list`` and ``retract``."""

from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson, Limit
from feedserver.cli.grouped import examples, group
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    articles = group("What our site publishes.")
    articles.command(
        epilog=examples(
            "feedserver articles put story-1021.json",
            "export-article 1021 | feedserver articles put - --id story-1021",
        )
    )(put)
    articles.command("list", epilog=examples("feedserver articles list --limit 5"))(list_)
    articles.command(
        epilog=examples(
            'feedserver articles retract story-1021 --note "The quotation was invented."'
        )
    )(retract)
    app.add_typer(articles, name="articles", rich_help_panel=panel)


def put(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A JSON object, as the API takes it; - is stdin.")
    ],
    external_id: Annotated[
        str | None,
        typer.Option("--id", help="The CMS's name for it; the file's name if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish an article, or change it. Saying the same again changes nothing.

    docs/reference/api.md has the fields; title and sections must be there. If anything is wrong,
    all of it is told, and nothing is stored.
    """
    from feedserver.cli.cms import put_article

    run(put_article(file, external_id, as_json=as_json))


def list_(limit: Limit = 20, as_json: AsJson = False) -> None:
    """Show the articles that changed last, picked ones included."""
    from feedserver.cli.cms import list_articles

    run(list_articles(limit=limit, as_json=as_json))


def retract(
    external_id: Annotated[
        str, typer.Argument(metavar="ID", help="The CMS's name for the article.")
    ],
    note: Annotated[str, typer.Option(help="Why, in a sentence: it stands in place of the text.")],
    as_json: AsJson = False,
) -> None:
    """Put a note in place of an article's text, for all who have it."""
    from feedserver.cli.cms import retract_article

    run(retract_article(external_id, note, as_json=as_json))

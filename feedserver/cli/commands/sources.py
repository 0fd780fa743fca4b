"""``sources list``, ``add``, ``remove`` and ``test``."""

from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson
from feedserver.cli.grouped import examples, group
from feedserver.cli.running import run


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    sources = group("The outside feeds that are followed.")
    sources.command("list", epilog=examples("feedserver sources list"))(list_)
    sources.command(
        epilog=examples(
            "feedserver sources test https://example.org/rss",
            "feedserver sources add https://example.org/rss --section world --language en",
        )
    )(add)
    sources.command(epilog=examples("feedserver sources remove example-org"))(remove)
    sources.command(
        "test",
        epilog=examples(
            "feedserver sources test https://example.org/rss", "feedserver sources test npr-news"
        ),
    )(probe)
    app.add_typer(sources, name="sources", rich_help_panel=panel)


def list_(as_json: AsJson = False) -> None:
    """Show every source, its state, its last poll and its next."""
    from feedserver.cli.following import list_sources

    run(list_sources(as_json=as_json))


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the feed.")],
    key: Annotated[
        str | None, typer.Option(help="Lasting short name; made of the host if left out.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Name of the outlet, as credits say it.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="Who owns it; copies by one owner count once.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Where it is, as US.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of its texts, as en or zh-Hans.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="wire, national, local, blog (if left out) or own.")
    ] = None,
    rights: Annotated[
        str | None,
        typer.Option(help="What we may publish: headline (if left out), excerpt or full."),
    ] = None,
    section: Annotated[
        str | None, typer.Option(help="Section that its stories are offered to.")
    ] = None,
    interval: Annotated[
        str | None, typer.Option(help="How long to wait between polls, as 15m; else 30m.")
    ] = None,
) -> None:
    """Follow a source beside those of the newsroom's folder.

    It is polled from now on. Sources that are to stay belong into sources.toml.
    """
    from feedserver.cli.following import add_source

    said = {
        "key": key,
        "title": title,
        "owner": owner,
        "country": country,
        "language": language,
        "kind": kind,
        "rights": rights,
        "section": section,
        "interval": interval,
    }
    run(add_source(url, said))


def remove(
    name: Annotated[str, typer.Argument(metavar="SOURCE|URL", help="Its key or its address.")],
) -> None:
    """Poll a source no more that `sources add` or `poll` followed.

    What it brought stays. One that sources.toml lists is taken out there.
    """
    from feedserver.cli.following import remove_source

    run(remove_source(name))


def probe(
    name: Annotated[str, typer.Argument(metavar="URL|SOURCE", help="An address, or a key.")],
    as_json: AsJson = False,
) -> None:
    """Say in plain words what a source would give, and keep nothing.

    Asks once: what it is, what its items have, what had to be mended, how it may be polled. Where
    it gives no feed, says why not and what would help; the exit status is then 1.
    """
    from feedserver.cli.probing import test_source

    run(test_source(name, as_json=as_json))

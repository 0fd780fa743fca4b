"""``tokens add``, ``list`` and ``revoke``."""

from typing import Annotated

import typer

from feedserver.cli.commands.options import AsJson
from feedserver.cli.grouped import examples, group
from feedserver.cli.running import run
from feedserver.model.access import Scope


def add_to(app: typer.Typer, *, panel: str) -> None:
    """Add the commands to the program."""
    tokens = group("The secrets that open the desk and the articles.")
    tokens.command(
        epilog=examples(
            "feedserver tokens add ada --scope desk --expires 90d",
            "SECRET=$(feedserver tokens add cms --scope articles)",
        )
    )(add)
    tokens.command("list", epilog=examples("feedserver tokens list"))(list_)
    tokens.command(epilog=examples("feedserver tokens revoke 3"))(revoke)
    app.add_typer(tokens, name="tokens", rich_help_panel=panel)


def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Who holds it; stands in the record of acts.")
    ],
    scope: Annotated[
        list[Scope],
        typer.Option(help="What it opens: desk (read and pick) or articles (the CMS); repeatable."),
    ],
    expires: Annotated[
        str | None, typer.Option(help="How long it is good for, as 90d; else until revoked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token. Its secret is printed this once, alone on stdout."""
    from feedserver.cli.keyring import add_token

    run(add_token(name, scope, expires, as_json=as_json))


def list_(as_json: AsJson = False) -> None:
    """Show all tokens, ended ones included; never their secrets."""
    from feedserver.cli.keyring import list_tokens

    run(list_tokens(as_json=as_json))


def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number.")],
) -> None:
    """End a token for good, in all processes at once."""
    from feedserver.cli.keyring import revoke_token

    run(revoke_token(number))

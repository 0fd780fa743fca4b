"""Tokens at the command line: give one out, list them, end one."""

from collections.abc import Sequence
from datetime import timedelta

import typer

from feedserver.cli.opening import actor, settings_read, store_opened
from feedserver.cli.running import tell
from feedserver.cli.screen import distance, moment, show, show_json, show_table
from feedserver.clock import SystemClock
from feedserver.config.readers import duration
from feedserver.model.access import Scope, Token, TokenId
from feedserver.people.tokens import Tokens


async def add_token(
    name: str, scopes: Sequence[Scope], expires: str | None, *, as_json: bool
) -> None:
    """Make a token and print its secret, alone on stdout, this once.

    Raises:
        BadParameter: The time is not one.
    """
    clock = SystemClock()
    async with store_opened(settings_read()) as database:
        tokens = Tokens(database=database, clock=clock)
        until = None if expires is None else clock.now() + _time(expires)
        token, secret = await tokens.add(name, scopes, actor=actor(), expires_at=until)
    tell(
        f"token {token.id} for {name} opens {_opens(token)}{_until(token)}",
        f"its secret is printed this once and kept nowhere: {_use(token)}",
    )
    if as_json:
        show_json({**_shape(token), "secret": secret})
    else:
        print(secret)


async def list_tokens(*, as_json: bool) -> None:
    """Print all tokens, ended ones included; never their secrets."""
    clock = SystemClock()
    async with store_opened(settings_read()) as database:
        found = await Tokens(database=database, clock=clock).everyone()
    if as_json:
        for token in found:
            show_json(_shape(token))
        return
    now = clock.now()
    rows = [
        (
            str(token.id),
            _opens(token),
            _state(token),
            moment(token.created_at),
            "never" if token.last_used_at is None else distance(token.last_used_at, now),
            token.name,
        )
        for token in found
    ]
    show_table(("ID", "OPENS", "STATE", "MADE", "LAST USED", "NAME"), rows)


async def revoke_token(number: int) -> None:
    """End a token for good.

    Raises:
        NotFoundError: There is none of that number.
    """
    async with store_opened(settings_read()) as database:
        tokens = Tokens(database=database, clock=SystemClock())
        token = await tokens.revoke(TokenId(number), actor=actor())
    show(f"token {token.id} of {token.name} opens nothing any more")


def _time(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--expires") from error


def _use(token: Token) -> str:
    header = "send it as 'Authorization: Bearer SECRET'"
    return f"log in with it at /desk, or {header}" if Scope.DESK in token.scopes else header


def _opens(token: Token) -> str:
    return ", ".join(sorted(token.scopes))


def _until(token: Token) -> str:
    return "" if token.expires_at is None else f" until {moment(token.expires_at)}"


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return f"revoked {moment(token.revoked_at)}"
    if token.expires_at is None:
        return "valid"
    ended = token.expires_at <= SystemClock().now()
    return f"{'expired' if ended else 'valid until'} {moment(token.expires_at)}"


def _shape(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    }

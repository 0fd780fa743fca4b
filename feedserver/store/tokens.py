"""The ``token`` table. Secrets are kept as hashes only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feedserver.model.access import Scope, Token, TokenId
from feedserver.store import counters
from feedserver.store.database import (
    Row,
    Transaction,
    from_micros,
    micros_or_none,
    moment_or_none,
    one,
    to_micros,
)


async def add(tx: Transaction, token: Token, *, digest: str) -> Token:
    """Keep a new token by the hash of its secret; return it with its number."""
    number = TokenId(await counters.take(tx, "token"))
    await tx.all(
        """
        INSERT INTO token (id, name, scopes, hash, created_at, expires_at)
        VALUES (:id, :name, :scopes, :hash, :created_at, :expires_at)
        """,
        id=number,
        name=token.name,
        scopes=" ".join(sorted(token.scopes)),
        hash=digest,
        created_at=to_micros(token.created_at),
        expires_at=micros_or_none(token.expires_at),
    )
    return replace(token, id=number)


async def by_digest(tx: Transaction, digest: str) -> Token | None:
    """Return the token whose secret has this hash."""
    row = await one(tx, "SELECT * FROM token WHERE hash = :hash", hash=digest)
    return None if row is None else _token(row)


async def used(tx: Transaction, token: TokenId, *, now: datetime) -> None:
    """Say that a token was used."""
    await tx.all(
        "UPDATE token SET last_used_at = :now WHERE id = :id", id=token, now=to_micros(now)
    )


async def revoke(tx: Transaction, token: TokenId, *, now: datetime) -> Token | None:
    """End a token for good; return it, or ``None`` if there is none of that number."""
    row = await one(
        tx,
        """
        UPDATE token SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id RETURNING *
        """,
        id=token,
        now=to_micros(now),
    )
    return None if row is None else _token(row)


async def everyone(tx: Transaction) -> Sequence[Token]:
    """Return all tokens, ended ones included, oldest first."""
    return [_token(row) for row in await tx.all("SELECT * FROM token ORDER BY id")]


def _token(row: Row) -> Token:
    return Token(
        id=TokenId(row["id"]),
        name=row["name"],
        scopes=frozenset(map(Scope, row["scopes"].split())),
        created_at=from_micros(row["created_at"]),
        expires_at=moment_or_none(row["expires_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
        last_used_at=moment_or_none(row["last_used_at"]),
    )

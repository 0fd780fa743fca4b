"""Tokens: secrets that open the desk and the articles, kept as hashes only."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedserver.clock import Clock
from feedserver.errors import NotFoundError
from feedserver.model.access import Act, Scope, Token, TokenId
from feedserver.store import acts, tokens
from feedserver.store.database import Database

PREFIX = "fst_"
"""Begins every secret, so that a person, or a scanner of leaked files, knows what it is."""

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Gives out tokens, and tells what they open."""

    database: Database
    clock: Clock

    async def add(
        self, name: str, scopes: Iterable[Scope], *, actor: str, expires_at: datetime | None = None
    ) -> tuple[Token, str]:
        """Make a token; return it with its secret, which cannot be had again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        now = self.clock.now()
        wanted = Token(
            id=TokenId(0),
            name=name,
            scopes=frozenset(scopes),
            created_at=now,
            expires_at=expires_at,
        )
        async with self.database.write() as tx:
            token = await tokens.add(tx, wanted, digest=digest(secret))
            await acts.add(tx, _act("token added", token, actor, now))
        return token, secret

    async def check(self, secret: str, scope: Scope) -> Token | None:
        """Return the token of that secret if it opens that; note that it was used."""
        now = self.clock.now()
        async with self.database.read() as tx:
            token = await tokens.by_digest(tx, digest(secret))
        if token is None or not token.opens(scope, now=now):
            return None
        if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
            async with self.database.write() as tx:
                await tokens.used(tx, token.id, now=now)
        return token

    async def revoke(self, number: TokenId, *, actor: str) -> Token:
        """End a token for good, in all processes at once.

        Raises:
            NotFoundError: There is none of that number.
        """
        now = self.clock.now()
        async with self.database.write() as tx:
            token = await tokens.revoke(tx, number, now=now)
            if token is None:
                raise NotFoundError(f"there is no token {number}; `feedserver tokens list` has all")
            await acts.add(tx, _act("token revoked", token, actor, now))
        return token

    async def everyone(self) -> Sequence[Token]:
        """Return all tokens, ended ones included."""
        async with self.database.read() as tx:
            return await tokens.everyone(tx)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is random and long, so one round of SHA-256 hides it."""
    # What somebody sends as a secret may be any bytes; aiohttp hands them on as surrogates.
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


def _act(action: str, token: Token, actor: str, now: datetime) -> Act:
    return Act(at=now, actor=actor, action=action, subject=f"token:{token.id}", revision=1)

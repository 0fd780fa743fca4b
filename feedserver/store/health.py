"""What a database tells of its own state."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from feedserver.errors import StoreError
from feedserver.store.database import Database, Dialect, Transaction, moment_or_none, one

MOST = 20
"""Faults that are told; a broken file has thousands."""


async def faults(database: Database, *, quick: bool = False) -> Sequence[str]:
    """Return what is broken in a SQLite file; none in PostgreSQL, which looks after its own.

    Args:
        quick: Leave out the comparison of indexes with their tables, which takes the longest.
    """
    if database.dialect is Dialect.POSTGRES:
        return ()
    check: LiteralString = "quick_check" if quick else "integrity_check"
    async with database.read() as tx:
        found = [str(row[check]) for row in await tx.all("PRAGMA " + check)]
        broken = await tx.all("PRAGMA foreign_key_check")
    found += [f"a row of {row['table']} refers to none of {row['parent']}" for row in broken]
    return [fault for fault in found if fault != "ok"][:MOST]


async def require_sound(database: Database, name: object) -> None:
    """Refuse a SQLite file that is broken.

    Raises:
        StoreError: With what is broken.
    """
    if found := await faults(database):
        raise StoreError(f"{name} is broken: {'; '.join(found)}")


async def newest_moment(tx: Transaction) -> datetime | None:
    """Return the latest moment at which something was stored; ``None`` in an empty database."""
    row = await one(
        tx,
        """
        SELECT max(at) AS at FROM (
            SELECT max(last_polled_at) AS at FROM source
            UNION ALL SELECT max(first_seen_at) FROM (
                SELECT first_seen_at FROM entry ORDER BY id DESC LIMIT 1
            ) AS entries
            UNION ALL SELECT max(at) FROM (SELECT at FROM act ORDER BY seq DESC LIMIT 1) AS acts
        ) AS moments
        """,
    )
    return moment_or_none(row["at"]) if row else None

"""Bring a database's schema forward: numbered files, append-only, one transaction each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from feedserver.errors import SchemaError
from feedserver.store.database import Database, Dialect, Transaction, one

NAME = re.compile(r"(?P<number>\d{4})_(?P<title>[a-z_]+?)(\.(?P<dialect>sqlite|postgres))?\.sql")
LOCK = 0x_FEED_5E7
"""Of PostgreSQL's advisory locks, the one that who migrates holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema, in the words of one database."""

    number: int
    title: str
    statements: tuple[str, ...]


def migrations(dialect: Dialect) -> Sequence[Migration]:
    """Return every step that this program knows, in order."""
    return sorted(_read(dialect), key=lambda migration: migration.number)


async def version(database: Database) -> int:
    """Return the number of the last step that the database has taken; 0 when it is empty."""
    async with database.read() as tx:
        return await _version(tx)


async def migrate(database: Database, *, upto: int | None = None) -> Sequence[Migration]:
    """Take the steps that are missing, each in a transaction, and return them.

    Who is killed on the way leaves whole steps, and the next one goes on from there. Two who
    migrate at once wait for each other.

    Raises:
        SchemaError: The database is ahead of this program.
    """
    steps = [step for step in migrations(database.dialect) if upto is None or step.number <= upto]
    await check(database)
    taken = [step for step in steps if await _take(database, step)]
    return tuple(taken)


async def check(database: Database) -> None:
    """Refuse a database that a newer program made.

    Raises:
        SchemaError: Its schema has steps that this program does not know.
    """
    ours, theirs = migrations(database.dialect)[-1].number, await version(database)
    if theirs > ours:
        raise SchemaError(
            f"the database has schema {theirs}, this program knows up to {ours}; "
            "use the newer program, or restore a backup that was made before the upgrade"
        )


async def require_current(database: Database) -> None:
    """Refuse a database whose schema is not exactly this program's.

    Raises:
        SchemaError: It is behind or ahead, and what to do about it.
    """
    await check(database)
    ours, theirs = migrations(database.dialect)[-1].number, await version(database)
    if theirs < ours:
        raise SchemaError(
            f"the database has schema {theirs}, this program needs {ours}; "
            "run `feedserver migrate` first"
        )


async def _take(database: Database, step: Migration) -> bool:
    async with database.write() as tx:
        if tx.dialect is Dialect.POSTGRES:
            await tx.all("SELECT pg_advisory_xact_lock(:lock)", lock=LOCK)
        await tx.all(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, title TEXT NOT NULL)"
        )
        if await _version(tx) >= step.number:
            return False
        for statement in step.statements:
            # The only text that is not a literal: it comes from this package's own files.
            run: Any = tx.all
            await run(statement)
        await tx.all(
            "INSERT INTO migration (number, title) VALUES (:number, :title)",
            number=step.number,
            title=step.title,
        )
        return True


async def _version(tx: Transaction) -> int:
    if tx.dialect is Dialect.POSTGRES:
        known = await one(tx, "SELECT to_regclass('migration') IS NOT NULL AS known")
    else:
        known = await one(
            tx, "SELECT count(*) AS known FROM sqlite_master WHERE name = :name", name="migration"
        )
    if known is None or not known["known"]:
        return 0
    newest = await one(tx, "SELECT max(number) AS number FROM migration")
    return int(newest["number"] or 0) if newest else 0


def _read(dialect: Dialect) -> Iterator[Migration]:
    for file in resources.files("feedserver.store").joinpath("schema").iterdir():
        name = NAME.fullmatch(file.name)
        if name and name["dialect"] in {None, dialect.value}:
            yield Migration(
                number=int(name["number"]),
                title=name["title"],
                statements=tuple(_statements(file.read_text("utf-8"), dialect)),
            )


def _statements(text: str, dialect: Dialect) -> Iterator[str]:
    bare = re.sub(r"--[^\n]*", "", text)
    if dialect is Dialect.POSTGRES:
        bare = re.sub(r"\bINTEGER\b", "BIGINT", bare)
        bare = re.sub(r"\bBLOB\b", "BYTEA", bare)
    return (statement.strip() for statement in bare.split(";") if statement.strip())

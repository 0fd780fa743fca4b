"""PostgreSQL's own dumps, made and loaded by its own programs."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from feedserver.errors import SchemaError, StoreBusyError, StoreError
from feedserver.store.database import Database, Row, Transaction, one

ASIDE = "feedserver_before_"
"""Begins the names of the schemas in which databases are kept that a backup replaced."""

OWN_TABLE = re.compile(rb" TABLE \S+ migration ")


def aside(now: datetime) -> str:
    """Return the name of the schema in which what is replaced at this moment is kept."""
    return f"{ASIDE}{now:%Y%m%d_%H%M%S}"


async def dump(url: str, target: Path) -> None:
    """Write a dump of the database, as of one moment.

    Raises:
        StoreError: It cannot be made, or ``pg_dump`` is not installed.
    """
    await _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--exclude-schema={ASIDE}*",
        f"--file={target}",
        url=url,
    )
    await check(target)


async def check(backup: Path) -> None:
    """Refuse a file that is no dump of ours.

    Raises:
        SchemaError: It is a dump of something else.
        StoreError: It is no dump, or ``pg_restore`` is not installed.
    """
    if not OWN_TABLE.search(await _run("pg_restore", "--list", str(backup))):
        raise SchemaError(f"{backup} is a dump, but of no database of feedserver's")


async def load(url: str, backup: Path) -> None:
    """Bring a dump into a database that has none of its tables, whole or not at all.

    Raises:
        StoreError: It cannot be done.
    """
    await _run(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        str(backup),
        url=url,
    )


async def require_alone(tx: Transaction) -> None:
    """Refuse a database that others are connected to.

    Raises:
        StoreBusyError: They are.
    """
    row = await one(
        tx,
        """
        SELECT count(*) AS number FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
            AND pid <> pg_backend_pid()
        """,
    )
    if row is not None and row["number"]:
        raise StoreBusyError(
            f"others are connected to the database ({row['number']} connections); "
            "end its servers first"
        )


@asynccontextmanager
async def set_aside(database: Database, schema: str) -> AsyncGenerator[bool]:
    """Keep what the database holds in another schema; bring it back if the block fails.

    The block is told whether there was anything to keep.
    """
    async with database.write() as tx:
        row = await one(tx, "SELECT current_schema() AS name")
        here = str(row["name"]) if row else "public"
        kept = await _move(tx, here, schema)
    try:
        yield kept
    except BaseException:
        async with database.write() as tx:
            # What the block brought leaves first, so that the names are free.
            await _move(tx, here, f"{schema}_failed")
            await _drop(tx, f"{schema}_failed")
            await _move(tx, schema, here)
            await _drop(tx, schema)
        raise
    if not kept:
        async with database.write() as tx:
            await _drop(tx, schema)


async def _move(tx: Transaction, here: str, there: str) -> bool:
    """Bring our tables and functions to another schema, which is made; tell if there were any."""
    create = "SELECT format('CREATE SCHEMA IF NOT EXISTS %I', CAST(:there AS TEXT)) AS statement"
    await _run_each(tx, await tx.all(create, there=there))
    things = await tx.all(
        """
        SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', nspname, relname, CAST(:there AS TEXT))
            AS statement
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = :here AND relkind = 'r'
        UNION ALL
        SELECT format('ALTER FUNCTION %s SET SCHEMA %I',
            CAST(pg_proc.oid AS REGPROCEDURE), CAST(:there AS TEXT))
        FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE nspname = :here AND NOT EXISTS (
            SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
        )
        """,
        here=here,
        there=there,
    )
    await _run_each(tx, things)
    return bool(things)


async def _drop(tx: Transaction, schema: str) -> None:
    drop = "SELECT format('DROP SCHEMA %I CASCADE', CAST(:schema AS TEXT)) AS statement"
    await _run_each(tx, await tx.all(drop, schema=schema))


async def _run_each(tx: Transaction, made: Sequence[Row]) -> None:
    for row in made:
        # Not literals: PostgreSQL itself put the names into them, and quoted them.
        run: Any = tx.all
        await run(row["statement"])


def without_password(url: str) -> tuple[str, str | None]:
    """Return a database's address without the password, which other users could see, and it."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query)
    asked = dict(pairs).get("password")
    user, at, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    bare = parts._replace(
        netloc=f"{name}{at}{host}",
        query=urlencode([(key, value) for key, value in pairs if key != "password"]),
    )
    # Put together by hand: urlunsplit() leaves out the empty host of postgresql:///name.
    query = f"?{bare.query}" if bare.query else ""
    return f"{bare.scheme}://{bare.netloc}{bare.path}{query}", unquote(password) if colon else asked


async def _run(program: str, *arguments: str, url: str | None = None) -> bytes:
    """Run one of PostgreSQL's programs and return what it printed.

    Raises:
        StoreError: It is not installed, or says that it could not do it.
    """
    environ = dict(os.environ)
    if url is not None:
        bare, password = without_password(url)
        arguments = (*arguments, f"--dbname={bare}")
        environ |= {} if password is None else {"PGPASSWORD": password}
    try:
        running = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise StoreError(
            f"{program} is not installed; on Debian: apt install postgresql-client"
        ) from error
    try:
        printed, complaints = await running.communicate()
    except BaseException:
        running.kill()
        await running.wait()
        raise
    if running.returncode:
        raise StoreError(complaints.decode("utf-8", "replace").strip() or f"{program} failed")
    return printed

"""SQLite: one connection that writes, a few that read (write-ahead log)."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import Row
from typing import LiteralString, Self

import aiosqlite

from feedserver.clock import Clock
from feedserver.errors import ConflictError, StoreBusyError, StoreError
from feedserver.store.database import Dialect, Value

BUSY = 30.0
"""Seconds that a statement waits for another process to let go of the file."""

LOOK_EVERY = 0.25
"""Seconds between two looks whether somebody committed (``PRAGMA data_version``)."""


class SqliteTransaction:
    """A transaction on one connection."""

    dialect = Dialect.SQLITE

    def __init__(self, connection: aiosqlite.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def all(self, sql: LiteralString, /, **values: Value) -> Sequence[Row]:
        """Run one statement and return all its rows."""
        with _conflicts():
            return list(await self._connection.execute_fetchall(sql, values))

    async def many(self, sql: LiteralString, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement once for each row."""
        with _conflicts():
            await self._connection.executemany(sql, rows)

    async def now(self) -> datetime:
        """Return the process's own moment: one machine has one clock."""
        return self._clock.now()

    async def announce(self) -> None:
        """Do nothing: :meth:`SqliteDatabase.changes` sees each commit by itself."""


class SqliteDatabase:
    """A database file."""

    dialect = Dialect.SQLITE

    def __init__(
        self, path: Path, connections: Sequence[aiosqlite.Connection], clock: Clock
    ) -> None:
        self._path = path
        self._writer, self._watcher, *readers = connections
        self._writing = asyncio.Lock()
        self._clock = clock
        self._readers = asyncio.Queue[aiosqlite.Connection]()
        for reader in readers:
            self._readers.put_nowait(reader)

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, clock: Clock, readers: int = 4) -> AsyncGenerator[Self]:
        """Open the file, made if missing, and close it after the block.

        Raises:
            StoreError: The file cannot be opened, or is not a database.
        """
        async with AsyncExitStack() as stack:
            opened = [await stack.enter_async_context(_connected(path)) for _ in range(readers + 2)]
            yield cls(path, opened, clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[SqliteTransaction]:
        """Begin a transaction that only reads, and sees one moment of the database throughout."""
        connection = await self._readers.get()
        try:
            async with _ours(self._path), _begun(connection, "BEGIN DEFERRED"):
                yield SqliteTransaction(connection, self._clock)
        finally:
            self._readers.put_nowait(connection)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[SqliteTransaction]:
        """Begin a transaction that may write; it commits unless the block raises."""
        async with (
            self._writing,
            _ours(self._path),
            _begun(self._writer, "BEGIN IMMEDIATE"),
        ):
            yield SqliteTransaction(self._writer, self._clock)

    async def changes(self) -> AsyncIterator[None]:
        """Yield at once, then soon after anybody committed a change, and at least each second."""
        seen, quiet = -1, 0.0
        while True:
            # Counts the commits of all other connections, so one that never writes sees them all.
            rows = list(await self._watcher.execute_fetchall("PRAGMA data_version"))
            version, quiet = rows[0][0], quiet + LOOK_EVERY
            if version != seen or quiet >= 1.0:
                seen, quiet = version, 0.0
                yield
            await self._clock.sleep(LOOK_EVERY)

    async def back_up(self, target: Path) -> None:
        """Write a whole, consistent copy to ``target`` while others go on writing."""
        connection = await self._readers.get()
        try:
            async with aiosqlite.connect(target) as copy:
                await connection.backup(copy)
        finally:
            self._readers.put_nowait(connection)


@contextmanager
def _conflicts() -> Generator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ConflictError(f"somebody else was there first: {error}") from error


@asynccontextmanager
async def _connected(path: Path) -> AsyncGenerator[aiosqlite.Connection]:
    async with _ours(path), aiosqlite.connect(path, isolation_level=None, timeout=BUSY) as opened:
        opened.row_factory = Row
        await opened.execute("PRAGMA journal_mode = WAL")
        # FULL: what was acknowledged survives a power cut, not only a crash of ours.
        await opened.execute("PRAGMA synchronous = FULL")
        await opened.execute("PRAGMA foreign_keys = ON")
        yield opened


@asynccontextmanager
async def _ours(path: Path) -> AsyncGenerator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreBusyError(
                f"{path} was locked by another process for {BUSY:.0f} s; end that one first"
            ) from error
        raise StoreError(f"{path}: {error}; `feedserver doctor` looks into it") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}; `feedserver doctor` looks into it") from error


@asynccontextmanager
async def _begun(connection: aiosqlite.Connection, begin: str) -> AsyncGenerator[None]:
    # A cancelled "await" does not stop the connection's thread: a BEGIN given up on still runs.
    # The thread works in order, so the rollback finds that transaction, or finds nothing to do.
    try:
        await connection.execute(begin)
        yield
        await connection.commit()
    except BaseException:
        await asyncio.shield(connection.rollback())
        raise

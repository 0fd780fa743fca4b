"""SQLite: one connection that writes, a few that read (write-ahead log)."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
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

COPIED_AT_ONCE = 1_000
"""Pages of 4 KiB of which a backup tells that they are done."""

TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """A database file, and how long its statements wait for other processes (seconds)."""

    path: Path
    busy: float = BUSY

    @contextmanager
    def errors(self) -> Generator[None]:
        """Turn the errors of the block's statements into ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            # The low byte is the kind of error; the others say more of it.
            code = getattr(error, "sqlite_errorcode", 0)
            if code in TAKEN:
                raise ConflictError(f"somebody else was there first: {error}") from error
            if code & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreBusyError(
                    f"{self.path} was locked by another process for {self.busy:g} s; "
                    "end that one first"
                ) from error
            raise StoreError(f"{self.path}: {error}; `feedserver doctor` looks into it") from error


class SqliteTransaction:
    """A transaction on one connection."""

    dialect = Dialect.SQLITE

    def __init__(self, connection: aiosqlite.Connection, file: SqliteFile, clock: Clock) -> None:
        self._connection = connection
        self._file = file
        self._clock = clock

    async def all(self, sql: LiteralString, /, **values: Value) -> Sequence[Row]:
        """Run one statement and return all its rows."""
        with self._file.errors():
            return list(await self._connection.execute_fetchall(sql, values))

    async def many(self, sql: LiteralString, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement once for each row."""
        # Most polls bring nothing new; then the connection's thread need not be woken.
        if batch := tuple(rows):
            with self._file.errors():
                await self._connection.executemany(sql, batch)

    async def now(self) -> datetime:
        """Return the process's own moment: one machine has one clock."""
        return self._clock.now()

    async def announce(self) -> None:
        """Do nothing: :meth:`SqliteDatabase.changes` sees each commit by itself."""


class SqliteDatabase:
    """A database file, open."""

    dialect = Dialect.SQLITE

    def __init__(
        self, file: SqliteFile, connections: Sequence[aiosqlite.Connection], clock: Clock
    ) -> None:
        self._file = file
        self._writer, self._watcher, *readers = connections
        self._writing = asyncio.Lock()
        self._clock = clock
        self._readers = asyncio.Queue[aiosqlite.Connection]()
        for reader in readers:
            self._readers.put_nowait(reader)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, *, clock: Clock, readers: int = 4, busy: float = BUSY
    ) -> AsyncGenerator[Self]:
        """Open the file, made if missing, and close it after the block.

        Args:
            busy: Seconds that a statement waits for another process to let go of the file.

        Raises:
            StoreBusyError: Another process holds it.
            StoreError: It cannot be opened, or is not a database.
        """
        file = SqliteFile(path=path, busy=busy)
        async with AsyncExitStack() as stack:
            opened = [await stack.enter_async_context(_connected(file)) for _ in range(readers + 2)]
            yield cls(file, opened, clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[SqliteTransaction]:
        """Begin a transaction that only reads, and sees one moment of the database throughout."""
        connection = await self._readers.get()
        try:
            async with self._begun(connection, "BEGIN DEFERRED") as transaction:
                yield transaction
        finally:
            self._readers.put_nowait(connection)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[SqliteTransaction]:
        """Begin a transaction that may write; it commits unless the block raises."""
        async with self._writing, self._begun(self._writer, "BEGIN IMMEDIATE") as transaction:
            yield transaction

    async def changes(self) -> AsyncGenerator[None]:
        """Yield at once, then soon after anybody committed a change, and at least each second."""
        seen, quiet = -1, 1.0
        while True:
            version = await self._version()
            if version not in {seen, None} or quiet >= 1.0:
                seen, quiet = version or seen, 0.0
                yield
            await self._clock.sleep(LOOK_EVERY)
            quiet += LOOK_EVERY

    async def back_up(
        self, target: Path, progress: Callable[[float], None] = lambda _: None
    ) -> None:
        """Write a whole, consistent copy to ``target`` while others go on writing.

        Args:
            progress: Told how much is done, from 0 to 1, in another thread.

        Raises:
            StoreError: It cannot be written.
        """

        def tell(_: int, remaining: int, total: int) -> None:
            progress(1 - remaining / total)

        connection = await self._readers.get()
        try:
            # In a transaction that has read, the copy is of that moment: commits do not disturb it.
            async with self._begun(connection, "BEGIN DEFERRED") as snapshot:
                await snapshot.all("SELECT count(*) FROM sqlite_master")
                with self._file.errors():
                    async with aiosqlite.connect(target) as copy:
                        await connection.backup(copy, pages=COPIED_AT_ONCE, progress=tell)
        finally:
            self._readers.put_nowait(connection)

    async def _version(self) -> int | None:
        """Return a number that each commit of another connection changes; ``None``: no answer."""
        # The connection that is asked never writes, so it counts the commits of all.
        try:
            rows = list(await self._watcher.execute_fetchall("PRAGMA data_version"))
        except sqlite3.DatabaseError:
            return None  # whoever looks for changes all the same will say what is wrong
        return int(rows[0][0])

    @asynccontextmanager
    async def _begun(
        self, connection: aiosqlite.Connection, begin: LiteralString
    ) -> AsyncGenerator[SqliteTransaction]:
        # A cancelled "await" does not stop the connection's thread: a BEGIN given up on still runs.
        # The thread works in order, so the rollback finds that transaction, or finds nothing to do;
        # and it is in the queue before anything waits, so a second cancellation cannot stop it.
        try:
            with self._file.errors():
                await connection.execute(begin)
            yield SqliteTransaction(connection, self._file, self._clock)
            with self._file.errors():
                await connection.commit()
        except BaseException:
            await connection.rollback()
            raise


@asynccontextmanager
async def _connected(file: SqliteFile) -> AsyncGenerator[aiosqlite.Connection]:
    connection = aiosqlite.connect(file.path, isolation_level=None, timeout=file.busy)
    async with AsyncExitStack() as stack:
        with file.errors(), _ended(connection):
            await stack.enter_async_context(connection)
        with file.errors():
            connection.row_factory = Row
            await connection.execute("PRAGMA journal_mode = WAL")
            # FULL: what was acknowledged survives a power cut, not only a crash of ours.
            await connection.execute("PRAGMA synchronous = FULL")
            await connection.execute("PRAGMA foreign_keys = ON")
        yield connection


@contextmanager
def _ended(connection: aiosqlite.Connection) -> Generator[None]:
    """Wait for the connection's thread where it could not be opened.

    aiosqlite only tells it to end; a loop that closes sooner makes it fail with a traceback.
    """
    try:
        yield
    except BaseException:
        connection._thread.join()  # noqa: SLF001 - it is offered nowhere else
        raise

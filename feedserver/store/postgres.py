"""PostgreSQL: a pool of connections, one statement text shared with SQLite."""

import asyncio
import re
from collections.abc import AsyncGenerator, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, LiteralString, Self

import asyncpg

from feedserver.clock import Clock
from feedserver.errors import ConflictError, StoreError
from feedserver.store.database import Dialect, Row, Value

NAMED = re.compile(r":([a-z][a-z0-9_]*)")
MARKS = {"/* skip locked */": "FOR UPDATE SKIP LOCKED", "/* for update */": "FOR UPDATE"}
CHANGED = "feedserver_changed"
LOOK_EVERY = 1.0
"""Seconds between two looks where no notification came."""

ASYNCPG = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises: the server's refusals, and its own. The last is one of its own faults: a
connection that the server ends between two of its messages "cannot switch to state …"."""

THEIRS = (OSError, *ASYNCPG)
"""The same, and no connection."""


@lru_cache(maxsize=512)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn ``:name`` into ``$1`` and say which names the numbers stand for."""
    names = tuple(dict.fromkeys(NAMED.findall(sql)))
    text = NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
    for mark, meaning in MARKS.items():
        text = text.replace(mark, meaning)
    return text, names


class PostgresTransaction:
    """A transaction on one connection of the pool."""

    dialect = Dialect.POSTGRES

    def __init__(self, connection: Any, timer: Clock | None) -> None:  # noqa: ANN401 - untyped proxy
        self._connection = connection
        self._timer = timer

    async def all(self, sql: LiteralString, /, **values: Value) -> Sequence[Row]:
        """Run one statement and return all its rows."""
        text, names = numbered(sql)
        with _errors():
            rows: Sequence[Row] = await self._connection.fetch(text, *(values[n] for n in names))
            return rows

    async def many(self, sql: LiteralString, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement once for each row."""
        text, names = numbered(sql)
        # Most polls bring nothing new; then there is nothing to send.
        if batch := [[row[name] for name in names] for row in rows]:
            with _errors():
                await self._connection.executemany(text, batch)

    async def now(self) -> datetime:
        """Return the server's moment, which all our machines share; a test's clock beats it."""
        if self._timer is not None:
            return self._timer.now()
        with _errors():
            moment: datetime = await self._connection.fetchval("SELECT clock_timestamp()")
            return moment

    async def announce(self) -> None:
        """Wake who follows :meth:`PostgresDatabase.changes` in all processes, on commit."""
        with _errors():
            await self._connection.execute("SELECT pg_notify($1, '')", CHANGED)


class PostgresDatabase:
    """A database server."""

    dialect = Dialect.POSTGRES

    def __init__(self, url: str, pool: Any, clock: Clock, timer: Clock | None) -> None:  # noqa: ANN401 - untyped
        self._url = url
        self._pool = pool
        self._clock = clock
        self._timer = timer

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, clock: Clock, server_time: bool = True, connections: int = 10
    ) -> AsyncGenerator[Self]:
        """Connect, and disconnect after the block.

        Args:
            server_time: Time leases by the server's clock, which all machines share; a played
                newsroom lives in a time of its own and times them by ``clock``.

        Raises:
            StoreError: No server answers there, or it does not let us in.
        """
        try:
            pool = await asyncpg.create_pool(url, min_size=1, max_size=connections)
        except THEIRS as error:
            raise StoreError(f"cannot reach PostgreSQL: {_why(error)}") from error
        async with pool:
            yield cls(url, pool, clock, None if server_time else clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[PostgresTransaction]:
        """Begin a transaction that only reads, and sees one moment of the database throughout."""
        async with self._begun(readonly=True, isolation="repeatable_read") as transaction:
            yield transaction

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[PostgresTransaction]:
        """Begin a transaction that may write; it commits unless the block raises."""
        async with self._begun() as transaction:
            yield transaction

    async def changes(self) -> AsyncGenerator[None]:
        """Yield at once, then soon after anybody committed a change, and at least each second.

        Notifications are not kept for a listener that is away, so who listens looks anyway.
        """
        while True:
            with suppress(*THEIRS):
                async with _told(self._url) as told:
                    while told.alive:
                        yield
                        await told.wait()
            yield  # what was told on the way to a lost connection is seen by looking
            await self._clock.sleep(LOOK_EVERY)

    @asynccontextmanager
    async def _begun(self, **kind: Any) -> AsyncGenerator[PostgresTransaction]:  # noqa: ANN401 - untyped
        async with _ours(), self._acquired() as connection, connection.transaction(**kind):
            yield PostgresTransaction(connection, self._timer)

    @asynccontextmanager
    async def _acquired(self) -> AsyncGenerator[Any]:
        with _errors():
            connection = await self._pool.acquire()
        try:
            yield connection
        finally:
            # This ends what a cancelled transaction left, and goes on if we are cancelled again.
            await self._pool.release(connection)


class _Told:
    """A connection of its own that is told when somebody changed something."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - untyped
        self._connection = connection
        self._something = asyncio.Event()
        connection.add_termination_listener(self._tell)

    @property
    def alive(self) -> bool:
        """Whether it may still hear something."""
        return not self._connection.is_closed()

    async def listen(self) -> None:
        await self._connection.add_listener(CHANGED, self._tell)

    async def wait(self) -> None:
        """Return when it was told something, or was lost, or after :data:`LOOK_EVERY`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._something.wait()
        self._something.clear()

    def _tell(self, *_: object) -> None:
        self._something.set()


@asynccontextmanager
async def _told(url: str) -> AsyncGenerator[_Told]:
    # Not of the pool: it is held for good, and must be had even when the others are all in use.
    connection = await asyncpg.connect(url)
    try:
        told = _Told(connection)
        await told.listen()
        yield told
    finally:
        connection.terminate()  # a polite farewell would be one more thing to wait for


@asynccontextmanager
async def _ours() -> AsyncGenerator[None]:
    # Not OSError: around a whole block that may be the caller's own.
    try:
        yield
    except ASYNCPG as error:
        raise StoreError(f"PostgreSQL: {_why(error)}") from error


@contextmanager
def _errors() -> Generator[None]:
    """Turn the errors of one statement into ours."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise ConflictError(f"somebody else was there first: {error}") from error
    except THEIRS as error:
        raise StoreError(f"PostgreSQL: {_why(error)}") from error


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__

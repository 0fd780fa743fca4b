"""PostgreSQL: a pool of connections, one statement text shared with SQLite."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, LiteralString, Self

import asyncpg

from feedserver.clock import Clock
from feedserver.errors import ConflictError, StoreError
from feedserver.store.database import Dialect, Row, Value

NAMED = re.compile(r":([a-z_]+)")
MARKS = {"/* skip locked */": "FOR UPDATE SKIP LOCKED", "/* for update */": "FOR UPDATE"}
CHANGED = "feedserver_changed"
LOOK_EVERY = 1.0
"""Seconds between two looks where no notification came."""

UNREACHABLE = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)


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
        with _conflicts():
            rows: Sequence[Row] = await self._connection.fetch(text, *(values[n] for n in names))
            return rows

    async def many(self, sql: LiteralString, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement once for each row."""
        text, names = numbered(sql)
        with _conflicts():
            await self._connection.executemany(text, [[row[n] for n in names] for row in rows])

    async def now(self) -> datetime:
        """Return the server's moment, which all our machines share; a test's clock beats it."""
        if self._timer is not None:
            return self._timer.now()
        moment: datetime = await self._connection.fetchval("SELECT clock_timestamp()")
        return moment

    async def announce(self) -> None:
        """Wake who follows :meth:`PostgresDatabase.changes` in all processes, on commit."""
        await self._connection.execute("SELECT pg_notify($1, '')", CHANGED)


class PostgresDatabase:
    """A database server."""

    dialect = Dialect.POSTGRES

    def __init__(self, pool: Any, clock: Clock, timer: Clock | None) -> None:  # noqa: ANN401 - untyped
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
        except (asyncpg.PostgresError, *UNREACHABLE) as error:
            why = str(error) or type(error).__name__
            raise StoreError(f"cannot reach PostgreSQL: {why}") from error
        async with pool:
            yield cls(pool, clock, None if server_time else clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[PostgresTransaction]:
        """Begin a transaction that only reads, and sees one moment of the database throughout."""
        async with (
            _ours(),
            self._pool.acquire() as connection,
            connection.transaction(readonly=True, isolation="repeatable_read"),
        ):
            yield PostgresTransaction(connection, self._timer)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[PostgresTransaction]:
        """Begin a transaction that may write; it commits unless the block raises."""
        async with _ours(), self._pool.acquire() as connection, connection.transaction():
            yield PostgresTransaction(connection, self._timer)

    async def changes(self) -> AsyncIterator[None]:
        """Yield at once, then soon after anybody committed a change, and at least each second.

        Notifications are not kept for a listener that is away, so who listens looks anyway.
        """
        while True:
            yield
            with suppress(asyncpg.PostgresError, *UNREACHABLE):
                async with self._pool.acquire() as connection, _told(connection) as told:
                    while not connection.is_closed():
                        with suppress(TimeoutError):
                            async with asyncio.timeout(LOOK_EVERY):
                                await told.wait()
                        told.clear()
                        yield
            await self._clock.sleep(LOOK_EVERY)


@asynccontextmanager
async def _ours() -> AsyncGenerator[None]:
    try:
        yield
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        why = str(error) or type(error).__name__
        raise StoreError(f"PostgreSQL: {why}") from error


@contextmanager
def _conflicts() -> Generator[None]:
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ConflictError(f"somebody else was there first: {error}") from error


@asynccontextmanager
async def _told(connection: Any) -> AsyncGenerator[asyncio.Event]:  # noqa: ANN401 - untyped proxy
    """Give an event that is set at each notification that somebody changed something."""
    told = asyncio.Event()

    def tell(*_: object) -> None:
        told.set()

    await connection.add_listener(CHANGED, tell)
    try:
        yield told
    finally:
        await asyncio.shield(connection.remove_listener(CHANGED, tell))

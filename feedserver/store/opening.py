"""Open the database that an address names, and keep a second server off a SQLite file."""

import fcntl
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from feedserver.clock import Clock
from feedserver.errors import StoreBusyError, StoreError
from feedserver.store.database import Database
from feedserver.store.sqlite import SqliteDatabase

POSTGRES = ("postgresql://", "postgres://")
SQLITE = "sqlite:///"


@asynccontextmanager
async def open_database(
    url: str, *, clock: Clock, server_time: bool = True
) -> AsyncGenerator[Database]:
    """Open a database by its address: ``postgresql://…``, ``sqlite:///PATH`` or a path.

    Raises:
        StoreError: It cannot be reached or opened, or asyncpg is not installed.
    """
    if not url.startswith(POSTGRES):
        path = sqlite_path(url)
        async with SqliteDatabase.open(path, clock=clock) as sqlite:
            yield sqlite
        return
    try:
        from feedserver.store.postgres import PostgresDatabase  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise StoreError("PostgreSQL needs asyncpg: pip install 'feedserver[postgres]'") from error
    async with PostgresDatabase.open(url, clock=clock, server_time=server_time) as postgres:
        yield postgres


def sqlite_path(url: str) -> Path:
    """Return the file that ``sqlite:///PATH`` or a plain path names."""
    return Path(url.removeprefix(SQLITE))


@contextmanager
def held_by_one_server(path: Path) -> Generator[None]:
    """Hold a SQLite file for one ``serve``; the kernel lets go of it however we end.

    Raises:
        StoreBusyError: Another server holds it.
        StoreError: No file can be made beside it.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"{lock}: {error.strerror}; the database needs its folder, and the right to write there"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise StoreBusyError(
                f"{path} is already served by process {holder}. One server serves a SQLite file: "
                "end that one, give this one another file (FEEDSERVER_DATABASE=other.db), "
                "or use PostgreSQL, which any number of servers can share"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)

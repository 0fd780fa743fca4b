"""Backups: a copy that is whole, checked before it gets its name; and the way back.

Who reads a backup's name finds all of it, or no file: it is written under another name, checked,
brought to the disk, and then renamed.
"""

import asyncio
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from feedserver.clock import Clock
from feedserver.errors import ConflictError, SchemaError, StoreError
from feedserver.store import dumps, feeds
from feedserver.store.database import Database
from feedserver.store.health import require_sound
from feedserver.store.migrate import migrate, require_current, version
from feedserver.store.opening import POSTGRES, held_by_one_server, open_database, sqlite_path
from feedserver.store.sqlite import SqliteDatabase

CHUNK = 1 << 20
"""Bytes that are copied at once."""

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1; it may be called from another thread."""


async def back_up(
    url: str, target: Path, *, replace: bool, clock: Clock, progress: Progress
) -> int:
    """Write a backup of a database while others go on using it.

    Args:
        replace: Put it in the place of a file of that name.

    Returns:
        How many bytes it has.

    Raises:
        ConflictError: There is such a file.
        StoreError: The database or the file cannot be used, or PostgreSQL's programs are missing.
    """
    _check_target(url, target, replace=replace)
    with _appearing(target) as made:
        if url.startswith(POSTGRES):
            await dumps.dump(url, made)
        else:
            await _copy_sqlite(sqlite_path(url), made, clock, progress)
        return _size(made)


async def restore(
    url: str, backup: Path, *, replace: bool, clock: Clock, progress: Progress
) -> str | None:
    """Put a backup in the place of a database that nobody uses.

    No feed will be older than one that readers have had: all versions are raised past them.

    Args:
        replace: The database is not empty; it is kept aside.

    Returns:
        Where that is, in words; ``None`` where there was nothing to keep.

    Raises:
        StoreBusyError: Somebody uses the database.
        ConflictError: It is not empty, and ``replace`` was not said.
        SchemaError: The file is of a newer program, or is no backup of ours.
        StoreError: The file is missing or broken.
    """
    _check_backup(backup)
    if url.startswith(POSTGRES):
        return await _restore_dump(url, backup, clock, replace=replace)
    return await _restore_file(sqlite_path(url), backup, clock, progress, replace=replace)


async def _copy_sqlite(path: Path, made: Path, clock: Clock, progress: Progress) -> None:
    async with SqliteDatabase.open(path, clock=clock) as database:
        await require_current(database)
        await database.back_up(made, progress)
    async with SqliteDatabase.open(made, clock=clock) as copy:
        await require_sound(copy, f"the copy of {path}")


async def _restore_dump(url: str, backup: Path, clock: Clock, *, replace: bool) -> str | None:
    await dumps.check(backup)
    schema = dumps.aside(clock.now())
    async with open_database(url, clock=clock) as database:
        async with database.read() as tx:
            await dumps.require_alone(tx)
        if await version(database) and not replace:
            raise _full("the database")
        async with dumps.set_aside(database, schema) as kept:
            await dumps.load(url, backup)
            await _make_ours(database, backup, clock.now())
    return f"the schema {schema} of the database" if kept else None


async def _restore_file(
    path: Path, backup: Path, clock: Clock, progress: Progress, *, replace: bool
) -> str | None:
    with held_by_one_server(path):
        _check_empty(path, replace=replace)
        with _appearing(path) as made:
            await asyncio.to_thread(_copy, backup, made, progress)
            async with SqliteDatabase.open(made, clock=clock) as database:
                await require_sound(database, backup)
                await _make_ours(database, backup, clock.now())
            return _set_aside(path, clock.now())


async def _make_ours(database: Database, backup: Path, now: datetime) -> None:
    if not await version(database):
        raise SchemaError(f"{backup} is a database, but none of feedserver's")
    await migrate(database)
    async with database.write() as tx:
        await feeds.raise_all(tx, now=now)


def _check_target(url: str, target: Path, *, replace: bool) -> None:
    if not target.parent.is_dir():
        raise StoreError(f"{target.parent} is not a folder; make it, or name another")
    if not target.exists():
        return
    if not url.startswith(POSTGRES) and target.samefile(sqlite_path(url)):
        raise ConflictError(f"{target} is the database itself; name another file")
    if not replace:
        raise ConflictError(f"{target} exists; name another file, or say --replace")


def _check_backup(backup: Path) -> None:
    if not backup.is_file():
        raise StoreError(f"there is no file {backup}")
    if (log := _beside(backup, "-wal")).exists() and log.stat().st_size:
        raise StoreError(
            f"{log} lies beside {backup}: that is a database in use, and not a backup; "
            "`feedserver backup` makes one of it"
        )


def _check_empty(path: Path, *, replace: bool) -> None:
    if path.exists() and not replace:
        raise _full(path)


def _full(what: object) -> ConflictError:
    return ConflictError(f"{what} is not empty; --replace keeps what is there aside")


@contextmanager
def _appearing(target: Path) -> Generator[Path]:
    """Give a name to write under; what is there at the end of the block gets its true name.

    Raises:
        StoreError: The folder cannot be written in.
    """
    made = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield made
        _to_disk(made)
        made.replace(target)
        _to_disk(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            _beside(made, ending).unlink(missing_ok=True)


def _set_aside(path: Path, now: datetime) -> str | None:
    """Rename a database that is replaced, and return its new name; ``None`` if there is none.

    What it has not yet taken out of its log goes first: found beside another database, the log
    would be played into that.
    """
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    if (log := _beside(path, "-wal")).exists():
        log.rename(_beside(kept, "-wal"))
    _beside(path, "-shm").unlink(missing_ok=True)
    path.rename(kept)
    return str(kept)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    total = source.stat().st_size
    with source.open("rb") as given, target.open("xb") as made:
        while chunk := given.read(CHUNK):
            made.write(chunk)
            progress(made.tell() / total)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(path: Path) -> int:
    return path.stat().st_size


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

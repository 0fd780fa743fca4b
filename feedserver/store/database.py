"""What the repositories ask of a database. SQLite and PostgreSQL both answer it.

One SQL text serves both. It names its parameters ``:like_this``, keeps moments as integer
microseconds since 1970 (UTC), casts with ``CAST``, and marks the places where PostgreSQL must
lock rows with ``/* skip locked */`` or ``/* for update */``, which are comments to SQLite.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString, Protocol

Value = str | int | float | bytes | None
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Dialect(StrEnum):
    """Which database it is, for the few texts that must differ."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Row(Protocol):
    """A row, read by column name."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - a driver's value
        """Return the column's value."""
        ...


class Transaction(Protocol):
    """Statements that succeed or fail together."""

    @property
    def dialect(self) -> Dialect:
        """Which database this is."""
        ...

    async def all(self, sql: LiteralString, /, **values: Value) -> Sequence[Row]:
        """Run one statement and return all its rows."""
        ...

    async def many(self, sql: LiteralString, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement once for each row."""
        ...

    async def now(self) -> datetime:
        """Return the moment by which leases are timed: the database's own where it has a clock."""
        ...

    async def announce(self) -> None:
        """Have this change seen soon by who follows :meth:`Database.changes`, in all processes."""
        ...


class Database(Protocol):
    """A place to begin transactions."""

    @property
    def dialect(self) -> Dialect:
        """Which database this is."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads, and sees one moment of the database throughout."""
        ...

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that may write; it commits unless the block raises."""
        ...

    def changes(self) -> AsyncGenerator[None]:
        """Yield at once, then soon after anybody committed a change, and at least each second."""
        ...


async def one(tx: Transaction, sql: LiteralString, /, **values: Value) -> Row | None:
    """Run one statement and return its first row, if it has one."""
    rows = await tx.all(sql, **values)
    return rows[0] if rows else None


def to_micros(moment: datetime) -> int:
    """Return a moment as the store keeps it."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the moment that :func:`to_micros` was given."""
    return EPOCH + micros * MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """Return a moment as the store keeps it, or ``None``."""
    return None if moment is None else to_micros(moment)


def moment_or_none(micros: int | None) -> datetime | None:
    """Return the moment that :func:`micros_or_none` was given."""
    return None if micros is None else from_micros(micros)

"""A database that notes each transaction, and ends its process where a test says so."""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from feedserver.service import Service
from feedserver.store.database import Database, Dialect, Row, Transaction, Value
from tests.faults.orders import (
    BEGUN,
    COMMITTED,
    COMMITTING,
    GIVEN_UP,
    KILLED,
    WANTED,
    Defect,
    Kill,
    Line,
    Moment,
    Post,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the watched databases of one process share.

    Attributes:
        file: The database where it is a SQLite file.
        seen: Transactions of each part since there was an order to die.
    """

    post: Post
    file: Path | None
    numbers: "count[int]" = field(default_factory=count)
    seen: Counter[str] = field(default_factory=Counter)

    def doom(self, part: str) -> Kill | None:
        """Return the order to die in the transaction that begins now, if it is meant."""
        kill = self.post.read().kill
        if kill is None or kill.part != part:
            return None
        self.seen[part] += 1
        return kill if self.seen[part] == kill.nth else None

    def watched(self, service: Service) -> Service:
        """Return the service with the database of each of its parts watched under its name."""

        def of(part: str) -> Database:
            return Watched(inner=service.database, part=part, watch=self)

        pipeline = replace(service.poller.pipeline, database=of("poll"))
        return replace(
            service,
            poller=replace(service.poller, database=of("lease"), pipeline=pipeline),
            filer=replace(service.filer, database=of("file")),
            picker=replace(service.picker, database=of("pick")),
            articles=replace(service.articles, database=of("put")),
            shelf=replace(service.shelf, database=of("show")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A database in the hands of one part of the service."""

    inner: Database
    part: str
    watch: Watch

    @property
    def dialect(self) -> Dialect:
        return self.inner.dialect

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self.inner.read()

    def changes(self) -> AsyncGenerator[None]:
        return self.inner.changes()

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[Transaction]:
        defect = self.watch.post.read().defect
        life = _Life(
            watch=self.watch,
            part=self.part,
            number=next(self.watch.numbers),
            kill=self.watch.doom(self.part),
        )
        life.note(WANTED)
        try:
            if self.part in defect.split:
                yield _Split(inner=self.inner, life=life, defect=defect)
            else:
                async with self.inner.write() as tx:
                    life.note(BEGUN)
                    watched = _WatchedTransaction(inner=tx, life=life, defect=defect)
                    await life.reach(Moment.BEGUN, tx)
                    yield watched
                    await life.reach(Moment.COMMITTING, tx)
                    life.note(COMMITTING)
        except BaseException:
            life.note(GIVEN_UP)
            raise
        life.note(COMMITTED)
        await life.reach(Moment.COMMITTED, None)


@dataclass(slots=True, kw_only=True)
class _Life:
    """A transaction on its way to its end, or to the process's."""

    watch: Watch
    part: str
    number: int
    kill: Kill | None
    statements: int = 0
    xid: str = ""

    def note(self, state: str, proof: str = "") -> None:
        self.watch.post.note(Line(part=self.part, number=self.number, state=state, proof=proof))

    async def stated(self, tx: Transaction, sql: str) -> None:
        self.statements += 1
        if self.kill is None:
            return
        if self.kill.after in sql if self.kill.after else self.statements == self.kill.statement:
            await self.reach(Moment.STATEMENT, tx)

    async def reach(self, moment: Moment, tx: Transaction | None) -> None:
        """Die here, if it is meant; or if it was meant for an earlier moment that never came."""
        if self.kill is None:
            return
        if tx is not None and tx.dialect is Dialect.POSTGRES:
            rows = await tx.all("SELECT CAST(pg_current_xact_id() AS TEXT) AS xid")
            self.xid = rows[0]["xid"]
        late = self.kill.moment is Moment.STATEMENT and moment is Moment.COMMITTING
        if moment is self.kill.moment or late:
            self._die(moment)

    def _die(self, moment: Moment) -> NoReturn:
        at = f"{moment}, {self.statements} statements done"
        self.note(KILLED, proof=f"{at}; {self._proof()}")
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed processes do not go on")

    def _proof(self) -> str:
        if self.watch.file is None:
            return f"xid {self.xid}"
        try:
            # Only one may write at a time: while our transaction is open, this one cannot begin.
            sqlite3.connect(self.watch.file, timeout=0).execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return str(error)
        return "database is free"


@dataclass(frozen=True, slots=True, kw_only=True)
class _WatchedTransaction:
    inner: Transaction
    life: _Life
    defect: Defect

    @property
    def dialect(self) -> Dialect:
        return self.inner.dialect

    async def all(self, sql: str, /, **values: Value) -> Sequence[Row]:
        run: Any = self.inner.all
        rows: Sequence[Row] = await run(spoiled(sql, self.defect), **values)
        await self.life.stated(self.inner, sql)
        return rows

    async def many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        run: Any = self.inner.many
        await run(spoiled(sql, self.defect), rows)
        await self.life.stated(self.inner, sql)

    async def now(self) -> datetime:
        return await self.inner.now()

    async def announce(self) -> None:
        await self.inner.announce()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """What is no transaction: each statement is committed by itself."""

    inner: Database
    life: _Life
    defect: Defect

    @property
    def dialect(self) -> Dialect:
        return self.inner.dialect

    async def all(self, sql: str, /, **values: Value) -> Sequence[Row]:
        async with self.inner.write() as tx:
            run: Any = tx.all
            rows: Sequence[Row] = await run(spoiled(sql, self.defect), **values)
        await self._done(sql)
        return rows

    async def many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        async with self.inner.write() as tx:
            run: Any = tx.many
            await run(spoiled(sql, self.defect), rows)
        await self._done(sql)

    async def now(self) -> datetime:
        async with self.inner.read() as tx:
            return await tx.now()

    async def announce(self) -> None:
        async with self.inner.write() as tx:
            await tx.announce()

    async def _done(self, sql: str) -> None:
        async with self.inner.read() as tx:
            await self.life.stated(tx, sql)


def spoiled(sql: str, defect: Defect) -> str:
    """Return the statement without the defences that the defect leaves out."""
    for sound, unsound in defect.texts.items():
        sql = sql.replace(sound, unsound)
    return sql

"""What fails in the database becomes an error of ours that says what to do."""

import asyncio
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from feedserver.errors import StoreBusyError, StoreError
from feedserver.store.database import Database
from feedserver.store.opening import held_by_one_server, open_database, sqlite_path
from feedserver.store.sqlite import SqliteDatabase
from tests.fakes import FakeClock
from tests.postgres import Postgres
from tests.store.interrupted import Interrupted
from tests.store.test_changes import end_all_connections
from tests.store.test_transactions import add, names


async def opening(url: str) -> None:
    async with open_database(url, clock=FakeClock()) as database, database.read() as tx:
        await tx.all("SELECT 1 AS one")


async def write(database: Database, name: str) -> None:
    async with database.write() as tx:
        await add(tx, name)


async def test_a_file_that_another_process_has_locked(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    async with SqliteDatabase.open(path, clock=FakeClock(), busy=0.05) as database:
        with sqlite3.connect(path, isolation_level=None) as another:
            another.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusyError, match=r"locked by another process for 0\.05 s"):
                await write(database, "refused")
            assert await names(database) == set()
            another.execute("ROLLBACK")
        another.close()
        await write(database, "let in")
        assert await names(database) == {"let in"}


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"holiday\.jpg: file is not a database; `feedserver doct"):
        await opening(str(path))


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open database file"):
        await opening(f"sqlite:///{tmp_path}/nowhere/feeds.db")


@pytest.mark.parametrize(
    "url",
    ["postgresql://127.0.0.1:1/feeds", "postgresql:///feeds?host={folder}"],
    ids=["nobody listens", "no socket"],
)
async def test_a_server_that_cannot_be_reached(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot reach PostgreSQL"):
        await opening(url.format(folder=tmp_path))


async def test_a_database_that_the_server_does_not_have(postgres: Postgres) -> None:
    with pytest.raises(StoreError, match='cannot reach PostgreSQL: database "none" does not exist'):
        await opening(postgres.database("none"))


async def test_a_connection_lost_on_the_way_loses_the_transaction_and_no_more(
    postgres: Postgres, postgres_url: str
) -> None:
    async def write_and_lose(database: Database) -> None:
        async with database.write() as tx:
            await add(tx, "lost")
            await end_all_connections(postgres, postgres_url)
            await add(tx, "never")

    async with open_database(postgres_url, clock=FakeClock()) as database:
        with pytest.raises(StoreError, match="PostgreSQL: "):
            await write_and_lose(database)
        for _ in range(20):
            await write(database, "kept")
            async with database.write() as tx:
                await tx.all("DELETE FROM lease")
        assert await names(database) == set()


async def test_a_server_is_alone_on_its_file_and_says_who_it_is(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    with (
        held_by_one_server(path),
        pytest.raises(StoreBusyError, match=rf"already served by process {os.getpid()}\b"),
    ):
        hold(path)
    hold(path)


def test_a_file_in_no_folder_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the database needs its folder"):
        hold(tmp_path / "nowhere" / "feeds.db")


def hold(path: Path) -> None:
    with held_by_one_server(path):
        pass


@pytest.mark.parametrize("how", ["waiting", "woken"])
async def test_who_is_cancelled_while_opening_leaves_no_thread(sqlite_url: str, how: str) -> None:
    before = set(threading.enumerate())
    for place in range(200):
        work = Interrupted(opening(sqlite_url), **{how: frozenset({place})})
        await work.run()
        if place > work.waits:
            break
    for thread in set(threading.enumerate()) - before:
        await asyncio.to_thread(thread.join, 5)
        assert not thread.is_alive() or "asyncio" in thread.name


async def test_a_backup_under_writes_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    async def write_pairs(database: Database) -> None:
        for number in range(50):
            async with database.write() as tx:
                await add(tx, f"a{number}")
                await add(tx, f"b{number}")

    async with SqliteDatabase.open(sqlite_path(sqlite_url), clock=FakeClock()) as database:
        async with asyncio.TaskGroup() as group:
            group.create_task(write_pairs(database))
            for number in range(5):
                await database.back_up(tmp_path / f"{number}.db")
        with pytest.raises(StoreError, match="unable to open"):
            await database.back_up(tmp_path / "nowhere" / "copy.db")
    for number in range(5):
        async with open_database(f"{tmp_path}/{number}.db", clock=FakeClock()) as copy:
            found = await names(copy)
            assert {name[1:] for name in found if name[0] == "a"} == {
                name[1:] for name in found if name[0] == "b"
            }

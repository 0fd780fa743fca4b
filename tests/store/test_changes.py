"""Who follows changes hears of them, whoever made them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from urllib.parse import urlsplit

import asyncpg
import pytest

from feedserver.clock import SystemClock
from feedserver.store.database import Database
from feedserver.store.opening import open_database
from feedserver.store.postgres import PostgresDatabase
from tests.postgres import Postgres
from tests.store.test_transactions import add, names

SOON = 5.0
"""Seconds after which a test gives up; what it waits for comes within one."""


@pytest.fixture
async def follower(database_url: str) -> AsyncGenerator[Database]:
    """The database as another process has it, by the clock on the wall."""
    async with open_database(database_url, clock=SystemClock()) as opened:
        yield opened


async def test_the_first_look_is_at_once(follower: Database) -> None:
    async with asyncio.timeout(SOON), aclosing(follower.changes()) as changes:
        await anext(changes)


async def test_a_commit_elsewhere_is_heard_of_soon(database: Database, follower: Database) -> None:
    async with asyncio.timeout(SOON), aclosing(follower.changes()) as changes:
        await anext(changes)
        async with database.write() as tx:
            await add(tx, "new")
            await tx.announce()
        while "new" not in await names(follower):
            await anext(changes)


async def test_without_any_change_there_is_a_look_each_second(follower: Database) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(SOON), aclosing(follower.changes()) as changes:
        await anext(changes)
        began = loop.time()
        await anext(changes)
    assert 0.5 < loop.time() - began < 2.5


async def test_several_may_follow_at_once(database: Database, follower: Database) -> None:
    async def wait_for_it() -> None:
        async with aclosing(follower.changes()) as changes:
            async for _ in changes:
                if "new" in await names(follower):
                    return

    async with asyncio.timeout(SOON), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(wait_for_it())
        async with database.write() as tx:
            await add(tx, "new")
            await tx.announce()


async def test_what_was_rolled_back_is_not_announced(postgres_url: str) -> None:
    async def announce_and_fail(database: Database) -> None:
        async with database.write() as tx:
            await tx.announce()
            raise ZeroDivisionError

    heard: list[object] = []
    listener = await asyncpg.connect(postgres_url)
    await listener.add_listener("feedserver_changed", lambda *what: heard.append(what))
    async with open_database(postgres_url, clock=SystemClock()) as database:
        with pytest.raises(ZeroDivisionError):
            await announce_and_fail(database)
        async with database.write() as tx:
            await tx.announce()
    await listener.fetchval("SELECT 1")
    await listener.close()
    assert len(heard) == 1


async def test_a_lost_connection_is_made_again(
    postgres: Postgres, postgres_url: str, follower_of_postgres: Database
) -> None:
    async with asyncio.timeout(SOON), aclosing(follower_of_postgres.changes()) as changes:
        await anext(changes)
        await end_all_connections(postgres, postgres_url)
        async with (
            open_database(postgres_url, clock=SystemClock()) as database,
            database.write() as tx,
        ):
            await add(tx, "after")
            await tx.announce()
        async for _ in changes:
            if "after" in await names(follower_of_postgres):
                break


async def test_a_follower_needs_no_connection_of_the_pool(postgres_url: str) -> None:
    async with (
        asyncio.timeout(SOON),
        PostgresDatabase.open(postgres_url, clock=SystemClock(), connections=1) as database,
        database.read(),
        aclosing(database.changes()) as changes,
    ):
        await anext(changes)


@pytest.fixture
async def follower_of_postgres(postgres_url: str) -> AsyncGenerator[Database]:
    async with open_database(postgres_url, clock=SystemClock()) as opened:
        yield opened


async def end_all_connections(postgres: Postgres, url: str) -> None:
    """End every connection to a database, as a server does that is told to stop."""
    connection = await asyncpg.connect(postgres.url)
    ended = await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        urlsplit(url).path.removeprefix("/"),
    )
    assert ended
    await connection.close()

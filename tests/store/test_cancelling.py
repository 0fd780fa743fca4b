"""A transaction cancelled at every place where it waits, on both databases."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from feedserver.store.database import Database
from tests.store.interrupted import Interrupted
from tests.store.test_transactions import add, names

FAR = 200
"""More places to wait than any transaction here has."""


async def write(database: Database) -> None:
    async with database.write() as tx:
        await add(tx, "a")
        await tx.many("UPDATE lease SET number = 1 WHERE name = :name", [{"name": "a"}])
        await add(tx, "b")


async def read(database: Database) -> None:
    async with database.read() as tx:
        await tx.all("SELECT name FROM lease")
        await tx.all("SELECT name FROM lease")


async def forget(database: Database) -> None:
    async with database.write() as tx:
        await tx.all("DELETE FROM lease")


async def works(database: Database) -> None:
    """Use every connection that there is, at once."""
    async with database.write() as tx:
        await add(tx, "works")
        assert {row["name"] for row in await tx.all("SELECT name FROM lease")} == {"works"}
    assert await asyncio.gather(*(names(database) for _ in range(12))) == [{"works"}] * 12
    await forget(database)


async def interrupt(
    work: Coroutine[Any, Any, None], place: int, how: str, *, again: int | None = None
) -> Interrupted:
    """Cancel it at a place, and once more ``again`` places later."""
    places = frozenset({place} if again is None else {place, place + again})
    waiting = places if how == "waiting" else frozenset[int]()
    interrupted = Interrupted(work, waiting=waiting, woken=places - waiting)
    await interrupted.run()
    return interrupted


@pytest.mark.parametrize("how", ["waiting", "woken"])
@pytest.mark.parametrize("again", [None, 1, 2])
async def test_a_cancelled_writer_leaves_all_or_nothing_and_harms_no_other(
    database: Database, how: str, again: int | None
) -> None:
    outcomes = set()
    for place in range(FAR):
        done = await interrupt(write(database), place, how, again=again)
        outcomes.add(frozenset(await names(database)))
        await forget(database)
        await works(database)
        if place > done.waits:
            break
    assert place > 3
    assert outcomes == {frozenset(), frozenset({"a", "b"})}


@pytest.mark.parametrize("how", ["waiting", "woken"])
@pytest.mark.parametrize("again", [None, 1])
async def test_a_cancelled_reader_gives_its_connection_back(
    database: Database, how: str, again: int | None
) -> None:
    for place in range(FAR):
        done = await interrupt(read(database), place, how, again=again)
        await works(database)
        if place > done.waits:
            break
    assert place > 3


@pytest.mark.parametrize("how", ["waiting", "woken"])
async def test_a_writer_cancelled_while_it_waits_for_its_turn_harms_no_other(
    database: Database, how: str
) -> None:
    for place in range(FAR):
        async with asyncio.TaskGroup() as group, database.write() as tx:
            # All connections of PostgreSQL's pool are in use, and so is the writer of SQLite.
            held = [group.create_task(names(database)) for _ in range(9)]
            waiting = group.create_task(interrupt(write(database), place, how))
            await add(tx, "first")
        assert all(task.result() <= {"first", "a", "b"} for task in held)
        assert await names(database) - {"first"} in (set(), {"a", "b"})
        await forget(database)
        if place > waiting.result().waits:
            break
    await works(database)


@pytest.mark.parametrize("how", ["waiting", "woken"])
async def test_who_follows_changes_can_be_cancelled_anywhere(database: Database, how: str) -> None:
    async def follow() -> None:
        seen = 0
        async for _ in database.changes():
            seen += 1
            if seen == 2:
                break
            await write(database)

    for place in range(FAR):
        done = await interrupt(follow(), place, how)
        await forget(database)
        await works(database)
        if place > done.waits:
            break
    assert place > 3

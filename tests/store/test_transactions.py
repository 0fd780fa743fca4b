import asyncio
from typing import LiteralString

import pytest

from feedserver.errors import ConflictError, StoreError
from feedserver.store.database import Database, Dialect, Transaction, one

ADD = "INSERT INTO lease (name, holder, number, leased_until) VALUES (:name, :holder, 0, 0)"


async def add(tx: Transaction, name: str, holder: str = "me") -> None:
    await tx.all(ADD, name=name, holder=holder)


async def names(database: Database) -> set[str]:
    async with database.read() as tx:
        return {row["name"] for row in await tx.all("SELECT name FROM lease")}


async def test_a_block_that_ends_well_is_kept(database: Database, other: Database) -> None:
    async with database.write() as tx:
        await add(tx, "kept")
    assert await names(other) == {"kept"}


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.write() as tx:
            await add(tx, "lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()
    assert await names(database) == set()


async def test_writers_at_the_same_time_do_not_mix(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as tx:
            await add(tx, f"{number}", holder="half")
            await tx.all("UPDATE lease SET holder = 'whole' WHERE name = :name", name=f"{number}")
            if number % 2:
                raise ZeroDivisionError

    done = await asyncio.gather(*(write(number) for number in range(20)), return_exceptions=True)
    assert [isinstance(end, ZeroDivisionError) for end in done] == [False, True] * 10
    async with database.read() as tx:
        kept = await tx.all("SELECT name, holder FROM lease")
    assert {(row["name"], row["holder"]) for row in kept} == {
        (f"{number}", "whole") for number in range(0, 20, 2)
    }


async def test_a_reader_sees_one_moment_throughout(database: Database, other: Database) -> None:
    async with database.read() as tx:
        before = await tx.all("SELECT name FROM lease")
        async with other.write() as writing:
            await add(writing, "later")
        assert list(before) == list(await tx.all("SELECT name FROM lease")) == []
    assert await names(database) == {"later"}


async def test_a_reader_does_not_see_what_is_not_committed(database: Database) -> None:
    async with database.write() as tx:
        await add(tx, "open")
        assert await names(database) == set()


async def test_more_readers_than_connections_take_turns(database: Database) -> None:
    async with database.write() as tx:
        await add(tx, "a")
    seen = await asyncio.gather(*(names(database) for _ in range(30)))
    assert seen == [{"a"}] * 30


async def test_a_second_row_of_one_key_is_a_conflict(database: Database) -> None:
    async def add_again() -> None:
        async with database.write() as tx:
            await add(tx, "a")

    await add_again()
    with pytest.raises(ConflictError, match="somebody else was there first"):
        await add_again()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO lease (name) VALUES ('no holder')",
        "INSERT INTO twin VALUES (7, 8, 0, NULL)",
        "SELECT nothing FROM nowhere",
    ],
    ids=["null", "foreign key", "no table"],
)
async def test_any_other_error_of_the_database_is_no_conflict(
    database: Database, sql: LiteralString
) -> None:
    async def run() -> None:
        async with database.write() as tx:
            await tx.all(sql)

    with pytest.raises(StoreError):
        await run()
    assert await names(database) == set()


async def test_many_rows_stand_or_fall_together(database: Database) -> None:
    async def add_all(*wanted: str) -> None:
        async with database.write() as tx:
            await tx.many(ADD, [{"name": name, "holder": "me"} for name in wanted])

    await add_all("a", "b")
    await add_all()
    with pytest.raises(ConflictError):
        await add_all("c", "a")
    assert await names(database) == {"a", "b"}


async def test_an_error_of_the_callers_own_is_left_as_it_is(database: Database) -> None:
    async def fail() -> None:
        async with database.read():
            raise FileNotFoundError("the caller's own")

    with pytest.raises(FileNotFoundError, match="the caller's own"):
        await fail()


async def test_the_first_row_or_none(database: Database) -> None:
    async with database.read() as tx:
        assert await one(tx, "SELECT name FROM lease") is None
        row = await one(tx, "SELECT count(*) AS number FROM lease")
        assert row is not None
        assert row["number"] == 0


async def test_a_transaction_knows_its_database(database: Database) -> None:
    async with database.read() as tx:
        assert tx.dialect is database.dialect
        assert tx.dialect in Dialect

import asyncio
from collections.abc import AsyncGenerator
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest

from feedserver.errors import SchemaError
from feedserver.store.database import Database, Dialect
from feedserver.store.migrate import migrate, migrations, require_current, version
from feedserver.store.opening import open_database
from tests.fakes import FakeClock
from tests.postgres import Postgres
from tests.store.interrupted import Interrupted

COLUMNS = {
    Dialect.SQLITE: """
        SELECT made.name AS name, part.name AS part
        FROM sqlite_master AS made, pragma_table_info(made.name) AS part WHERE made.type = 'table'
    """,
    Dialect.POSTGRES: """
        SELECT table_name AS name, column_name AS part FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
}
INDEXES = {
    Dialect.SQLITE: "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    Dialect.POSTGRES: """
        SELECT indexname AS name, indexdef AS sql FROM pg_indexes
        WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'
    """,
}


@pytest.fixture
async def bare_postgres_url(postgres: Postgres) -> AsyncGenerator[str]:
    name = f"feedserver_{uuid4().hex}"
    yield await postgres.create(name)
    await postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bare.db"
    url: str = request.getfixturevalue("bare_postgres_url")
    return url


@pytest.fixture
async def bare(bare_url: str, clock: FakeClock) -> AsyncGenerator[Database]:
    async with open_database(bare_url, clock=clock) as database:
        yield database


async def columns(database: Database) -> set[tuple[str, str]]:
    async with database.read() as tx:
        rows = await tx.all(COLUMNS[database.dialect])
    return {(row["name"], row["part"]) for row in rows}


async def test_a_fresh_database_takes_every_step_once(bare: Database) -> None:
    assert await version(bare) == 0
    taken = await migrate(bare)
    assert taken == tuple(migrations(bare.dialect))
    assert await version(bare) == taken[-1].number
    assert await migrate(bare) == ()


def test_both_databases_take_the_same_steps() -> None:
    sqlite, postgres = (
        [(step.number, step.title) for step in migrations(dialect)] for dialect in Dialect
    )
    assert sqlite == postgres
    assert [number for number, _ in sqlite] == list(range(1, len(sqlite) + 1))


async def test_two_who_migrate_at_once_wait_for_each_other(bare: Database, bare_url: str) -> None:
    async with open_database(bare_url, clock=FakeClock()) as other:
        taken = await asyncio.gather(migrate(bare), migrate(other), migrate(bare))
    steps = sorted(chain(*taken), key=lambda step: step.number)
    assert steps == list(migrations(bare.dialect))


async def test_who_is_stopped_on_the_way_leaves_whole_steps(bare: Database) -> None:
    for place in range(1000):
        before = await version(bare)
        stopped = await Interrupted(migrate(bare), waiting=frozenset({place})).run()
        after, there = await version(bare), await columns(bare)
        assert after >= before
        assert (("counter", "name") in there) == (after >= 1)
        assert (("entry_words", "words") in there) == (after >= 2)
        if not stopped:
            break
    assert place > 10
    await require_current(bare)


async def test_a_database_that_is_behind_is_refused_with_advice(bare: Database) -> None:
    await migrate(bare, upto=1)
    with pytest.raises(SchemaError, match=r"has schema 1, .* needs \d+; run `feedserver migrate`"):
        await require_current(bare)
    await migrate(bare)
    await require_current(bare)


async def test_an_older_program_refuses_a_newer_database(database: Database) -> None:
    async with database.write() as tx:
        await tx.all("INSERT INTO migration (number, title) VALUES (9999, 'from the future')")
    for refuses in (migrate, require_current):
        with pytest.raises(SchemaError, match=r"schema 9999, .* up to \d+; use the newer program"):
            await refuses(database)


async def test_both_databases_have_the_same_columns_and_indexes(
    sqlite_url: str, postgres_url: str, clock: FakeClock
) -> None:
    found: list[tuple[set[tuple[str, str]], set[str]]] = []
    for url in (sqlite_url, postgres_url):
        async with open_database(url, clock=clock) as database:
            async with database.read() as tx:
                rows = await tx.all(INDEXES[database.dialect])
            # Each holds the words in a table of its own kind.
            tables = {one for one in await columns(database) if "entry_words" not in one[0]}
            indexes = {row["name"] for row in rows if "entry_words" not in row["name"]}
            found.append((tables, indexes))
    sqlite, postgres = found
    assert sqlite == postgres
    assert ("article", "title") in sqlite[0]
    assert "source_due" in sqlite[1]

"""What every test may ask for: a clock, and a database that runs it twice."""

import os
import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from feedserver.store.database import Database
from feedserver.store.migrate import migrate
from feedserver.store.opening import open_database
from tests.fakes import FakeClock
from tests.postgres import NoPostgresError, Postgres, running, skip_or_fail

REPORT = "report"
"""Name of the property under which a test hands in what the run's summary is to show of it."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL server, one for each process of the test run. Without one, CI fails."""
    try:
        with running(os.environ) as server:
            yield server
    except NoPostgresError as error:
        skip_or_fail(error, os.environ)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_template(postgres: Postgres) -> AsyncGenerator[str]:
    """The name of an empty database of this program's schema, to be copied."""
    name = f"feedserver_{uuid4().hex}"
    await _migrated(await postgres.create(name))
    yield name
    await postgres.drop(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of this program's schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    await _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture
async def postgres_url(postgres: Postgres, postgres_template: str) -> AsyncGenerator[str]:
    """The address of a PostgreSQL database of the test's own."""
    name = f"feedserver_{uuid4().hex}"
    yield await postgres.create(name, template=postgres_template)
    await postgres.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the test's own, for one that starts processes."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str, clock: FakeClock) -> AsyncGenerator[Database]:
    """An empty database, SQLite and then PostgreSQL, that lives by the test's clock."""
    async with open_database(database_url, clock=clock, server_time=False) as opened:
        yield opened


@pytest.fixture
async def other(database_url: str, clock: FakeClock) -> AsyncGenerator[Database]:
    """The same database as ``database``, opened once more, as another process has it."""
    async with open_database(database_url, clock=clock, server_time=False) as opened:
        yield opened


async def _migrated(url: str) -> None:
    async with open_database(url, clock=FakeClock()) as database:
        await migrate(database)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests measured: seeds, counts, seconds; also where they pass."""
    for done in terminalreporter.getreports(""):
        for name, text in done.user_properties:
            if name == REPORT and done.when == "teardown":
                terminalreporter.write_line(f"{text}\n")

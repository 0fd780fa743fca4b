"""A database that survives crashes, and a newsroom to crash."""

import os
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import REPORT
from tests.faults.scene import Scene
from tests.postgres import NoPostgresError, OwnServer, own_server, skip_or_fail

SQLITE = pytest.param("sqlite", marks=pytest.mark.xdist_group("faults on sqlite"))
POSTGRES = pytest.param("postgres", marks=pytest.mark.xdist_group("faults on postgres"))


@pytest.fixture(scope="session")
def durable_server() -> Generator[OwnServer]:
    """A PostgreSQL server of our own that writes to disk what it says it has written."""
    try:
        with own_server(options={}) as server:
            yield server
    except NoPostgresError as error:
        skip_or_fail(error, os.environ)


@pytest.fixture
async def durable_postgres(durable_server: OwnServer) -> AsyncGenerator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    name = f"faults_{uuid4().hex}"
    yield await durable_server.postgres.create(name)
    await durable_server.postgres.drop(name)


@pytest.fixture
def durable_sqlite(tmp_path: Path) -> str:
    """The address of a SQLite file of the test's own that is still to be made."""
    return f"sqlite:///{tmp_path / 'faults.db'}"


@pytest.fixture(params=[SQLITE, POSTGRES])
def durable_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"durable_{request.param}")
    return url


@pytest.fixture
async def scene(durable_url: str, tmp_path: Path) -> AsyncGenerator[Scene]:
    """A newsroom whose server is not up yet, on SQLite and then on PostgreSQL."""
    async with Scene.playing(tmp_path, durable_url, seed=1) as scene:
        yield scene


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Generator[list[str]]:
    """Lines that the summary of the test run shows, whether the test passes or not."""
    lines: list[str] = []
    yield lines
    record_property(REPORT, "\n".join(lines))

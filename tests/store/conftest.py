"""Two of everything: databases as two processes have them, open on one file or server."""

from collections.abc import AsyncGenerator

import pytest

from feedserver.store.database import Database
from feedserver.store.opening import open_database
from tests.fakes import FakeClock


@pytest.fixture
async def other(database_url: str, clock: FakeClock) -> AsyncGenerator[Database]:
    """The same database as ``database``, opened once more."""
    async with open_database(database_url, clock=clock, server_time=False) as opened:
        yield opened

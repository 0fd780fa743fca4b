"""A newsdesk on both databases, and one on SQLite for what does not depend on them."""

from collections.abc import AsyncGenerator

import pytest

from feedserver.config.settings import Settings
from tests.fakes import FakeClock
from tests.web.newsdesk import Newsdesk, served


@pytest.fixture
async def newsdesk(database_url: str, clock: FakeClock) -> AsyncGenerator[Newsdesk]:
    async with served(Settings(database=database_url), clock) as opened:
        yield opened


@pytest.fixture
async def rim(sqlite_url: str, clock: FakeClock) -> AsyncGenerator[Newsdesk]:
    """A newsdesk, for tests of what stands before the handlers."""
    async with served(Settings(database=sqlite_url), clock) as opened:
        yield opened


@pytest.fixture
async def demo(sqlite_url: str, clock: FakeClock) -> AsyncGenerator[Newsdesk]:
    """A newsdesk that is open to this machine, as the demo's is."""
    async with served(Settings(database=sqlite_url), clock, open_to_loopback=True) as opened:
        yield opened

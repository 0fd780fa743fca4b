"""A local publisher, and a guarded client that is let in there and nowhere else."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from feedserver.fetch.client import Client, Limits
from feedserver.fetch.guard import Guard
from feedserver.model.network import Resolution
from tests.publisher import Publisher

PRIVATE = (
    Resolution(pattern="private.example", address="127.0.0.2"),
    Resolution(pattern="*.private6.example", address="::1"),
)
"""Names that lead where nobody may go."""

Opening = Callable[[Limits], AbstractAsyncContextManager[Client]]


@pytest.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with Publisher.running() as running:
        yield running


@pytest.fixture
def opening(publisher: Publisher) -> Opening:
    """Opens a client with limits of the test's own."""

    def open_client(limits: Limits) -> AbstractAsyncContextManager[Client]:
        return Client.open(
            guard=Guard(publisher.allow),
            resolve=(*publisher.resolve, *PRIVATE),
            user_agent="feedserver/0 (+desk@news.example)",
            limits=limits,
        )

    return open_client


@pytest.fixture
async def client(opening: Opening) -> AsyncGenerator[Client]:
    async with opening(Limits()) as opened:
        yield opened

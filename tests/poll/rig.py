"""A poller's parts for a test: a client that reaches the test's publisher, documents read here."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from feedserver.fetch.client import Client
from feedserver.fetch.guard import Guard
from feedserver.poll.pipeline import Parser, Pipeline
from feedserver.poll.prepare import Prepared, prepare
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.publisher import Publisher


class InProcess:
    """Reads documents here: these are harmless."""

    async def parse(self, document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
        return prepare(document, url=url, headers=headers)


@asynccontextmanager
async def pipeline(
    database: Database,
    clock: FakeClock,
    publisher: Publisher,
    parser: Parser = InProcess(),  # noqa: B008 - holds nothing
) -> AsyncGenerator[Pipeline]:
    async with Client.open(
        guard=Guard(allow=publisher.allow),
        user_agent="feedserver/test",
        resolve=publisher.resolve,
        clock=clock,
    ) as client:
        yield Pipeline(database=database, client=client, parser=parser, clock=clock)


def rss(*titles: str, host: str = "one.test", more: str = "") -> str:
    """Return a feed of items whose guid and link come from the first word of their titles."""
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{title.split()[0]}</guid>"
        f"<link>http://{host}/{title.split()[0]}</link></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{more}{items}</channel></rss>'

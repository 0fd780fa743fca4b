"""The composition root: settings and a newsroom become a running service.

Whoever needs the parts (``serve``, ``demo``, a command, a test) opens a :class:`Service` and asks
it; nothing else in the package knows how the parts are put together.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

import structlog

from feedserver import __version__
from feedserver.clock import Clock, SystemClock
from feedserver.config.settings import Settings
from feedserver.desk.inbox import Inbox
from feedserver.desk.picks import Chosen, Issue, Picker
from feedserver.desk.rules import route
from feedserver.errors import StoreError
from feedserver.fetch.client import Client, Limits
from feedserver.fetch.guard import Guard
from feedserver.model.article import Article
from feedserver.model.site import Newsroom
from feedserver.model.story import Unfiled
from feedserver.people.tokens import Tokens
from feedserver.poll.now import Errand
from feedserver.poll.parsers import Parsers
from feedserver.poll.pipeline import Pipeline
from feedserver.poll.poller import Poller
from feedserver.publish.articles import Articles, Picked
from feedserver.publish.names import all_feeds
from feedserver.publish.shelf import Shelf
from feedserver.schedule import Beat, beating
from feedserver.store import attempts, entries, feeds, sources
from feedserver.store.database import Database, Transaction
from feedserver.store.migrate import migrate
from feedserver.store.opening import open_database
from feedserver.stories.filer import Filer

DRAIN = timedelta(seconds=15)
"""How long work under way may take to end, when the service is told to stop: the process is to be
gone within 20 seconds, on a busy machine too."""

WAKE_EVERY = timedelta(seconds=1)
PRUNE_EVERY = timedelta(hours=1)
FILES = "files"
"""Origin of the sources that the newsroom's folder lists."""

DESK = "desk"
"""Origin of the sources that people add beside those."""

log = structlog.get_logger(__name__)


class Role(StrEnum):
    """A part of the work that a process may be started for."""

    WEB = "web"
    POLL = "poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """All parts, put together.

    Attributes:
        base_url: Begins every address that we publish.
    """

    settings: Settings
    newsroom: Newsroom
    base_url: str
    clock: Clock
    database: Database
    client: Client
    parsers: Parsers
    poller: Poller
    errand: Errand
    filer: Filer
    inbox: Inbox
    picker: Picker
    articles: Articles
    shelf: Shelf
    tokens: Tokens

    async def follow_newsroom(self) -> None:
        """Bring the store in line with the newsroom's folder: its sources, its feeds."""
        now = self.clock.now()
        async with self.database.write() as tx:
            for wish in self.newsroom.sources:
                await sources.add(tx, wish, origin=FILES, now=now)
            wanted = [wish.key for wish in self.newsroom.sources]
            await sources.pause_all_but(tx, wanted, origin=FILES)
            await feeds.have(tx, all_feeds(self.newsroom))

    async def run(self, stopping: asyncio.Event, *, roles: Sequence[Role] = tuple(Role)) -> None:
        """Work until ``stopping`` is set; then end what is under way, within :data:`DRAIN`."""
        async with beating(self._beats(roles)), asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.shelf.run(stopping), name="shelf")]
            if Role.POLL in roles:
                tasks.append(group.create_task(self.poller.run(stopping), name="poller"))
                tasks.append(group.create_task(self._file(stopping), name="filer"))
            await stopping.wait()
            self.poller.wake.set()
            _, late = await asyncio.wait(tasks, timeout=DRAIN.total_seconds())
            for task in late:
                log.warning("did not end in time", task=task.get_name())
                task.cancel()

    async def prune(self) -> None:
        """Forget what is older than the settings say."""
        now = self.clock.now()
        async with self.database.write() as tx:
            await attempts.prune(tx, before=now - self.settings.keep_attempts)
            await entries.forget_received(tx, before=now - self.settings.keep_received)

    async def _file(self, stopping: asyncio.Event) -> None:
        async for _ in self.database.changes():
            if stopping.is_set():
                return
            try:
                await self.filer.file_all()
            except StoreError as error:
                # What was not filed waits in the store.
                log.warning("entries not filed", error=str(error))
            except Exception:
                log.exception("entries not filed")

    def _beats(self, roles: Sequence[Role]) -> Mapping[str, tuple[timedelta, Beat]]:
        if Role.POLL not in roles:
            return {}
        return {"poller": (WAKE_EVERY, self._wake), "prune": (PRUNE_EVERY, self._prune)}

    async def _wake(self) -> None:
        self.poller.wake.set()

    async def _prune(self) -> None:
        try:
            await self.prune()
        except StoreError as error:
            log.warning("nothing pruned", error=str(error))


@asynccontextmanager
async def open_service(
    settings: Settings,
    newsroom: Newsroom,
    *,
    clock: Clock | None = None,
    base_url: str | None = None,
) -> AsyncGenerator[Service]:
    """Open a service on its database, whose schema is brought up to date, and close it after.

    Args:
        clock: A played one, for the demo and tests; it then times leases too.
        base_url: Where the settings do not say it.

    Raises:
        StoreError: The database cannot be used.
    """
    timer = clock or SystemClock()
    url = settings.base_url or base_url or settings.listen.origin()
    async with (
        open_database(settings.database, clock=timer, server_time=clock is None) as database,
        open_client(settings, newsroom, timer) as client,
        Parsers(count=settings.parsers) as parsers,
    ):
        await migrate(database)
        parts = _Parts(settings=settings, newsroom=newsroom, clock=timer, database=database)
        service = parts.service(client, parsers, url)
        await service.follow_newsroom()
        yield service


def open_client(
    settings: Settings, newsroom: Newsroom, clock: Clock
) -> AbstractAsyncContextManager[Client]:
    """Open the guarded client, which says whose it is in each request."""
    return Client.open(
        guard=Guard(allow=settings.allow_private),
        user_agent=f"feedserver/{__version__} (+{newsroom.site.link}; {newsroom.site.contact})",
        resolve=settings.resolve,
        limits=Limits(
            deadline=timedelta(seconds=settings.poll_seconds),
            max_bytes=settings.max_bytes,
            at_once=settings.poll_at_once,
        ),
        clock=clock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What all parts are made of, and how one is given what it needs of another."""

    settings: Settings
    newsroom: Newsroom
    clock: Clock
    database: Database

    def service(self, client: Client, parsers: Parsers, url: str) -> Service:
        database, clock, at_once = self.database, self.clock, self.settings.poll_at_once
        articles = Articles(database=database, clock=clock, newsroom=self.newsroom)
        pipeline = Pipeline(database=database, client=client, parser=parsers, clock=clock)
        shelf = Shelf(database=database, clock=clock, newsroom=self.newsroom, base_url=url)
        return Service(
            settings=self.settings,
            newsroom=self.newsroom,
            base_url=url,
            clock=clock,
            database=database,
            client=client,
            parsers=parsers,
            poller=Poller(database=database, pipeline=pipeline, at_once=at_once),
            errand=Errand(database=database, pipeline=pipeline, clock=clock, at_once=at_once),
            filer=Filer(database=database, clock=clock, route=self.route, holder=uuid4().hex),
            inbox=Inbox(database=database),
            picker=Picker(database=database, clock=clock, issue=_issuing(articles)),
            articles=articles,
            shelf=shelf,
            tokens=Tokens(database=database, clock=clock),
        )

    def route(self, entry: Unfiled) -> Sequence[tuple[str, str]]:
        """Return the sections that the newsroom's rules offer an entry to."""
        return route(self.newsroom.rules, entry)


def _issuing(articles: Articles) -> Issue:
    async def issue(tx: Transaction, chosen: Chosen, actor: str) -> Article:
        picked = Picked(
            content=chosen.content,
            sections=chosen.sections,
            story=chosen.story.id,
            lead=chosen.lead.id,
        )
        return await articles.issue_pick(tx, picked, actor=actor)

    return issue

"""A newsroom at work: outlets, a CMS, a curator and a server that is killed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import aiohttp

from feedserver.clock import SystemClock
from feedserver.poll.poller import LEASE
from feedserver.store.database import to_micros
from feedserver.store.opening import POSTGRES
from tests.faults.checks import after_fault, feed_amiss, when_settled
from tests.faults.desk import Desk, Version
from tests.faults.newsroom import make_folder
from tests.faults.orders import Kill, Line
from tests.faults.outlets import Outlet, outlets
from tests.faults.rig import Rig
from tests.faults.stored import Stored, read_stored
from tests.faults.waiting import until_clear
from tests.publisher import Publisher

SETTLED_WITHIN = 30.0
HOUR = 3600.0
"""Longer than any interval: after it all sources are due."""

AFTER_LEASE = LEASE.total_seconds() + 1

FEEDS = ("us.atom", "us.rss", "us.json")


@dataclass(slots=True, kw_only=True)
class Scene:
    """All who take part.

    Attributes:
        random: Chooses what to correct and to pick; the test tells its seed.
    """

    rig: Rig
    outlets: Sequence[Outlet]
    desk: Desk
    random: Random
    editions: int = 0
    stories: set[int] = field(default_factory=set[int])

    @classmethod
    @asynccontextmanager
    async def playing(
        cls, folder: Path, database: str, *, seed: int, sources: int = 4
    ) -> AsyncGenerator["Scene"]:
        """Set the scene; the server is still to be started."""
        closing = aiohttp.TCPConnector(force_close=True)
        async with (
            Publisher.running() as publisher,
            aiohttp.ClientSession(connector=closing) as http,
        ):
            told = outlets(publisher, sources)
            newsroom = make_folder(folder / "newsroom", [(o.key, o.url) for o in told])
            rig = Rig(
                folder=folder / "rig", database=database, newsroom=newsroom, publisher=publisher
            )
            chance = Random(seed)  # noqa: S311 - chooses what to correct and to pick
            try:
                yield cls(rig=rig, outlets=told, desk=Desk(session=http), random=chance)
            finally:
                await rig.kill()

    async def stored(self) -> Stored:
        """Return what is stored, whether the server is up or not."""
        return await read_stored(self.rig.database)

    def news(self) -> None:
        """Let every outlet publish a new item and correct an old one; two tell of one page."""
        self.editions += 1
        for number, outlet in enumerate(self.outlets):
            page = f"wire.test/{self.editions}" if number < 2 else None
            old = self.random.choice(list(outlet.texts)).removeprefix(f"{outlet.key}-")
            outlet.correct(old)
            outlet.tell(f"item{self.editions}", page=page)

    async def write(self) -> None:
        """Let the CMS save a new article and correct an old one, and the curator pick a story."""
        server = self.rig.address
        await self.desk.put(server, f"article{self.editions}")
        old = self.random.choice(list(self.desk.versions))
        if not any(version.open for version in self.desk.versions[old]):
            await self.desk.put(server, old)
        if left := sorted(self.stories - {pick.story for pick in self.desk.picks}):
            await self.desk.pick(server, self.random.choice(left))

    async def send_again(self) -> None:
        """Send again what was not answered, as a client must that cannot know."""
        for request in self.desk.open:
            if isinstance(request, Version):
                await self.desk.put_again(self.rig.address, request)
            else:
                await self.desk.pick_again(self.rig.address, request)

    async def settle(self, *, within: float = SETTLED_WITHIN) -> float:
        """Wait until all is stored, filed and shown; return how many seconds that took."""
        return await until_clear(self._unsettled, within=within)

    async def check(self) -> Stored:
        """Fail if something is half done, lost or doubled."""
        stored = await self.stored()
        assert not (amiss := after_fault(stored, self.outlets, self.desk)), "\n".join(amiss)
        return stored

    async def die(self, kill: Kill) -> tuple[Sequence[Line], Stored]:
        """Let all go on until the server dies as ordered; return its journal and what it left."""
        self.news()
        self.rig.pass_time(HOUR, kill=kill)
        await self.write()
        journal = await self.rig.died(within=SETTLED_WITHIN)
        return journal, await self.check()

    async def go_on(self) -> None:
        """Start the server again, and check that all is made good once the leases have run out."""
        self.rig.ahead = (self.rig.ahead or 0) + AFTER_LEASE
        await self.rig.start()
        await self.send_again()
        await self.settle()
        await self.check()

    @property
    def on_postgres(self) -> bool:
        return self.rig.database.startswith(POSTGRES)

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.on_postgres else "SQLite"

    @property
    def now(self) -> int:
        """The server's moment, in microseconds."""
        return to_micros(SystemClock().now() + timedelta(seconds=self.rig.ahead or 0))

    async def _unsettled(self) -> list[str]:
        stored = await self.stored()
        amiss = when_settled(stored, self.outlets, now=self.now)
        for ending in FEEDS:
            body = await self.desk.feed(self.rig.address, ending)
            amiss += feed_amiss(stored.articles, ending, body)
        self.stories = {entry.story for entry in stored.entries if entry.story is not None}
        return amiss

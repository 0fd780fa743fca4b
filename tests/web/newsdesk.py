"""A newsroom with stories, served: what the tests of the web ask."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from zoneinfo import ZoneInfo

import aiohttp
import msgspec
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from feedserver.config.settings import Settings
from feedserver.model.access import Scope
from feedserver.model.entry import Image, Item, StoryId
from feedserver.model.site import Newsroom, Section, Site
from feedserver.model.source import Kind, RightsClass, SourceWish
from feedserver.poll.identity import drafts, intake
from feedserver.service import Service, open_service
from feedserver.store import entries, sources
from feedserver.web.app import make_app
from tests.fakes import FakeClock

BASE_URL = "http://news.test"
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>javascript:alert(3)"
"""What an outlet or a CMS would send to have our pages run its script."""

NEWSROOM = Newsroom(
    site=Site(
        title="The Example",
        description="News of everywhere.",
        link="https://example.test/",
        languages=("en", "zh-Hans"),
        time_zone=ZoneInfo("UTC"),
        rights="© The Example",
        contact="desk@example.test",
        contact_name="The desk",
        authority="example.test,2026",
    ),
    sections=(
        Section(slug="home", title="Home", description="All", language="en", everything=True),
        Section(slug="china", title="China", description="Of China", language="en"),
        Section(slug="world", title="World", description="Of the world", language="en"),
        Section(slug="old", title="Old", description="Was", language="en", retired=True),
        Section(slug="asia", title="Asia", description="Moved", language="en", moved_to="china"),
    ),
    sources=(
        SourceWish(
            key="wire",
            title="Wire & Co",
            url="https://wire.test/feed",
            owner="Wire",
            country="GB",
            language="en",
            kind=Kind.WIRE,
            rights=RightsClass.FULL,
            section="world",
        ),
        SourceWish(
            key="bao",
            title="晨报",
            url="https://bao.test/feed",
            owner="Bao",
            country="CN",
            language="zh-Hans",
            kind=Kind.NATIONAL,
            section="china",
        ),
    ),
)

Client = TestClient[Request, Application]


@dataclass
class Newsdesk:
    """The service, and a client that keeps no cookies of its own accord."""

    service: Service
    clock: FakeClock
    client: Client
    desk_secret: str
    articles_secret: str

    async def tell(self, source: str, *items: Item) -> None:
        """Have an outlet bring items, as a poll would."""
        now = self.clock.now()
        async with self.service.database.write() as tx:
            found = await sources.by_key(tx, source)
            assert found is not None
            made = drafts(items)
            known = await entries.known(tx, found.id, [key for d in made for key in d.keys])
            taken = intake(made, known)
            ids = await entries.add(tx, found.id, taken.new, now=now)
            await entries.change(tx, taken.changed, now=now)
            named = [
                (key, number)
                for number, draft in zip(ids, taken.new, strict=True)
                for key in draft.keys
            ]
            await entries.remember(tx, found.id, [*taken.names, *named])
        await self.service.filer.file_all()

    async def story(self, title: str = "A bridge opens", **said: object) -> StoryId:
        """Have the wire bring one story; return its number."""
        await self.tell("wire", item(title, **said))
        async with self.service.database.read() as tx:
            rows = await tx.all("SELECT max(id) AS id FROM story")
        return StoryId(rows[0]["id"])

    async def show(self) -> None:
        """Bring the feeds up to date, a second later."""
        self.clock.moment += timedelta(seconds=1)
        await self.service.shelf.refresh()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | BytesIO | FormData | None = None,
    ) -> aiohttp.ClientResponse:
        """Ask; a redirect is not followed, and no cookie is kept."""
        self.client.session.cookie_jar.clear()
        return await self.client.request(
            method, path, headers=headers, json=json, data=data, allow_redirects=False
        )

    async def get(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        return await self.ask("GET", path, headers=headers)

    async def page(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        """Return a page's text."""
        return await (await self.get(path, headers)).text()

    async def put(
        self, name: str, body: Mapping[str, object], **headers: str
    ) -> aiohttp.ClientResponse:
        """Put an article as the CMS does."""
        sent = {field.replace("_", "-"): value for field, value in headers.items()}
        return await self.ask(
            "PUT",
            f"/api/v1/articles/{name}",
            data=msgspec.json.encode(body),
            headers={**self.cms, "Content-Type": "application/json", **sent},
        )

    async def pick(self, story: int, **body: object) -> aiohttp.ClientResponse:
        """Pick a story by the API."""
        return await self.ask(
            "POST", f"/api/v1/stories/{story}/pick", json=body, headers=self.curator
        )

    @property
    def curator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.desk_secret}"}

    @property
    def cms(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.articles_secret}"}


@asynccontextmanager
async def served(
    settings: Settings,
    clock: FakeClock,
    *,
    open_to_loopback: bool = False,
    base_url: str = BASE_URL,
) -> AsyncGenerator[Newsdesk]:
    """Open a newsroom, and serve it."""
    async with open_service(settings, NEWSROOM, clock=clock, base_url=base_url) as service:
        server = TestServer(make_app(service, open_to_loopback=open_to_loopback))
        # The jar keeps cookies for an address too: the test's server has no name.
        jar = aiohttp.CookieJar(unsafe=True)
        async with TestClient(server, cookie_jar=jar) as client:
            _, desk = await service.tokens.add("mira", [Scope.DESK], actor="test")
            _, cms = await service.tokens.add("cms", [Scope.ARTICLES], actor="test")
            newsdesk = Newsdesk(service, clock, client, desk, cms)
            await newsdesk.show()
            yield newsdesk


def item(title: str, **said: object) -> Item:
    """Return an item of a feed; what is not said follows from its title."""
    link = f"https://wire.test/{sha256(title.encode()).hexdigest()[:8]}"
    whole: dict[str, object] = {
        "guid": title,
        "title": title,
        "link": link,
        "canonical": link,
        "summary": "<p>Cars cross.</p>",
        **said,
    }
    return msgspec.convert(whole, Item)


def picture(url: str = "https://wire.test/a.jpg") -> Image:
    return Image(url=url, caption="The bridge", credit="A. Photographer", alt="A bridge", width=800)


def article(**changes: object) -> dict[str, object]:
    """Return what a CMS puts."""
    return {
        "title": "Our own report",
        "summary": "In short.",
        "html": "<p>At <em>length</em>.</p>",
        "sections": ["china"],
        "authors": ["Ana Ruiz"],
        **changes,
    }


def form_token(page: str) -> str:
    """Return the hidden field of a page's form."""
    found = re.search(r'name="form" value="([0-9a-f]+)"', page)
    assert found is not None, "the page has no form"
    return found[1]

"""The main job on real input: outlets' own feeds in, stories, and a pick in three feeds."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, LiteralString

import aiohttp
import feedparser
import pytest

from feedserver.clock import SystemClock
from feedserver.store.database import Database, Row
from feedserver.store.opening import open_database
from tests.corpus_folder import corpus
from tests.counting import Said, plain, said
from tests.publisher import Publisher
from tests.serving import Server, serving, write_folder


@dataclass(frozen=True)
class Outlet:
    """An outlet of the corpus, under a host name of its own.

    Attributes:
        snapshots: Its first document and, where there is one, the next that differs from it.
    """

    key: str
    snapshots: Sequence[bytes]

    @property
    def address(self) -> str:
        return f"http://{self.key}.test/feed.xml"


def outlets() -> Sequence[Outlet]:
    folders: dict[str, list[Path]] = {}
    for path in corpus("series"):
        folders.setdefault(path.parent.name, []).append(path)
    return [
        Outlet(key=_key(name), snapshots=_first_two(sorted(paths)))
        for name, paths in folders.items()
    ]


@dataclass(frozen=True)
class Newsroom:
    server: Server
    publisher: Publisher
    database: Database
    outlets: Sequence[Outlet]
    session: aiohttp.ClientSession

    def show(self, snapshot: int) -> None:
        for outlet in self.outlets:
            body = outlet.snapshots[min(snapshot, len(outlet.snapshots) - 1)]
            self.publisher.put(outlet.address, body)

    async def polled(self) -> None:
        """Return when the server has polled each outlet and filed everything that it sent."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            rows = await self.rows(
                "SELECT (SELECT count(*) FROM source WHERE last_polled_at IS NULL) AS unpolled, "
                "(SELECT count(*) FROM entry WHERE filed_at IS NULL) AS unfiled"
            )
            if not rows[0]["unpolled"] and not rows[0]["unfiled"]:
                return
            await asyncio.sleep(0.2)  # noqa: TID251 - another process takes its own time
        raise AssertionError("the outlets were not all polled within 90 s")

    async def rows(self, sql: LiteralString) -> Sequence[Row]:
        async with self.database.read() as tx:
            return await tx.all(sql)

    async def entries(self) -> Mapping[str, Sequence[Row]]:
        """Return what is stored of each outlet."""
        found: dict[str, list[Row]] = {outlet.key: [] for outlet in self.outlets}
        for row in await self.rows(
            "SELECT source.key, entry.* FROM entry JOIN source ON source.id = source_id"
        ):
            found[row["key"]].append(row)
        return found

    async def api(self, method: str, path: str, token: str, **how: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(
            method, self.server.base + path, headers=headers, **how
        ) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()


@pytest.fixture
async def newsroom(database_url: str, tmp_path: Path) -> AsyncGenerator[Newsroom]:
    async with _newsroom(database_url, tmp_path) as running:
        yield running


@asynccontextmanager
async def _newsroom(database_url: str, tmp_path: Path) -> AsyncGenerator[Newsroom]:
    there = outlets()
    async with (
        Publisher.running() as publisher,
        aiohttp.ClientSession() as session,
        open_database(database_url, clock=SystemClock()) as database,
    ):
        sources = [(outlet.key, publisher.url(outlet.address)) for outlet in there]
        for outlet in there:
            publisher.put(outlet.address, outlet.snapshots[0])
        settings = {
            "DATABASE": database_url,
            "FEEDS": str(write_folder(tmp_path / "feeds", sources)),
            "ALLOW_PRIVATE": "127.0.0.1/32",
            "RESOLVE": "*.test=127.0.0.1",
        }
        async with serving(settings, tmp_path / "serve.log") as server:
            yield Newsroom(server, publisher, database, there, session)


@pytest.mark.timeout(300)
async def test_what_outlets_sent_becomes_stories_and_a_pick_stands_in_three_feeds(
    newsroom: Newsroom,
) -> None:
    await newsroom.polled()
    await first_documents_stand_in_the_inbox(newsroom)
    await a_pick_stands_in_its_sections_feeds(newsroom)
    before = await newsroom.entries()
    newsroom.show(1)
    # By themselves most would be asked in an hour only: their documents say so (RSS ttl).
    polls = await asyncio.to_thread(newsroom.server.run, "poll", "--now", "--force", "--json")
    assert len(polls.splitlines()) == len(newsroom.outlets)
    await newsroom.polled()
    exactly_what_is_new_or_changed_appears(newsroom, before, await newsroom.entries())


async def first_documents_stand_in_the_inbox(newsroom: Newsroom) -> None:
    token = await asyncio.to_thread(
        newsroom.server.run, "tokens", "add", "curator", "--scope", "desk"
    )
    token = token.strip()
    stored = await newsroom.entries()
    wrong = {
        outlet.key: (len(stored[outlet.key]), len(said(outlet.snapshots[0])))
        for outlet in newsroom.outlets
        if len(stored[outlet.key]) != len(said(outlet.snapshots[0]))
    }
    assert not wrong, "entries stored, and items that feedparser counts"
    assert sum(map(len, stored.values())) > 1000
    for outlet in newsroom.outlets:
        page = await newsroom.api("GET", f"/api/v1/stories?source={outlet.key}&limit=1", token)
        assert bool(page["stories"]) == bool(stored[outlet.key]), outlet.key


async def a_pick_stands_in_its_sections_feeds(newsroom: Newsroom) -> None:
    token = await asyncio.to_thread(
        newsroom.server.run, "tokens", "add", "second", "--scope", "desk"
    )
    token = token.strip()
    page = await newsroom.api("GET", "/api/v1/stories?source=bbc&limit=1", token)
    story = page["stories"][0]
    wish = {"sections": ["us"], "headline": "Picked by a curator", "credit": "The BBC has it"}
    started = time.monotonic()
    await newsroom.api("POST", f"/api/v1/stories/{story['id']}/pick", token, json=wish)
    for ending in ("rss", "atom", "json"):
        text = await _feed_with(newsroom, f"/feeds/us.{ending}", "Picked by a curator", started)
        assert "The BBC has it" in text
        assert "Outlet bbc" in text
        assert newsroom.publisher.url("http://bbc.test/feed.xml") in text
        if ending != "json":
            item = feedparser.parse(text).entries[0]
            assert item.title == "Picked by a curator"
            assert item.source.title == "Outlet bbc"


def exactly_what_is_new_or_changed_appears(
    newsroom: Newsroom, before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]
) -> None:
    wrong: dict[str, object] = {}
    new = edited = 0
    for outlet in newsroom.outlets:
        old_ids = {row["id"] for row in before[outlet.key]}
        stored = [row for row in after[outlet.key] if row["id"] not in old_ids]
        for first, second in pairwise(outlet.snapshots):
            fresh, changed = _news(said(first), said(second))
            new, edited = new + len(fresh), edited + len(changed)
            if sorted(plain(row["title"]) for row in stored) != sorted(i.headline for i in fresh):
                wrong[outlet.key] = len(stored), len(fresh)
            titles = {plain(row["title"]) for row in after[outlet.key] if row["revisions"]}
            if not changed <= titles:
                wrong[f"{outlet.key}, edited"] = changed - titles
            untouched = _untouched(said(first), said(second)) & titles
            if untouched:
                wrong[f"{outlet.key}, not edited"] = untouched
        if len(outlet.snapshots) == 1:
            assert not stored, outlet.key
    assert not wrong
    assert new > 100, "the snapshots have something to show"
    assert edited > 5


def _news(first: Sequence[Said], second: Sequence[Said]) -> tuple[Sequence[Said], set[str]]:
    """Return the items of the second document that the first has not, and changed headlines."""
    known = {name: item for item in first for name in item.names}
    fresh = [item for item in second if not any(name in known for name in item.names)]
    changed = {
        item.headline
        for item in second
        for name in item.names
        if name in known and known[name].headline != item.headline
    }
    return fresh, changed


def _untouched(first: Sequence[Said], second: Sequence[Said]) -> set[str]:
    """Return the headlines of items that stand in both to the letter, and nowhere else."""
    texts = {item.raw for item in first}
    same = {item.headline for item in second if item.raw in texts}
    return same - {item.headline for item in second if item.raw not in texts}


async def _feed_with(newsroom: Newsroom, path: str, text: str, started: float) -> str:
    """Return a feed once it has the text, which takes two seconds at the most."""
    while True:
        async with newsroom.session.get(newsroom.server.base + path) as answer:
            body = await answer.text()
        if text in body:
            return body
        assert time.monotonic() - started < 2, f"{path} is without it after two seconds"
        await asyncio.sleep(0.05)  # noqa: TID251 - another process takes its own time


def _first_two(paths: Sequence[Path]) -> Sequence[bytes]:
    bodies = [path.read_bytes() for path in paths]
    return bodies[:1] + [body for body in bodies if body != bodies[0]][:1]


def _key(name: str) -> str:
    return name.replace("_", "-").strip("-").lower().replace("--", "-")

"""The shelf: the bytes of every feed, made once a version and kept in memory and in the store.

A request takes a document from memory: it asks no database, renders and compresses nothing. What
is on the shelf follows the versions in the store, whichever process raised them.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
import structlog

from feedserver import __version__
from feedserver.clock import Clock
from feedserver.errors import StoreError
from feedserver.model.article import ArticleId, Listed
from feedserver.model.feed import ALL, Document, FeedName, FeedVersion, Format
from feedserver.model.site import Newsroom, Section
from feedserver.publish.documents import document, feed_head, finished, fragment
from feedserver.publish.items import Place
from feedserver.publish.names import feeds_of
from feedserver.publish.select import RETRACTED_STAYS, SITE_LENGTH, WINDOW, select
from feedserver.store import articles, feeds, listings
from feedserver.store.database import Database, Transaction

SECOND = timedelta(seconds=1)

log = structlog.get_logger(__name__)

Made = Mapping[Format, Sequence[tuple[ArticleId, str, bytes]]]
"""Fragments that had to be rendered: of which article, made of what, their bytes."""


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Where the documents of all feeds stand, ready to send."""

    database: Database
    clock: Clock
    newsroom: Newsroom
    base_url: str
    _documents: dict[tuple[FeedName, Format], Document] = field(init=False, default_factory=dict)

    def get(self, name: FeedName, form: Format) -> Document | None:
        """Return a feed's document, or ``None`` if there is no such feed."""
        return self._documents.get((name, form))

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep up with the store until ``stopping`` is set."""
        async for _ in self.database.changes():
            if stopping.is_set():
                return
            # Whatever goes wrong, what stands on the shelf is served meanwhile.
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("feeds not refreshed", error=str(error))
            except Exception:
                log.exception("feeds not refreshed")

    async def refresh(self) -> None:
        """Show what changed, in this process and, being first, for all others.

        A feed shows one new version a second at most, so that Last-Modified, which counts seconds,
        moves with each: some clients drop a body whose ETag alone is new, and lose the story.
        """
        await self._wake_due()
        async with self.database.read() as tx:
            versions = await feeds.versions(tx)
        for name in self._names():
            version = versions.get(name)
            if version is not None:
                await self._follow(version)

    async def _follow(self, version: FeedVersion) -> None:
        moment = _next_moment(version, self.clock.now())
        stale = version.shown < version.version or version.made_of != self._fingerprint
        if stale and moment is not None:
            await self._show(version.name, moment)
        elif version.shown and not self._has(version):
            await self._load(version.name)

    async def _show(self, name: FeedName, moment: datetime) -> None:
        now = self.clock.now()
        async with self.database.read() as tx:
            version = (await feeds.versions(tx))[name]
            shown = replace(
                version, shown=version.version, shown_at=moment, made_of=self._fingerprint
            )
            documents, made = await self._render(tx, shown, now)
        async with self.database.write() as tx:
            # What another machine's clock, or ours before it was put back, has dated later than
            # our now is not in these documents, and is news when its moment comes.
            await articles.await_all(tx, after=now)
            for form, fragments in made.items():
                await feeds.keep_fragments(tx, form, fragments)
            if not await feeds.show(tx, shown, documents):
                documents = await feeds.documents(tx, name)
        self._put(documents)

    async def _render(
        self, tx: Transaction, version: FeedVersion, now: datetime
    ) -> tuple[Sequence[Document], Made]:
        section = self.newsroom.section(version.name)
        listed = {one.id: one for one in await self._listed(tx, section, now)}
        ids = select(listed.values(), section, now=now)
        documents: list[Document] = []
        made: dict[Format, Sequence[tuple[ArticleId, str, bytes]]] = {}
        wanted = {number: f"{version.made_of}/{listed[number].version}" for number in ids}
        for form in Format:
            bodies = dict(await feeds.fragments(tx, ids, form))
            missing = [n for n in ids if n not in bodies or bodies[n][0] != wanted[n]]
            made[form] = [
                (article.id, wanted[article.id], fragment(article, self._place, form))
                for article in await articles.these(tx, missing)
            ]
            bodies |= {number: (of, body) for number, of, body in made[form]}
            head = feed_head(section, form, self._place, updated_at=version.shown_at)
            body = document(head, [bodies[number][1] for number in ids], form)
            # A busy site's two days are megabytes, and gzip takes 50 ms for each: readers go on.
            documents.append(await asyncio.to_thread(finished, body, version, form))
        return documents, made

    async def _listed(
        self, tx: Transaction, section: Section | None, now: datetime
    ) -> Sequence[Listed]:
        found = list(await listings.amended(tx, since=now - RETRACTED_STAYS))
        if section is None or section.everything:
            length = SITE_LENGTH if section is None else section.length
            found += await listings.for_site(tx, length=2 * length, since=now - WINDOW, now=now)
        if section is not None:
            found += await listings.pinned(tx, section.pins)
            found += await listings.for_section(
                tx, section.slug, length=2 * section.length, since=now - WINDOW, now=now
            )
        return found

    async def _load(self, name: FeedName) -> None:
        async with self.database.read() as tx:
            self._put(await feeds.documents(tx, name))

    async def _wake_due(self) -> None:
        now = self.clock.now()
        async with self.database.read() as tx:
            if not await articles.any_due(tx, now=now):
                return
        async with self.database.write() as tx:
            due = await articles.take_due(tx, now=now)
            sections = {slug for article in due for slug in article.sections}
            await feeds.touch(tx, feeds_of(self.newsroom, sections))

    def _put(self, documents: Sequence[Document]) -> None:
        for one in documents:
            self._documents[one.feed, one.format] = one

    def _has(self, version: FeedVersion) -> bool:
        here = self._documents.get((version.name, Format.ATOM))
        return here is not None and here.modified_at == version.shown_at

    def _names(self) -> Iterator[FeedName]:
        yield ALL
        for section in self.newsroom.published:
            yield FeedName(section.slug)

    @property
    def _place(self) -> Place:
        return Place(
            site=self.newsroom.site, sections=self.newsroom.sections, base_url=self.base_url
        )

    @property
    def _fingerprint(self) -> str:
        """Return what the bytes depend on besides the articles: the program and the settings."""
        newsroom = self.newsroom
        said = (__version__, self.base_url, repr(newsroom.site), repr(newsroom.sections))
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]


def _next_moment(version: FeedVersion, now: datetime) -> datetime | None:
    """Return the second that a new version is shown in; ``None`` while the last one's lasts.

    A clock that was put back holds nothing up: then the version's time runs ahead of it, as it
    must, since a Last-Modified that was sent once may not be followed by an earlier one.
    """
    second = now.replace(microsecond=0)
    if second == version.shown_at:
        return None
    return max(second, version.shown_at + SECOND)

"""Rows for the store's tests, made with as few words as the test needs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from feedserver.formats.text import soft_title
from feedserver.formats.words import words
from feedserver.model.article import Article, ArticleId, ArticleState, Content, Owner
from feedserver.model.entry import Draft, EntryId, Item
from feedserver.model.source import Kind, Source, SourceWish
from feedserver.poll.identity import key63
from feedserver.store import entries, sources
from feedserver.store.database import Database, Transaction

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def wish(
    key: str = "example",
    *,
    url: str | None = None,
    language: str = "en",
    section: str | None = None,
) -> SourceWish:
    return SourceWish(
        key=key,
        title=key.title(),
        url=url or f"https://{key}.example/feed",
        owner=f"{key.title()} Ltd",
        country="GB",
        language=language,
        kind=Kind.NATIONAL,
        section=section,
    )


async def follow(database: Database, *wishes: SourceWish, now: datetime = NOW) -> Sequence[Source]:
    """Follow sources, and return them."""
    async with database.write() as tx:
        for one in wishes:
            await sources.add(tx, one, origin="files", now=now)
        return [await source(tx, one.key) for one in wishes]


async def source(tx: Transaction, key: str) -> Source:
    found = await sources.by_key(tx, key)
    assert found is not None
    return found


def draft(
    title: str, *, link: str | None = None, language: str | None = None, text: str = ""
) -> Draft:
    """Return an item with a telling title made ready, as the poller does."""
    soft = soft_title(title)
    page = f"https://example.org/{link}" if link else None
    key = key63("link", page) if page else None
    return Draft(
        item=Item(
            guid=title, link=page, canonical=page, title=title, summary=text, language=language
        ),
        hash=f"{title}/{text}",
        stamp=f"{title}/{text}/{link}",
        keys=(key63("guid", title),) if key is None else (key63("guid", title), key),
        link_key=key,
        title_key=key63("title", soft) if soft else None,
        words=words(f"{title} {text}"),
    )


async def receive(
    database: Database, of: Source, *drafts: Draft, now: datetime = NOW
) -> Sequence[EntryId]:
    """Keep new items of a source, with their names."""
    async with database.write() as tx:
        ids = await entries.add(tx, of.id, drafts, now=now)
        named = [(key, n) for n, one in zip(ids, drafts, strict=True) for key in one.keys]
        await entries.remember(tx, of.id, named)
        return ids


def article(number: int, *, external_id: str | None = None, version: int = 1) -> Article:
    return Article(
        id=ArticleId(number),
        owner=Owner.CMS if external_id else Owner.DESK,
        external_id=external_id,
        guid=f"guid-{number}",
        atom_id=f"tag:example.org,2026:{number}",
        state=ArticleState.PUBLISHED,
        version=version,
        seq=number,
        published_at=NOW,
        updated_at=NOW,
        content=Content(title=f"Article {number}", html="<p>Text</p>"),
        sections=("us", "world"),
    )

"""What a database holds, read past the program's own repositories, so as to be checked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedserver.clock import SystemClock
from feedserver.store.database import Database, Dialect, Transaction
from feedserver.store.opening import open_database


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry.

    Attributes:
        texts: Its headlines, the newest last.
        filed: Whether the filer has seen it as it is.
    """

    source: str
    guid: str
    texts: tuple[str, ...]
    page: str
    story: int | None
    filed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article: made by the CMS under its name for it, or of a story."""

    number: int
    external_id: str | None
    story: int | None
    texts: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """Where we are with a source; moments are microseconds."""

    key: str
    etag: str | None
    next_poll_at: int
    leased_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The whole of it.

    Attributes:
        stories: Their numbers; those that were joined to another are left out.
        acts: Subject, action and revision of each.
        picks: Story, section and article of each.
        fault: What the database itself finds wrong with its files.
    """

    entries: Sequence[StoredEntry]
    stories: Sequence[int]
    articles: Sequence[StoredArticle]
    sources: Sequence[StoredSource]
    picks: Sequence[tuple[int, str, int]]
    acts: Sequence[tuple[str, str, int]]
    fault: str = ""


async def read_stored(url: str) -> Stored:
    """Read everything at one moment."""
    async with open_database(url, clock=SystemClock()) as database:
        return await stored_in(database)


async def stored_in(database: Database) -> Stored:
    """Read everything at one moment."""
    async with database.read() as tx:
        return Stored(
            entries=await _entries(tx),
            stories=[
                row["id"] for row in await tx.all("SELECT id FROM story WHERE merged_into IS NULL")
            ],
            articles=await _articles(tx),
            sources=[
                StoredSource(
                    key=row["key"],
                    etag=row["etag"],
                    next_poll_at=row["next_poll_at"],
                    leased_until=row["leased_until"],
                )
                for row in await tx.all("SELECT * FROM source ORDER BY key")
            ],
            picks=[
                (row["story_id"], row["section"], row["article_id"])
                for row in await tx.all("SELECT * FROM pick")
            ],
            acts=[
                (row["subject"], row["action"], row["revision"])
                for row in await tx.all("SELECT * FROM act ORDER BY seq")
            ],
            fault=await _fault(tx),
        )


async def _entries(tx: Transaction) -> Sequence[StoredEntry]:
    earlier = await _texts(
        tx, "SELECT entry_id AS id, title FROM revision ORDER BY entry_id, number"
    )
    return [
        StoredEntry(
            source=row["key"],
            guid=row["guid"],
            texts=(*earlier.get(row["id"], ()), row["title"]),
            page=row["link"].removeprefix("https://"),
            story=row["story_id"],
            filed=row["filed_at"] is not None,
        )
        for row in await tx.all(
            "SELECT entry.*, source.key FROM entry JOIN source ON source.id = entry.source_id"
        )
    ]


async def _articles(tx: Transaction) -> Sequence[StoredArticle]:
    sections = await _texts(
        tx, "SELECT article_id AS id, section AS title FROM article_section ORDER BY section"
    )
    earlier = await _texts(
        tx,
        """
        SELECT article_id AS id, content AS title FROM article_revision
        ORDER BY article_id, version
        """,
    )
    return [
        StoredArticle(
            number=row["id"],
            external_id=row["external_id"],
            story=row["story_id"],
            texts=(*earlier.get(row["id"], ()), row["content"]),
            sections=sections.get(row["id"], ()),
        )
        for row in await tx.all("SELECT * FROM article ORDER BY id")
    ]


async def _texts(tx: Transaction, sql: str) -> Mapping[int, tuple[str, ...]]:
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for row in await tx.all(sql):
        texts[row["id"]].append(row["title"])
    return {number: tuple(found) for number, found in texts.items()}


async def _fault(tx: Transaction) -> str:
    """Return what SQLite finds wrong with the file; PostgreSQL has no such question."""
    if tx.dialect is Dialect.POSTGRES:
        return ""
    found = [row["integrity_check"] for row in await tx.all("PRAGMA integrity_check")]
    broken = await tx.all("PRAGMA foreign_key_check")
    return "" if found == ["ok"] and not broken else f"{found}, {len(broken)} dangling"

"""The ``article`` tables: what the site publishes, with all its earlier versions."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedserver.errors import ConflictError
from feedserver.model.article import Article, ArticleId, ArticleState, Content, Owner
from feedserver.model.entry import EntryId, StoryId
from feedserver.store import counters
from feedserver.store.database import Row, Transaction, from_micros, one, to_micros


async def next_id(tx: Transaction) -> ArticleId:
    """Take the number of a new article."""
    return ArticleId(await counters.take(tx, "article"))


async def next_seq(tx: Transaction) -> int:
    """Take the next place in the order of all changes to articles; other savers wait."""
    return await counters.take(tx, "change")


async def add(tx: Transaction, article: Article) -> None:
    """Keep a new article.

    Raises:
        ConflictError: One of its ids is another article's.
    """
    await tx.all(
        """
        INSERT INTO article (id, owner, external_id, guid, atom_id, state, version, seq,
            published_at, updated_at, title, content, sections, note, story_id, lead_id)
        VALUES (:id, :owner, :external_id, :guid, :atom_id, :state, :version, :seq,
            :published_at, :updated_at, :title, :content, :sections, :note, :story, :lead)
        """,
        id=article.id,
        owner=article.owner,
        external_id=article.external_id,
        guid=article.guid,
        atom_id=article.atom_id,
        state=article.state,
        version=article.version,
        seq=article.seq,
        published_at=to_micros(article.published_at),
        updated_at=to_micros(article.updated_at),
        title=article.content.title,
        content=_json(article.content),
        sections=_json(article.sections),
        note=article.note,
        story=article.story,
        lead=article.lead,
    )
    await _place(tx, article)


async def change(tx: Transaction, article: Article, *, now: datetime) -> None:
    """Keep the next version of an article, and the one before it as a revision.

    Raises:
        ConflictError: Somebody else has changed it since it was read.
    """
    await tx.all(
        """
        INSERT INTO article_revision (article_id, version, state, updated_at, content, sections,
            note, replaced_at)
        SELECT id, version, state, updated_at, content, sections, note, :now
        FROM article WHERE id = :id
        """,
        id=article.id,
        now=to_micros(now),
    )
    changed = await tx.all(
        """
        UPDATE article SET state = :state, version = :version, seq = :seq,
            published_at = :published_at, updated_at = :updated_at, title = :title,
            content = :content, sections = :sections, note = :note
        WHERE id = :id AND version = :version - 1 RETURNING id
        """,
        id=article.id,
        state=article.state,
        version=article.version,
        seq=article.seq,
        published_at=to_micros(article.published_at),
        updated_at=to_micros(article.updated_at),
        title=article.content.title,
        content=_json(article.content),
        sections=_json(article.sections),
        note=article.note,
    )
    if not changed:
        raise ConflictError(
            f"article {article.id} has changed since version {article.version - 1}; read it again"
        )
    await tx.all("DELETE FROM article_section WHERE article_id = :id", id=article.id)
    await _place(tx, article)


async def by_id(tx: Transaction, number: ArticleId) -> Article | None:
    """Return the article of that number."""
    row = await one(tx, "SELECT * FROM article WHERE id = :id", id=number)
    return None if row is None else _article(row)


async def by_external_id(tx: Transaction, external_id: str) -> Article | None:
    """Return the article that the CMS calls so; other savers of it wait for this transaction."""
    row = await one(
        tx, "SELECT * FROM article WHERE external_id = :id /* for update */", id=external_id
    )
    return None if row is None else _article(row)


async def called(tx: Transaction, external_id: str) -> Article | None:
    """Return the article that the CMS calls so, to be shown."""
    row = await one(tx, "SELECT * FROM article WHERE external_id = :id", id=external_id)
    return None if row is None else _article(row)


async def these(tx: Transaction, numbers: Sequence[ArticleId]) -> Sequence[Article]:
    """Return these articles, in this order."""
    rows = await tx.all(
        """
        SELECT * FROM article
        WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(CAST(:ids AS TEXT)))
        """,
        ids=_json(numbers),
    )
    by_number = {row["id"]: _article(row) for row in rows}
    return [by_number[number] for number in numbers if number in by_number]


async def newest(tx: Transaction, *, limit: int) -> Sequence[Article]:
    """Return the articles that changed last, the latest first."""
    rows = await tx.all("SELECT * FROM article ORDER BY seq DESC LIMIT :limit", limit=limit)
    return [_article(row) for row in rows]


async def had(tx: Transaction, article: Article) -> int | None:
    """Return the earlier version that had just this content and these sections, if one had."""
    row = await one(
        tx,
        """
        SELECT max(version) AS version FROM article_revision
        WHERE article_id = :id AND content = :content AND sections = :sections
        """,
        id=article.id,
        content=_json(article.content),
        sections=_json(article.sections),
    )
    return None if row is None else row["version"]


async def await_moment(tx: Transaction, article: ArticleId, moment: datetime) -> None:
    """Have the article's feeds made again at that moment."""
    await tx.all(
        "INSERT INTO article_due (at, article_id) VALUES (:at, :id) ON CONFLICT DO NOTHING",
        at=to_micros(moment),
        id=article,
    )


async def await_all(tx: Transaction, *, after: datetime) -> None:
    """Have the feeds of every article that is published after that moment made again at its own."""
    await tx.all(
        """
        INSERT INTO article_due (at, article_id)
        SELECT published_at, id FROM article WHERE published_at > :after
        ON CONFLICT DO NOTHING
        """,
        after=to_micros(after),
    )


async def take_due(tx: Transaction, *, now: datetime) -> Sequence[Article]:
    """Return the articles whose moment has come, each once, and wait for it no longer."""
    rows = await tx.all(
        "DELETE FROM article_due WHERE at <= :now RETURNING article_id", now=to_micros(now)
    )
    return await these(tx, sorted({ArticleId(row["article_id"]) for row in rows}))


async def any_due(tx: Transaction, *, now: datetime) -> bool:
    """Tell whether an article's moment has come."""
    row = await one(tx, "SELECT 1 FROM article_due WHERE at <= :now LIMIT 1", now=to_micros(now))
    return row is not None


async def add_pick(tx: Transaction, story: StoryId, section: str, article: ArticleId) -> bool:
    """Say that an article was made of a story for a section; False if there was one already."""
    rows = await tx.all(
        """
        INSERT INTO pick (story_id, section, article_id) VALUES (:story, :section, :article)
        ON CONFLICT (story_id, section) DO NOTHING RETURNING article_id
        """,
        story=story,
        section=section,
        article=article,
    )
    return bool(rows)


async def _place(tx: Transaction, article: Article) -> None:
    await tx.many(
        """
        INSERT INTO article_section (section, article_id, published_at)
        VALUES (:section, :article, :published_at)
        """,
        [
            {
                "section": section,
                "article": article.id,
                "published_at": to_micros(article.published_at),
            }
            for section in dict.fromkeys(article.sections)
        ],
    )


def _article(row: Row) -> Article:
    return Article(
        id=ArticleId(row["id"]),
        owner=Owner(row["owner"]),
        external_id=row["external_id"],
        guid=row["guid"],
        atom_id=row["atom_id"],
        state=ArticleState(row["state"]),
        version=row["version"],
        seq=row["seq"],
        published_at=from_micros(row["published_at"]),
        updated_at=from_micros(row["updated_at"]),
        content=msgspec.json.decode(row["content"], type=Content),
        sections=msgspec.json.decode(row["sections"], type=tuple[str, ...]),
        note=row["note"],
        story=None if row["story_id"] is None else StoryId(row["story_id"]),
        lead=None if row["lead_id"] is None else EntryId(row["lead_id"]),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

"""The ``feed``, ``fragment`` and ``document`` tables: how far each feed is, and its bytes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from feedserver.model.article import ArticleId
from feedserver.model.feed import Document, FeedName, FeedVersion, Format
from feedserver.store.database import Row, Transaction, from_micros, to_micros


async def have(tx: Transaction, names: Iterable[FeedName]) -> None:
    """Make sure that these feeds exist."""
    await tx.many(
        "INSERT INTO feed (name, version) VALUES (:name, 1) ON CONFLICT (name) DO NOTHING",
        [{"name": name} for name in sorted(set(names))],
    )


async def touch(tx: Transaction, names: Iterable[FeedName]) -> None:
    """Say that something changed that these feeds may hold, and wake who shows them."""
    await tx.many(
        """
        INSERT INTO feed (name, version) VALUES (:name, 1)
        ON CONFLICT (name) DO UPDATE SET version = feed.version + 1
        """,
        [{"name": name} for name in sorted(set(names))],
    )
    await tx.announce()


async def versions(tx: Transaction) -> Mapping[FeedName, FeedVersion]:
    """Return how far each feed is."""
    rows = await tx.all("SELECT name, version, shown, shown_at, made_of FROM feed")
    return {
        FeedName(row["name"]): FeedVersion(
            name=FeedName(row["name"]),
            version=row["version"],
            shown=row["shown"],
            shown_at=from_micros(row["shown_at"]),
            made_of=row["made_of"],
        )
        for row in rows
    }


async def show(tx: Transaction, feed: FeedVersion, documents: Sequence[Document]) -> bool:
    """Show these documents from now on, unless somebody showed as new a version before.

    Returns:
        False when another process was first; its documents stand, and are to be read instead.
    """
    rows = await tx.all(
        """
        UPDATE feed SET shown = :shown, shown_at = :shown_at, made_of = :made_of
        WHERE name = :name AND shown_at < :shown_at
            AND (shown < :shown OR shown = :shown AND made_of <> :made_of)
        RETURNING name
        """,
        name=feed.name,
        shown=feed.shown,
        shown_at=to_micros(feed.shown_at),
        made_of=feed.made_of,
    )
    if not rows:
        return False
    await tx.many(
        """
        INSERT INTO document (feed, format, version, etag, modified_at, body, gzip)
        VALUES (:feed, :format, :version, :etag, :modified_at, :body, :gzip)
        ON CONFLICT (feed, format) DO UPDATE SET version = excluded.version, etag = excluded.etag,
            modified_at = excluded.modified_at, body = excluded.body, gzip = excluded.gzip
        """,
        [
            {
                "feed": document.feed,
                "format": document.format,
                "version": document.version,
                "etag": document.etag,
                "modified_at": to_micros(document.modified_at),
                "body": document.body,
                "gzip": document.gzip,
            }
            for document in documents
        ],
    )
    return True


async def documents(tx: Transaction, name: FeedName) -> Sequence[Document]:
    """Return the documents that a feed shows, one for each format."""
    rows = await tx.all("SELECT * FROM document WHERE feed = :name", name=name)
    return [_document(row) for row in rows]


async def fragments(
    tx: Transaction, articles: Sequence[ArticleId], format_: Format
) -> Mapping[ArticleId, tuple[str, bytes]]:
    """Return the rendered items of these articles, each with what it was made of."""
    rows = await tx.all(
        """
        SELECT article_id, made_of, body FROM fragment
        WHERE format = :format AND article_id IN (
            SELECT CAST(value AS BIGINT) FROM json_each(CAST(:ids AS TEXT))
        )
        """,
        format=format_,
        ids=msgspec.json.encode(articles).decode(),
    )
    return {ArticleId(row["article_id"]): (row["made_of"], row["body"]) for row in rows}


async def keep_fragments(
    tx: Transaction, format_: Format, made: Iterable[tuple[ArticleId, str, bytes]]
) -> None:
    """Keep rendered items in place of those that were made before."""
    await tx.many(
        """
        INSERT INTO fragment (article_id, format, made_of, body)
        VALUES (:article, :format, :made_of, :body)
        ON CONFLICT (article_id, format) DO UPDATE
        SET made_of = excluded.made_of, body = excluded.body
        """,
        [
            {"article": article, "format": format_, "made_of": made_of, "body": body}
            for article, made_of, body in made
        ],
    )


async def raise_all(tx: Transaction, *, now: datetime) -> None:
    """Raise all versions past any that was ever shown: after a restore (promise P5)."""
    await tx.all(
        """
        UPDATE feed SET version = CASE WHEN version < :now THEN :now ELSE version + 1 END
        """,
        now=to_micros(now),
    )


def _document(row: Row) -> Document:
    return Document(
        feed=FeedName(row["feed"]),
        format=Format(row["format"]),
        version=row["version"],
        etag=row["etag"],
        modified_at=from_micros(row["modified_at"]),
        body=row["body"],
        gzip=row["gzip"],
    )

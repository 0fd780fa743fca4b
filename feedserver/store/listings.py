"""Which articles come into question for a feed: few columns of few rows, by index."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedserver.model.article import ArticleId, ArticleState, Listed
from feedserver.store.database import Row, Transaction, from_micros, to_micros


async def for_section(
    tx: Transaction, section: str, *, length: int, since: datetime, now: datetime
) -> Sequence[Listed]:
    """Return the newest ``length`` articles placed in a section, and all published ``since``.

    Those that are to be published after ``now`` are not counted: they would crowd others out.
    """
    rows = await tx.all(
        """
        SELECT id, external_id, version, published_at, updated_at, sections, state FROM article
        WHERE id IN (
            SELECT article_id FROM (
                SELECT article_id FROM article_section
                WHERE section = :section AND published_at <= :now
                ORDER BY published_at DESC, article_id DESC LIMIT :length
            ) AS newest
            UNION
            SELECT article_id FROM article_section
            WHERE section = :section AND published_at > :since AND published_at <= :now
        )
        """,
        section=section,
        length=length,
        since=to_micros(since),
        now=to_micros(now),
    )
    return [_listed(row) for row in rows]


async def for_site(
    tx: Transaction, *, length: int, since: datetime, now: datetime
) -> Sequence[Listed]:
    """Return the newest ``length`` articles of all, and all published ``since``, up to ``now``."""
    rows = await tx.all(
        """
        SELECT id, external_id, version, published_at, updated_at, sections, state FROM article
        WHERE id IN (
            SELECT id FROM (
                SELECT id FROM article WHERE published_at <= :now
                ORDER BY published_at DESC, id DESC LIMIT :length
            ) AS newest
            UNION
            SELECT id FROM article WHERE published_at > :since AND published_at <= :now
        )
        """,
        length=length,
        since=to_micros(since),
        now=to_micros(now),
    )
    return [_listed(row) for row in rows]


async def amended(tx: Transaction, *, since: datetime) -> Sequence[Listed]:
    """Return the articles that were corrected or retracted ``since``, however old they are."""
    rows = await tx.all(
        """
        SELECT id, external_id, version, published_at, updated_at, sections, state FROM article
        WHERE state IN ('corrected', 'retracted', 'withdrawn') AND updated_at > :since
        """,
        since=to_micros(since),
    )
    return [_listed(row) for row in rows]


async def pinned(tx: Transaction, pins: Sequence[str]) -> Sequence[Listed]:
    """Return the articles that are pinned by external id or by number."""
    if not pins:
        return ()
    rows = await tx.all(
        """
        SELECT id, external_id, version, published_at, updated_at, sections, state FROM article
        WHERE external_id IN (SELECT value FROM json_each(CAST(:pins AS TEXT)))
            OR CAST(id AS TEXT) IN (SELECT value FROM json_each(CAST(:pins AS TEXT)))
        """,
        pins=msgspec.json.encode(pins).decode(),
    )
    return [_listed(row) for row in rows]


def _listed(row: Row) -> Listed:
    return Listed(
        id=ArticleId(row["id"]),
        external_id=row["external_id"],
        version=row["version"],
        published_at=from_micros(row["published_at"]),
        updated_at=from_micros(row["updated_at"]),
        sections=msgspec.json.decode(row["sections"], type=tuple[str, ...]),
        state=ArticleState(row["state"]),
    )

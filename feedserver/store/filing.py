"""What the filer reads and writes: entries on their way into stories."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from feedserver.model.entry import EntryId, StoryId
from feedserver.model.source import SourceId
from feedserver.model.story import Candidate, Edge, Method, Twins, Unfiled
from feedserver.store import counters, stories
from feedserver.store.database import (
    MICROSECOND,
    Row,
    Transaction,
    from_micros,
    one,
    to_micros,
)
from feedserver.store.entries import Extras


async def unfiled(tx: Transaction, *, limit: int) -> Sequence[Unfiled]:
    """Return the entries that wait to be filed, in the order in which they came in."""
    rows = await tx.all(
        """
        SELECT entry.id, entry.source_id, source.key, source.section, entry.title,
            entry.canonical, entry.link_key, entry.title_key, entry.extras, entry.first_seen_at,
            entry.story_id, coalesce(entry.language, source.language) AS language
        FROM entry JOIN source ON source.id = entry.source_id
        WHERE entry.filed_at IS NULL ORDER BY entry.id LIMIT :limit
        """,
        limit=limit,
    )
    return [_unfiled(row) for row in rows]


async def anything_waits(tx: Transaction) -> bool:
    """Tell whether there is an entry to file, or twins to join."""
    entry = await one(tx, "SELECT id FROM entry WHERE filed_at IS NULL LIMIT 1")
    return entry is not None or await next_twins(tx) is not None


async def candidates(
    tx: Transaction, *, upto: EntryId, titles_within: timedelta
) -> Sequence[Candidate]:
    """Return for each unfiled entry up to ``upto`` the first that it may be a copy of, by method.

    Args:
        titles_within: How far apart two entries of one source with one title may have come in.
    """
    links = await tx.all(
        """
        SELECT fresh.id AS fresh_id, old.id, old.story_id, fresh.canonical AS evidence
        FROM entry AS fresh JOIN entry AS old ON old.id = (
            SELECT min(same.id) FROM entry AS same
            WHERE same.link_key = fresh.link_key AND same.canonical = fresh.canonical
                AND same.id < fresh.id
        )
        WHERE fresh.filed_at IS NULL AND fresh.story_id IS NULL AND fresh.id <= :upto
        """,
        upto=upto,
    )
    titles = await tx.all(
        """
        SELECT fresh.id AS fresh_id, old.id, old.story_id, fresh.title AS evidence
        FROM entry AS fresh JOIN entry AS old ON old.id = (
            SELECT min(same.id) FROM entry AS same
            WHERE same.source_id = fresh.source_id AND same.title_key = fresh.title_key
                AND same.id < fresh.id AND same.first_seen_at >= fresh.first_seen_at - :window
        )
        WHERE fresh.filed_at IS NULL AND fresh.story_id IS NULL AND fresh.id <= :upto
        """,
        upto=upto,
        window=titles_within // MICROSECOND,
    )
    return [
        *(_candidate(row, Method.LINK) for row in links),
        *(_candidate(row, Method.TITLE) for row in titles),
    ]


async def open_story(tx: Transaction, first: Unfiled) -> StoryId:
    """Make a story of one entry."""
    story = StoryId(await counters.take(tx, "story"))
    await tx.all(
        """
        INSERT INTO story (id, title, lead_id, language, first_seen_at, last_seen_at)
        VALUES (:id, :title, :lead, :language, :seen, :seen)
        """,
        id=story,
        title=first.title,
        lead=first.entry,
        language=first.language,
        seen=to_micros(first.first_seen_at),
    )
    return story


async def put_in(tx: Transaction, story: StoryId, entry: Unfiled, *, now: datetime) -> None:
    """File an entry into a story."""
    await tx.all(
        "UPDATE entry SET story_id = :story, filed_at = :now WHERE id = :entry",
        story=story,
        entry=entry.entry,
        now=to_micros(now),
    )
    await tx.all(
        """
        INSERT INTO story_source (source_id, story_id) VALUES (:source, :story)
        ON CONFLICT DO NOTHING
        """,
        source=entry.source,
        story=story,
    )


async def grown(tx: Transaction, story: StoryId, *, last_seen_at: datetime) -> None:
    """Say that a story changed: it has one more entry, or one of its entries was revised."""
    await tx.all(
        """
        UPDATE story SET revision = revision + 1,
            title = (SELECT title FROM entry WHERE entry.id = story.lead_id),
            last_seen_at = CASE WHEN last_seen_at < :seen THEN :seen ELSE last_seen_at END
        WHERE id = :story
        """,
        story=story,
        seen=to_micros(last_seen_at),
    )


async def refiled(tx: Transaction, entry: EntryId, *, now: datetime) -> None:
    """Say that a revised entry need not wait any longer."""
    await tx.all(
        "UPDATE entry SET filed_at = :now WHERE id = :entry", entry=entry, now=to_micros(now)
    )


async def offer(tx: Transaction, story: StoryId, sections: Iterable[tuple[str, str]]) -> None:
    """Offer a story to sections, each with the reason; the first reason stands."""
    await tx.many(
        """
        INSERT INTO story_section (section, story_id, reason) VALUES (:section, :story, :reason)
        ON CONFLICT (section, story_id) DO NOTHING
        """,
        [{"section": slug, "story": story, "reason": reason} for slug, reason in sections],
    )


async def add_edge(tx: Transaction, edge: Edge) -> None:
    """Keep why an entry is in its story."""
    await tx.all(
        """
        INSERT INTO edge (entry_id, other_id, method, score, evidence, algorithm, made_at)
        VALUES (:entry, :other, :method, :score, :evidence, :algorithm, :made_at)
        ON CONFLICT (entry_id, other_id, method) DO NOTHING
        """,
        entry=edge.entry,
        other=edge.other,
        method=edge.method,
        score=edge.score,
        evidence=msgspec.json.encode(edge.evidence).decode(),
        algorithm=edge.algorithm,
        made_at=to_micros(edge.made_at),
    )


async def next_twins(tx: Transaction) -> Twins | None:
    """Return two twins that were not yet looked at and are both filed, the earliest first."""
    row = await one(
        tx,
        """
        SELECT entry_id, other_id, a.story_id AS story, b.story_id AS other_story
        FROM twin JOIN entry AS a ON a.id = entry_id JOIN entry AS b ON b.id = other_id
        WHERE joined_at IS NULL AND a.story_id IS NOT NULL AND b.story_id IS NOT NULL
        ORDER BY entry_id, other_id LIMIT 1
        """,
    )
    if row is None:
        return None
    return Twins(
        entry=EntryId(row["entry_id"]),
        other=EntryId(row["other_id"]),
        story=StoryId(row["story"]),
        other_story=StoryId(row["other_story"]),
    )


async def touched(tx: Transaction, story: StoryId) -> bool:
    """Tell whether a person has acted on a story; until we commit, whoever wants to waits."""
    await stories.hold(tx, story)
    return await one(tx, "SELECT 1 FROM pick WHERE story_id = :id LIMIT 1", id=story) is not None


async def twins_done(tx: Transaction, couple: Twins, *, now: datetime) -> None:
    """Say that these twins were looked at."""
    await tx.all(
        "UPDATE twin SET joined_at = :now WHERE entry_id = :entry AND other_id = :other",
        entry=couple.entry,
        other=couple.other,
        now=to_micros(now),
    )


async def merge(tx: Transaction, story: StoryId, *, into: StoryId) -> None:
    """Move all entries of a story to another; its number leads there from now on."""
    await tx.all(
        "UPDATE entry SET story_id = :into WHERE story_id = :story", into=into, story=story
    )
    await tx.all(
        """
        INSERT INTO story_source (source_id, story_id)
        SELECT source_id, :into FROM story_source WHERE story_id = :story
        ON CONFLICT DO NOTHING
        """,
        into=into,
        story=story,
    )
    await tx.all(
        """
        INSERT INTO story_section (section, story_id, reason)
        SELECT section, :into, reason FROM story_section WHERE story_id = :story
        ON CONFLICT DO NOTHING
        """,
        into=into,
        story=story,
    )
    await tx.all(
        """
        UPDATE story SET merged_into = :into, revision = revision + 1
        WHERE id = :story OR merged_into = :story
        """,
        into=into,
        story=story,
    )
    await tx.all(
        """
        UPDATE story SET revision = revision + 1, last_seen_at = (
            SELECT max(last_seen_at) FROM story WHERE id IN (:story, :into)
        )
        WHERE id = :into
        """,
        into=into,
        story=story,
    )


def _unfiled(row: Row) -> Unfiled:
    return Unfiled(
        entry=EntryId(row["id"]),
        source=SourceId(row["source_id"]),
        source_key=row["key"],
        section=row["section"],
        title=row["title"],
        canonical=row["canonical"],
        link_key=row["link_key"],
        title_key=row["title_key"],
        language=row["language"],
        categories=msgspec.json.decode(row["extras"], type=Extras).categories,
        first_seen_at=from_micros(row["first_seen_at"]),
        story=None if row["story_id"] is None else StoryId(row["story_id"]),
    )


def _candidate(row: Row, method: Method) -> Candidate:
    return Candidate(
        entry=EntryId(row["fresh_id"]),
        other=EntryId(row["id"]),
        story=None if row["story_id"] is None else StoryId(row["story_id"]),
        method=method,
        evidence=row["evidence"],
    )

"""The ``entry``, ``identity`` and ``revision`` tables: what sources sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from feedserver.model.entry import (
    Draft,
    Enclosure,
    Entry,
    EntryId,
    Image,
    Item,
    Known,
    Received,
    Revision,
    StoryId,
)
from feedserver.model.source import SourceId
from feedserver.store import counters, search
from feedserver.store.database import (
    Row,
    Transaction,
    Value,
    from_micros,
    micros_or_none,
    moment_or_none,
    to_micros,
)


class Extras(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of an item is read whole and never asked for in SQL."""

    categories: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


async def known(tx: Transaction, source: SourceId, keys: Sequence[int]) -> Mapping[int, Known]:
    """Return which entry of the source each of these names stands for; unknown ones are absent."""
    rows = await tx.all(
        """
        SELECT identity.key, entry.id, entry.guid, entry.title, entry.hash, entry.stamp
        FROM identity JOIN entry ON entry.id = identity.entry_id
        WHERE identity.source_id = :source
            AND identity.key IN (
                SELECT CAST(value AS BIGINT) FROM json_each(CAST(:keys AS TEXT))
            )
        """,
        source=source,
        keys=_json(keys),
    )
    return {
        row["key"]: Known(
            entry=EntryId(row["id"]),
            guid=row["guid"],
            title=row["title"],
            hash=row["hash"],
            stamp=row["stamp"],
        )
        for row in rows
    }


async def add(
    tx: Transaction, source: SourceId, drafts: Sequence[Draft], *, now: datetime
) -> Sequence[EntryId]:
    """Keep new entries, unfiled and searchable; return their ids, in order."""
    if not drafts:
        return ()
    first = await counters.take(tx, "entry", len(drafts))
    ids = [EntryId(first + place) for place in range(len(drafts))]
    await tx.many(
        """
        INSERT INTO entry (id, source_id, guid, link, canonical, link_key, title_key, title,
            summary, content, author, language, published_at, updated_at, extras, received, hash,
            stamp, first_seen_at, changed_at)
        VALUES (:id, :source, :guid, :link, :canonical, :link_key, :title_key, :title,
            :summary, :content, :author, :language, :published_at, :updated_at, :extras,
            :received, :hash, :stamp, :now, :now)
        """,
        [
            _values(draft, now) | {"id": number, "source": source}
            for number, draft in zip(ids, drafts, strict=True)
        ],
    )
    await search.index(tx, [(number, d.words) for number, d in zip(ids, drafts, strict=True)])
    return ids


async def change(tx: Transaction, changed: Sequence[tuple[Known, Draft]], *, now: datetime) -> None:
    """Bring known entries up to date; where a text changed, keep the old one as a revision.

    A revised entry waits to be filed again, so that its story follows it.
    """
    # In the order of their ids, as the filer takes them: else each might wait for the other.
    changed = sorted(changed, key=lambda couple: couple[0].entry)
    revised = [(was, draft) for was, draft in changed if was.hash != draft.hash]
    await tx.many(
        """
        INSERT INTO revision (entry_id, number, title, summary, content, link, replaced_at)
        SELECT id, revisions + 1, title, summary, content, link, :now FROM entry WHERE id = :id
        """,
        [{"id": was.entry, "now": to_micros(now)} for was, _ in revised],
    )
    await tx.many(
        """
        UPDATE entry SET guid = :guid, link = :link, canonical = :canonical, link_key = :link_key,
            title_key = :title_key, title = :title, summary = :summary, content = :content,
            author = :author, language = :language, published_at = :published_at,
            updated_at = :updated_at, extras = :extras, received = :received, stamp = :stamp,
            changed_at = :now, revisions = revisions + CASE WHEN hash = :hash THEN 0 ELSE 1 END,
            filed_at = CASE WHEN hash = :hash THEN filed_at END, hash = :hash
        WHERE id = :id
        """,
        [_values(draft, now) | {"id": was.entry} for was, draft in changed],
    )
    await search.replace(tx, [(was.entry, draft.words) for was, draft in changed])


async def remember(tx: Transaction, source: SourceId, names: Sequence[tuple[int, EntryId]]) -> None:
    """Remember names for entries; a name that another entry has stays with that one."""
    await tx.many(
        """
        INSERT INTO identity (source_id, key, entry_id) VALUES (:source, :key, :entry)
        ON CONFLICT (source_id, key) DO NOTHING
        """,
        [{"source": source, "key": key, "entry": entry} for key, entry in names],
    )


async def pair(tx: Transaction, twins: Sequence[tuple[EntryId, EntryId]], *, now: datetime) -> None:
    """Say that two entries of a source go by the names of one item; the filer joins them."""
    await tx.many(
        """
        INSERT INTO twin (entry_id, other_id, found_at) VALUES (:entry, :other, :now)
        ON CONFLICT (entry_id, other_id) DO NOTHING
        """,
        [{"entry": max(couple), "other": min(couple), "now": to_micros(now)} for couple in twins],
    )


async def of_stories(
    tx: Transaction, stories: Sequence[StoryId], *, texts: bool
) -> Sequence[Entry]:
    """Return the entries of these stories, in the order in which they came in.

    Args:
        texts: Whether ``content`` and ``received`` are wanted; a list of many does without.
    """
    rows = await tx.all(
        """
        SELECT id, source_id, guid, link, canonical, title, summary, author, language,
            published_at, updated_at, extras, hash, first_seen_at, changed_at, revisions, story_id,
            CASE WHEN :texts = 1 THEN content ELSE '' END AS content,
            CASE WHEN :texts = 1 THEN received END AS received
        FROM entry
        WHERE story_id IN (SELECT CAST(value AS BIGINT) FROM json_each(CAST(:ids AS TEXT)))
        ORDER BY id
        """,
        ids=_json(stories),
        texts=int(texts),
    )
    return [_entry(row) for row in rows]


async def revisions(tx: Transaction, entry: EntryId) -> Sequence[Revision]:
    """Return the earlier texts of an entry, oldest first."""
    rows = await tx.all("SELECT * FROM revision WHERE entry_id = :id ORDER BY number", id=entry)
    return [
        Revision(
            entry=EntryId(row["entry_id"]),
            title=row["title"],
            summary=row["summary"],
            content=row["content"],
            link=row["link"],
            replaced_at=from_micros(row["replaced_at"]),
        )
        for row in rows
    ]


async def forget_received(tx: Transaction, *, before: datetime) -> None:
    """Drop the texts as received of entries that have not changed since then."""
    await tx.all(
        "UPDATE entry SET received = NULL WHERE received IS NOT NULL AND changed_at < :before",
        before=to_micros(before),
    )


def _values(draft: Draft, now: datetime) -> dict[str, Value]:
    item = draft.item
    extras = Extras(categories=item.categories, images=item.images, enclosures=item.enclosures)
    return {
        "guid": item.guid,
        "link": item.link,
        "canonical": item.canonical,
        "link_key": draft.link_key,
        "title_key": draft.title_key,
        "title": item.title,
        "summary": item.summary,
        "content": item.content,
        "author": item.author,
        "language": item.language,
        "published_at": micros_or_none(item.published_at),
        "updated_at": micros_or_none(item.updated_at),
        "extras": _json(extras),
        "received": None if item.received == Received() else _json(item.received),
        "hash": draft.hash,
        "stamp": draft.stamp,
        "now": to_micros(now),
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _entry(row: Row) -> Entry:
    extras = msgspec.json.decode(row["extras"], type=Extras)
    received = row["received"]
    return Entry(
        id=EntryId(row["id"]),
        source=SourceId(row["source_id"]),
        item=Item(
            guid=row["guid"],
            link=row["link"],
            canonical=row["canonical"],
            title=row["title"],
            summary=row["summary"],
            content=row["content"],
            author=row["author"],
            language=row["language"],
            published_at=moment_or_none(row["published_at"]),
            updated_at=moment_or_none(row["updated_at"]),
            categories=extras.categories,
            images=extras.images,
            enclosures=extras.enclosures,
            received=msgspec.json.decode(received, type=Received) if received else Received(),
        ),
        hash=row["hash"],
        first_seen_at=from_micros(row["first_seen_at"]),
        changed_at=from_micros(row["changed_at"]),
        revisions=row["revisions"],
        story=None if row["story_id"] is None else StoryId(row["story_id"]),
    )

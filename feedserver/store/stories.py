"""The ``story`` tables, as people read them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import LiteralString

import msgspec

from feedserver.model.article import ArticleId
from feedserver.model.entry import Entry, EntryId, StoryId
from feedserver.model.story import Edge, Method, Story, StoryFilter
from feedserver.store import entries, search
from feedserver.store.database import Row, Transaction, from_micros, one

AMONG: LiteralString = "(SELECT CAST(value AS BIGINT) FROM json_each(CAST(:ids AS TEXT)))"
NEWEST = StoryId(2**62)


async def page(
    tx: Transaction, wanted: StoryFilter, *, before: StoryId | None, limit: int
) -> Sequence[Story]:
    """Return stories, the newest first, without the bodies of their entries.

    Args:
        before: Only stories older than this one: the last of the page before.
    """
    found = await _found(tx, wanted, before=before, limit=limit)
    return await load(tx, found, texts=False)


async def get(tx: Transaction, story: StoryId) -> Story | None:
    """Return a story with everything that belongs to it."""
    found = await load(tx, [story], texts=True)
    return found[0] if found else None


async def load(tx: Transaction, ids: Sequence[StoryId], *, texts: bool) -> Sequence[Story]:
    """Return these stories in this order; those that do not exist are left out."""
    among = _json(ids)
    rows = await tx.all("SELECT * FROM story WHERE id IN " + AMONG, ids=among)
    sections = await tx.all(
        "SELECT story_id, section FROM story_section WHERE story_id IN "
        + AMONG
        + " ORDER BY section",
        ids=among,
    )
    picks = await tx.all(
        "SELECT story_id, section, article_id FROM pick WHERE story_id IN " + AMONG, ids=among
    )
    edges = await tx.all(
        "SELECT edge.*, entry.story_id FROM edge JOIN entry ON entry.id = edge.entry_id "
        "WHERE entry.story_id IN " + AMONG + " ORDER BY edge.entry_id, edge.other_id",
        ids=among,
    )
    members = await entries.of_stories(tx, ids, texts=texts)
    parts = _Parts(sections, picks, edges)
    by_story: defaultdict[StoryId, list[Entry]] = defaultdict(list)
    for entry in members:
        if entry.story is not None:
            by_story[entry.story].append(entry)
    by_id = {row["id"]: row for row in rows}
    return [
        parts.story(by_id[number], tuple(by_story[number])) for number in ids if number in by_id
    ]


async def hold(tx: Transaction, story: StoryId) -> None:
    """Keep a story as it is until we commit: whoever else wants to change it waits."""
    await tx.all("SELECT id FROM story WHERE id = :id /* for update */", id=story)


async def count(tx: Transaction) -> int:
    """Return how many stories there are."""
    row = await one(tx, "SELECT count(*) AS number FROM story WHERE merged_into IS NULL")
    return int(row["number"]) if row else 0


async def _found(
    tx: Transaction, wanted: StoryFilter, *, before: StoryId | None, limit: int
) -> Sequence[StoryId]:
    sql: LiteralString = "SELECT story.id FROM story"
    if wanted.section is not None:
        sql += " JOIN story_section ON story_section.story_id = story.id AND section = :section"
    if wanted.source is not None:
        sql += (
            " JOIN story_source ON story_source.story_id = story.id"
            " AND source_id = (SELECT id FROM source WHERE key = :source)"
        )
    sql += " WHERE story.id < :older AND merged_into IS NULL"
    if wanted.language is not None:
        sql += (
            " AND (lower(language) = :language"
            " OR substr(lower(language), 1, length(:variant)) = :variant)"
        )
    if wanted.words:
        sql += " AND story.id IN " + search.told_with(tx.dialect)
    language = (wanted.language or "").lower()
    rows = await tx.all(
        sql + " ORDER BY story.id DESC LIMIT :limit",
        section=wanted.section,
        source=wanted.source,
        language=language,
        variant=f"{language}-",
        query=search.query(tx.dialect, wanted.words),
        older=NEWEST if before is None else before,
        limit=limit,
    )
    return [StoryId(row["id"]) for row in rows]


class _Parts:
    """The rows of several stories, sorted to the story that they belong to."""

    def __init__(self, sections: Iterable[Row], picks: Iterable[Row], edges: Iterable[Row]) -> None:
        self._sections: defaultdict[int, list[str]] = defaultdict(list)
        self._picks: defaultdict[int, dict[str, ArticleId]] = defaultdict(dict)
        self._edges: defaultdict[int, list[Edge]] = defaultdict(list)
        for row in sections:
            self._sections[row["story_id"]].append(row["section"])
        for row in picks:
            self._picks[row["story_id"]][row["section"]] = ArticleId(row["article_id"])
        for row in edges:
            self._edges[row["story_id"]].append(_edge(row))

    def story(self, row: Row, members: tuple[Entry, ...]) -> Story:
        number = row["id"]
        return Story(
            id=StoryId(number),
            title=row["title"],
            lead=EntryId(row["lead_id"]),
            language=row["language"],
            first_seen_at=from_micros(row["first_seen_at"]),
            last_seen_at=from_micros(row["last_seen_at"]),
            revision=row["revision"],
            sections=tuple(self._sections[number]),
            picks=dict(self._picks[number]),
            entries=members,
            edges=tuple(self._edges[number]),
            merged_into=None if row["merged_into"] is None else StoryId(row["merged_into"]),
        )


def _edge(row: Row) -> Edge:
    evidence: Mapping[str, str] = msgspec.json.decode(row["evidence"], type=dict[str, str])
    return Edge(
        entry=EntryId(row["entry_id"]),
        other=EntryId(row["other_id"]),
        method=Method(row["method"]),
        score=row["score"],
        evidence=evidence,
        algorithm=row["algorithm"],
        made_at=from_micros(row["made_at"]),
    )


def _json(ids: Sequence[int]) -> str:
    return msgspec.json.encode(ids).decode()

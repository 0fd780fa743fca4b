"""Entries become stories, on both databases alike."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from feedserver.model.article import ArticleId
from feedserver.model.entry import Draft, EntryId, StoryId
from feedserver.model.source import Source
from feedserver.model.story import Method, Story, StoryFilter, Unfiled
from feedserver.store import articles, entries, stories
from feedserver.store.database import Database
from feedserver.store.opening import open_database
from feedserver.stories.filer import Filer
from tests.fakes import FakeClock
from tests.store.interrupted import Interrupted
from tests.store.samples import MINUTE, NOW, article, draft, follow, receive, wish

TITLE = "The dam opens after ten long years of work"


def route(entry: Unfiled) -> Sequence[tuple[str, str]]:
    return [] if entry.section is None else [(entry.section, f"source {entry.source_key}")]


def make_filer(database: Database, clock: FakeClock, holder: str = "one") -> Filer:
    return Filer(database=database, clock=clock, route=route, holder=holder)


@pytest.fixture
def filer(database: Database, clock: FakeClock) -> Filer:
    return make_filer(database, clock)


@pytest.fixture
async def sources(database: Database) -> Sequence[Source]:
    return await follow(database, wish("north", section="us"), wish("south", section="world"))


async def inbox(database: Database) -> Sequence[Story]:
    """Return all stories, the oldest first."""
    async with database.read() as tx:
        return (await stories.page(tx, StoryFilter(), before=None, limit=1000))[::-1]


def members(found: Sequence[Story]) -> list[list[int]]:
    return [[entry.id for entry in story.entries] for story in found]


def reasons(story: Story) -> list[tuple[int, int, str]]:
    return [(edge.entry, edge.other, edge.method) for edge in story.edges]


async def revise(database: Database, source: Source, old: Draft, new: Draft) -> None:
    async with database.write() as tx:
        known = await entries.known(tx, source.id, old.keys)
        await entries.change(tx, [(known[old.keys[0]], new)], now=NOW + MINUTE)


async def test_an_entry_unlike_all_others_is_a_story_of_one(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    await receive(database, sources[0], draft("Dam opens", link="dam"), draft("Match lost"))
    assert await filer.file_all() == 2
    one, two = await inbox(database)
    assert (one.title, one.sections, one.revision, one.edges) == ("Dam opens", ("us",), 1, ())
    assert two.title == "Match lost"


async def test_filing_again_changes_nothing(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    await receive(database, sources[0], draft(TITLE), draft("Other"))
    await filer.file_all()
    before = await inbox(database)
    assert await filer.file_all() == 0
    assert await inbox(database) == before


async def test_a_copy_by_another_outlet_joins_by_its_link(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    north, south = sources
    [a] = await receive(database, north, draft("Dam opens", link="dam"))
    assert await filer.file_all() == 1
    [b] = await receive(database, south, draft("Barrage ouvert", link="dam"), now=NOW + MINUTE)
    assert await filer.file_all() == 1
    [story] = await inbox(database)
    assert (story.title, story.lead, story.sections) == ("Dam opens", a, ("us", "world"))
    assert reasons(story) == [(b, a, Method.LINK)]
    assert story.edges[0].evidence == {"link": "https://example.org/dam"}
    assert (story.last_seen_at, story.revision) == (NOW + MINUTE, 2)


async def test_copies_that_come_together_join_as_well(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    north, south = sources
    await receive(database, north, draft(TITLE, link="dam"), draft(TITLE, link="dam-2"))
    await receive(database, south, draft("Barrage ouvert", link="dam-2"))
    assert await filer.file_some() == 3
    [story] = await inbox(database)
    assert reasons(story) == [(2, 1, Method.TITLE), (3, 2, Method.LINK)]


@pytest.mark.parametrize(
    ("title", "after", "joined"),
    [
        (TITLE, timedelta(days=2), True),
        (TITLE.upper() + "!", timedelta(0), True),
        (TITLE, timedelta(days=4), False),
        ("Letters", timedelta(0), False),
    ],
    ids=["a new address", "other letters and signs", "days later", "a title that tells little"],
)
async def test_a_headline_joins_within_a_source_and_a_few_days(
    *,
    database: Database,
    filer: Filer,
    sources: Sequence[Source],
    title: str,
    after: timedelta,
    joined: bool,
) -> None:
    first = TITLE if title.upper().startswith(TITLE.upper()) else title
    await receive(database, sources[0], draft(first, link="a"))
    await receive(database, sources[0], draft(title, link="b"), now=NOW + after)
    await filer.file_all()
    assert members(await inbox(database)) == ([[1, 2]] if joined else [[1], [2]])


async def test_a_headline_joins_no_other_source(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    for source in sources:
        await receive(database, source, draft(TITLE))
    await filer.file_all()
    assert members(await inbox(database)) == [[1], [2]]


async def test_a_revised_lead_gives_its_story_the_new_headline(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    old, other = draft("Dam opens", link="dam"), draft("Barrage ouvert", link="dam")
    await receive(database, sources[0], old)
    await receive(database, sources[1], other)
    await filer.file_all()
    await revise(database, sources[0], old, draft("Dam opens, minister resigns", link="dam"))
    assert await filer.file_all() == 1
    [story] = await inbox(database)
    assert (story.title, story.revision) == ("Dam opens, minister resigns", 3)
    await revise(database, sources[1], other, draft("Barrage ouvert", link="dam", text="Suite"))
    assert await filer.file_all() == 1
    [story] = await inbox(database)
    assert (story.title, story.revision) == ("Dam opens, minister resigns", 4)
    assert members([story]) == [[1, 2]]


async def test_twins_bring_their_stories_together(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    a, b, c = await receive(
        database, sources[0], draft("One", link="1"), draft("Two", link="2"), draft("Three")
    )
    await filer.file_all()
    async with database.write() as tx:
        await entries.pair(tx, [(c, b), (a, b)], now=NOW)
    assert await filer.file_all() == 2
    [story] = await inbox(database)
    assert members([story]) == [[a, b, c]]
    assert reasons(story) == [(b, a, Method.GUID), (c, b, Method.GUID)]
    async with database.read() as tx:
        merged = [await stories.get(tx, StoryId(story.id + after)) for after in (1, 2)]
    assert [gone and gone.merged_into for gone in merged] == [story.id, story.id]


async def test_a_story_that_a_person_has_acted_on_is_not_merged_away(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    a, b = await receive(database, sources[0], draft("One"), draft("Two"))
    await filer.file_all()
    _, later = await inbox(database)
    async with database.write() as tx:
        await articles.add(tx, article(1))
        await articles.add_pick(tx, later.id, "us", ArticleId(1))
        await entries.pair(tx, [(a, b)], now=NOW)
    assert await filer.file_all() == 1
    assert members(await inbox(database)) == [[a], [b]]
    assert await filer.file_all() == 0


async def test_more_than_a_batch_is_filed_to_the_end(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    many = [draft(f"Story {number}", link=f"{number % 150}") for number in range(450)]
    ids = await receive(database, sources[0], *many)
    async with database.write() as tx:
        await entries.pair(tx, list(zip(ids, ids[150:], strict=False)), now=NOW)
    assert await filer.file_all() == 450 + 300
    found = await inbox(database)
    assert len(found) == 150
    assert members(found)[7] == [8, 158, 308]


async def test_two_who_file_at_once_file_everything_once(
    database: Database, other: Database, filer: Filer, clock: FakeClock, sources: Sequence[Source]
) -> None:
    many = [draft(f"Story {number}", link=f"{number % 5}") for number in range(20)]
    await receive(database, sources[0], *many)
    second = make_filer(other, clock, holder="two")
    filed = await asyncio.gather(filer.file_all(), second.file_all())
    assert sorted(filed) == [0, 20]
    assert len(await inbox(database)) == 5
    await receive(database, sources[0], draft("Later"))
    first, loser = (filer, second) if filed[0] else (second, filer)
    assert await loser.file_all() == 0
    clock.moment += timedelta(seconds=30)
    assert await loser.file_all() == 1
    assert await first.file_all() == 0


async def test_who_is_stopped_while_filing_leaves_all_or_nothing(
    database: Database, filer: Filer, sources: Sequence[Source]
) -> None:
    first = draft("Dam opens", link="dam")
    await receive(database, sources[0], first, draft("Other"))
    await receive(database, sources[1], draft("Barrage ouvert", link="dam"))
    for place in range(500):
        stopped = await Interrupted(filer.file_all(), waiting=frozenset({place})).run()
        assert members(await inbox(database)) in ([], [[1, 3], [2]])
        if not stopped:
            break
    assert place > 5
    assert members(await inbox(database)) == [[1, 3], [2]]


async def test_the_same_entries_make_the_same_stories_on_both_databases(
    sqlite_url: str, postgres_url: str, clock: FakeClock
) -> None:
    found: list[Sequence[Story]] = []
    for url in (sqlite_url, postgres_url):
        async with open_database(url, clock=clock, server_time=False) as database:
            north, south = await follow(database, wish("north"), wish("south"))
            filer = make_filer(database, clock)
            for turn in range(4):
                for source in (north, south):
                    names = [f"{turn * number % 7}" for number in range(12)]
                    drafts = [draft(f"{TITLE} {name}", link=f"{name}-{turn % 2}") for name in names]
                    await receive(database, source, *drafts)
                await filer.file_all()
            ids = [EntryId(number) for number in (40, 3, 17, 90)]
            async with database.write() as tx:
                await entries.pair(tx, list(pairwise(ids)), now=NOW)
            await filer.file_all()
            found.append(await inbox(database))
    assert found[0] == found[1]
    assert len(found[0]) > 3

"""What the filer finds and leaves, and how people read stories."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from feedserver.model.article import ArticleId
from feedserver.model.entry import EntryId, StoryId
from feedserver.model.source import Source
from feedserver.model.story import Candidate, Edge, Method, Story, StoryFilter, Twins, Unfiled
from feedserver.store import articles, entries, filing, stories
from feedserver.store.database import Database, Transaction
from tests.store.samples import MINUTE, NOW, article, draft, follow, receive, wish

DAYS = timedelta(days=3)
TITLE = "The dam opens after ten long years of work"


@pytest.fixture
async def sources(database: Database) -> Sequence[Source]:
    return await follow(database, wish("north", section="us"), wish("south", language="zh-Hans"))


async def waiting(tx: Transaction) -> dict[EntryId, Unfiled]:
    return {one.entry: one for one in await filing.unfiled(tx, limit=100)}


async def open_stories(database: Database, *ids: EntryId) -> Sequence[StoryId]:
    """Make a story of each entry."""
    async with database.write() as tx:
        found = await waiting(tx)
        opened = [await filing.open_story(tx, found[number]) for number in ids]
        for number, story in zip(ids, opened, strict=True):
            await filing.put_in(tx, story, found[number], now=NOW)
        return opened


async def get(database: Database, number: StoryId) -> Story:
    async with database.read() as tx:
        story = await stories.get(tx, number)
    assert story is not None
    return story


async def page(
    database: Database, wanted: StoryFilter, *, before: StoryId | None = None, limit: int = 50
) -> Sequence[StoryId]:
    async with database.read() as tx:
        found = await stories.page(tx, wanted, before=before, limit=limit)
    return [story.id for story in found]


async def test_entries_wait_in_the_order_in_which_they_came_in(
    database: Database, sources: Sequence[Source]
) -> None:
    north, south = sources
    [one] = await receive(database, south, draft(TITLE, link="dam"))
    [two] = await receive(database, north, draft("Letters", language="fr"), now=NOW + MINUTE)
    async with database.read() as tx:
        first, second = await filing.unfiled(tx, limit=9)
        assert await filing.unfiled(tx, limit=1) == [first]
        assert await filing.anything_waits(tx)
    assert (first.entry, first.source_key, first.section) == (one, "south", None)
    assert (first.language, first.title, first.story) == ("zh-Hans", TITLE, None)
    assert first.canonical == "https://example.org/dam"
    assert (second.entry, second.source_key, second.section) == (two, "north", "us")
    assert (second.language, second.first_seen_at) == ("fr", NOW + MINUTE)
    await open_stories(database, one, two)
    async with database.read() as tx:
        assert not await filing.anything_waits(tx)


async def test_the_first_entry_of_a_link_or_title_is_the_candidate(
    database: Database, sources: Sequence[Source]
) -> None:
    north, south = sources
    a, b = await receive(database, north, draft(TITLE, link="dam"), draft(TITLE, link="dam-2"))
    [story] = await open_stories(database, a)
    [c] = await receive(database, south, draft("Barrage", link="dam"), now=NOW + MINUTE)
    [d] = await receive(database, north, draft(TITLE, link="dam"), now=NOW + DAYS)
    [e] = await receive(database, north, draft(TITLE), now=NOW + DAYS + MINUTE)
    async with database.read() as tx:
        found = await filing.candidates(tx, upto=d, titles_within=DAYS)
        all_of_them = await filing.candidates(tx, upto=e, titles_within=DAYS)
    page = "https://example.org/dam"
    link, title = Method.LINK, Method.TITLE
    expected = [
        Candidate(entry=b, other=a, story=story, method=title, evidence=TITLE),
        Candidate(entry=c, other=a, story=story, method=link, evidence=page),
        Candidate(entry=d, other=a, story=story, method=link, evidence=page),
        Candidate(entry=d, other=a, story=story, method=title, evidence=TITLE),
    ]
    last = Candidate(entry=e, other=d, story=None, method=title, evidence=TITLE)
    assert sorted(found, key=lambda one: (one.entry, one.method)) == expected
    assert sorted(all_of_them, key=lambda one: (one.entry, one.method)) == [*expected, last]


async def test_a_story_comes_back_with_all_that_belongs_to_it(
    database: Database, sources: Sequence[Source]
) -> None:
    a, b = await receive(database, sources[0], draft(TITLE, text="One"), draft("Two"))
    [story] = await open_stories(database, a)
    edge = Edge(
        entry=b,
        other=a,
        method=Method.TITLE,
        score=0.9,
        evidence={"title": TITLE},
        algorithm="exact/1",
        made_at=NOW,
    )
    async with database.write() as tx:
        await filing.put_in(tx, story, (await waiting(tx))[b], now=NOW)
        await filing.grown(tx, story, last_seen_at=NOW + MINUTE)
        await filing.grown(tx, story, last_seen_at=NOW)
        await filing.add_edge(tx, edge)
        await filing.add_edge(tx, edge)
        await filing.offer(tx, story, [("us", "source north"), ("world", "rule dams")])
        await filing.offer(tx, story, [("us", "rule later")])
        await articles.add(tx, article(1))
        assert await articles.add_pick(tx, story, "us", ArticleId(1))
        reasons = await tx.all("SELECT reason FROM story_section ORDER BY section")
    found = await get(database, story)
    assert (found.title, found.lead, found.language) == (TITLE, a, "en")
    assert (found.first_seen_at, found.last_seen_at, found.revision) == (NOW, NOW + MINUTE, 3)
    assert (found.sections, found.picks) == (("us", "world"), {"us": 1})
    assert [row["reason"] for row in reasons] == ["source north", "rule dams"]
    assert [entry.id for entry in found.entries] == [a, b]
    assert found.entries[0].item.summary == "One"
    assert found.edges == (edge,)


async def test_stories_that_do_not_exist_are_left_out(
    database: Database, sources: Sequence[Source]
) -> None:
    ids = await receive(database, sources[0], draft("One"), draft("Two"))
    one, two = await open_stories(database, *ids)
    async with database.read() as tx:
        found = await stories.load(tx, [two, StoryId(99), one], texts=False)
        assert [story.id for story in found] == [two, one]
        assert await stories.get(tx, StoryId(99)) is None
        assert await stories.count(tx) == 2


async def test_pages_have_neither_gaps_nor_repeats(
    database: Database, sources: Sequence[Source]
) -> None:
    wanted = [draft(f"Story {number}") for number in range(23)]
    opened = await open_stories(database, *await receive(database, sources[0], *wanted))
    for some in (StoryFilter(), StoryFilter(words=("story",)), StoryFilter(source="north")):
        seen: list[StoryId] = []
        while found := await page(database, some, before=seen[-1] if seen else None, limit=5):
            seen += found
            # What comes in meanwhile stands on no later page.
            new = await receive(database, sources[0], draft("Story of late"))
            await open_stories(database, *new)
        assert seen[-23:] == opened[::-1]
        assert seen == sorted(set(seen), reverse=True)


async def test_stories_are_chosen_by_section_source_language_and_words(
    database: Database, sources: Sequence[Source]
) -> None:
    north, south = sources
    items = draft("Dam opens"), draft("Dam closes", language="en-GB"), draft("Match lost")
    a, b, c = await open_stories(database, *await receive(database, north, *items))
    [d] = await open_stories(database, *await receive(database, south, draft("水库 dam")))
    async with database.write() as tx:
        await filing.offer(tx, a, [("us", "x"), ("world", "x")])
        await filing.offer(tx, d, [("world", "x")])
    for wanted, found in [
        (StoryFilter(), [d, c, b, a]),
        (StoryFilter(section="world"), [d, a]),
        (StoryFilter(section="none"), []),
        (StoryFilter(source="north"), [c, b, a]),
        (StoryFilter(source="none"), []),
        (StoryFilter(language="en"), [c, b, a]),
        (StoryFilter(language="EN-gb"), [b]),
        (StoryFilter(language="zh"), [d]),
        (StoryFilter(language="e"), []),
        (StoryFilter(language="%"), []),
        (StoryFilter(words=("dam",)), [d, b, a]),
        (StoryFilter(words=("dam", "opens")), [a]),
        (StoryFilter(words=("水库",)), [d]),
        (StoryFilter(words=("dam",), source="north", language="en", section="us"), [a]),
    ]:
        assert await page(database, wanted) == found, wanted


async def test_a_search_goes_on_where_the_other_filters_leave_little(
    database: Database, sources: Sequence[Source]
) -> None:
    ids = await receive(database, sources[0], *(draft(f"Dam {number}") for number in range(30)))
    opened = await open_stories(database, *ids)
    async with database.write() as tx:
        for story in opened[::7]:
            await filing.offer(tx, story, [("us", "x")])
    wanted = StoryFilter(words=("dam",), section="us")
    assert await page(database, wanted) == opened[::7][::-1]
    assert await page(database, wanted, limit=2) == opened[::7][::-1][:2]
    assert await page(database, wanted, limit=1, before=opened[7]) == [opened[0]]
    assert await page(database, wanted, limit=1, before=opened[0]) == []


async def test_twins_wait_until_both_are_filed(
    database: Database, sources: Sequence[Source]
) -> None:
    a, b = await receive(database, sources[0], draft("One"), draft("Two"))
    async with database.write() as tx:
        await entries.pair(tx, [(a, b), (b, a), (a, b)], now=NOW)
        assert await filing.next_twins(tx) is None
    one, two = await open_stories(database, a, b)
    expected = Twins(entry=b, other=a, story=two, other_story=one)
    async with database.write() as tx:
        assert await filing.anything_waits(tx)
        assert await filing.next_twins(tx) == expected
        await filing.twins_done(tx, expected, now=NOW)
        assert await filing.next_twins(tx) is None
        await entries.pair(tx, [(a, b)], now=NOW)
        assert not await filing.anything_waits(tx)


async def test_a_merged_story_leads_to_the_one_that_has_its_entries(
    database: Database, sources: Sequence[Source]
) -> None:
    north, south = sources
    [a] = await receive(database, north, draft("Dam one"))
    [b] = await receive(database, south, draft("Dam two"), now=NOW + MINUTE)
    [c] = await receive(database, south, draft("Dam three"), now=NOW + 2 * MINUTE)
    one, two, three = await open_stories(database, a, b, c)
    async with database.write() as tx:
        await filing.offer(tx, one, [("us", "x")])
        await filing.offer(tx, two, [("us", "y"), ("world", "y")])
        await filing.merge(tx, three, into=two)
        await filing.merge(tx, two, into=one)
    kept, gone, before = [await get(database, number) for number in (one, two, three)]
    assert (gone.merged_into, before.merged_into) == (one, one)
    assert gone.entries == before.entries == ()
    assert [entry.id for entry in kept.entries] == [a, b, c]
    assert (kept.sections, kept.merged_into) == (("us", "world"), None)
    assert (kept.last_seen_at, kept.revision) == (NOW + 2 * MINUTE, 2)
    for wanted in (
        StoryFilter(),
        StoryFilter(section="world"),
        StoryFilter(source="south"),
        StoryFilter(words=("three",)),
    ):
        assert await page(database, wanted) == [one]
    async with database.read() as tx:
        assert await stories.count(tx) == 1


async def test_a_story_is_touched_once_somebody_picked_it(
    database: Database, sources: Sequence[Source]
) -> None:
    [a] = await receive(database, sources[0], draft("One"))
    [story] = await open_stories(database, a)
    async with database.write() as tx:
        assert not await filing.touched(tx, story)
        await articles.add(tx, article(1))
        assert await articles.add_pick(tx, story, "us", ArticleId(1))
        assert not await articles.add_pick(tx, story, "us", ArticleId(1))
        assert await filing.touched(tx, story)


async def test_who_asks_whether_a_story_is_touched_waits_for_a_pick_under_way(
    database: Database, other: Database, sources: Sequence[Source]
) -> None:
    async def ask() -> bool:
        async with other.write() as tx:
            return await filing.touched(tx, story)

    [a] = await receive(database, sources[0], draft("One"))
    [story] = await open_stories(database, a)
    async with asyncio.TaskGroup() as group, database.write() as tx:
        await stories.hold(tx, story)
        asked = group.create_task(ask())
        for _ in range(20):  # turns in which it could come through
            assert await stories.count(tx) == 1
        await articles.add(tx, article(1))
        await articles.add_pick(tx, story, "us", ArticleId(1))
        assert not asked.done()
    assert asked.result()

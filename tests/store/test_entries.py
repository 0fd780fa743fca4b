from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feedserver.formats.words import query, words
from feedserver.model.entry import Draft, Enclosure, EntryId, Image, Item, Known, Received, StoryId
from feedserver.model.source import Source
from feedserver.model.story import StoryFilter
from feedserver.store import entries, filing, stories
from feedserver.store.database import Database, Transaction
from tests.store.samples import MINUTE, NOW, draft, follow, receive, wish

FULL = Item(
    guid="tag:example.org,2026:1",
    link="https://example.org/a?utm_source=x",
    canonical="https://example.org/a",
    title="水库开放 – the dam is open 🎉",
    summary="<p>Ten years</p>",
    content="<p>Ten <b>long</b> years</p>",
    author="Jo Ng",
    language="zh-Hans",
    published_at=NOW + timedelta(microseconds=1),
    updated_at=NOW - timedelta(days=40_000),
    categories=("Water", "工程"),
    images=(Image(url="https://example.org/a.jpg", width=800, caption="The dam"),),
    enclosures=(
        Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=5_000_000_000),
    ),
    received=Received(title="<![CDATA[水库开放]]>", summary="<p onclick=x>Ten years"),
)


@pytest.fixture
async def source(database: Database) -> Source:
    [followed] = await follow(database, wish())
    return followed


async def known(tx: Transaction, source: Source, one: Draft) -> Known:
    return (await entries.known(tx, source.id, one.keys))[one.keys[0]]


async def filed(database: Database, *ids: EntryId) -> StoryId:
    """File entries into one story."""
    async with database.write() as tx:
        waiting = {one.entry: one for one in await filing.unfiled(tx, limit=100)}
        story = await filing.open_story(tx, waiting[ids[0]])
        for number in ids:
            await filing.put_in(tx, story, waiting[number], now=NOW)
        return story


async def search_for(
    database: Database, text: str, *, before: StoryId | None = None, limit: int = 10
) -> Sequence[StoryId]:
    async with database.read() as tx:
        wanted = StoryFilter(words=query(text))
        found = await stories.page(tx, wanted, before=before, limit=limit)
        return [story.id for story in found]


async def test_an_entry_comes_back_as_it_was_kept(database: Database, source: Source) -> None:
    whole = replace(draft("x", link="a"), item=FULL, stamp="s", hash="h")
    [number] = await receive(database, source, whole)
    story = await filed(database, number)
    async with database.read() as tx:
        [entry] = await entries.of_stories(tx, [story], texts=True)
        [listed] = await entries.of_stories(tx, [story], texts=False)
    assert entry.item == FULL
    assert (entry.id, entry.source, entry.hash, entry.story) == (number, source.id, "h", story)
    assert (entry.first_seen_at, entry.changed_at, entry.revisions) == (NOW, NOW, 0)
    assert listed.item == replace(FULL, content="", received=Received())


async def test_an_entry_is_found_by_each_of_its_names_in_its_source(
    database: Database, source: Source
) -> None:
    [elsewhere] = await follow(database, wish("elsewhere"))
    one = draft("The dam opens after ten long years", link="dam")
    [number] = await receive(database, source, one)
    async with database.read() as tx:
        found = await entries.known(tx, source.id, [*one.keys, 7])
        assert found.keys() == set(one.keys)
        assert {known.entry for known in found.values()} == {number}
        assert await entries.known(tx, source.id, []) == {}
        assert await entries.known(tx, elsewhere.id, one.keys) == {}


async def test_a_name_stays_with_the_entry_that_had_it_first(
    database: Database, source: Source
) -> None:
    one, two = draft("One"), draft("Two")
    first, second = await receive(database, source, one, two)
    async with database.write() as tx:
        names = [(key, second) for key in (one.keys[0], 99, 2**63 - 1)]
        await entries.remember(tx, source.id, names)
        found = await entries.known(tx, source.id, [*one.keys, 99, 2**63 - 1])
    assert {key: known.entry for key, known in found.items()} == {
        one.keys[0]: first,
        99: second,
        2**63 - 1: second,
    }


async def test_a_revised_entry_keeps_the_text_it_had_and_waits_to_be_filed(
    database: Database, source: Source
) -> None:
    one = draft("The dam opens", link="dam", text="Early text")
    [number] = await receive(database, source, one)
    story = await filed(database, number)
    later = NOW + MINUTE
    async with database.write() as tx:
        for place, text in enumerate(("Second text", "Third text"), start=1):
            was = await known(tx, source, one)
            revised = draft("The dam opens", link="dam", text=text)
            await entries.change(tx, [(was, revised)], now=NOW + place * MINUTE)
        [entry] = await entries.of_stories(tx, [story], texts=True)
        kept = await entries.revisions(tx, number)
        waiting = await filing.unfiled(tx, limit=9)
    assert (entry.item.summary, entry.revisions) == ("Third text", 2)
    assert (entry.first_seen_at, entry.changed_at) == (NOW, NOW + 2 * MINUTE)
    assert [old.summary for old in kept] == ["Early text", "Second text"]
    assert (kept[0].replaced_at, kept[0].link) == (later, "https://example.org/dam")
    assert [(one.entry, one.story) for one in waiting] == [(number, story)]
    assert await search_for(database, "third") == [story]
    assert await search_for(database, "early") == []


async def test_a_change_of_anything_else_is_no_revision(database: Database, source: Source) -> None:
    one = draft("The dam opens")
    [number] = await receive(database, source, one)
    story = await filed(database, number)
    async with database.write() as tx:
        was = await known(tx, source, one)
        signed = replace(
            one, item=replace(one.item, author="Jo Ng"), stamp="new", words=f"{one.words} jo ng"
        )
        await entries.change(tx, [(was, signed)], now=NOW + MINUTE)
        assert (await known(tx, source, one)).stamp == "new"
        [entry] = await entries.of_stories(tx, [story], texts=True)
        assert (entry.item.author, entry.revisions) == ("Jo Ng", 0)
        assert await entries.revisions(tx, number) == []
        assert await filing.unfiled(tx, limit=9) == []
    assert await search_for(database, "Ng") == [story]


async def test_nothing_new_and_nothing_changed_is_nothing_done(
    database: Database, source: Source
) -> None:
    async with database.write() as tx:
        assert await entries.add(tx, source.id, [], now=NOW) == ()
        await entries.change(tx, [], now=NOW)
        await entries.remember(tx, source.id, [])
        await entries.pair(tx, [], now=NOW)
        assert await filing.unfiled(tx, limit=9) == []


async def test_texts_as_received_are_forgotten_in_time(database: Database, source: Source) -> None:
    whole = replace(draft("x"), item=FULL)
    [number] = await receive(database, source, whole)
    story = await filed(database, number)
    async with database.write() as tx:
        await entries.forget_received(tx, before=NOW)
        [entry] = await entries.of_stories(tx, [story], texts=True)
        assert entry.item == FULL
        await entries.forget_received(tx, before=NOW + MINUTE)
        [entry] = await entries.of_stories(tx, [story], texts=True)
        assert entry.item == replace(FULL, received=Received())


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("The Dam opens in Zürich", "dam zurich", True),
        ("The Dam opens in Zürich", "dam geneva", False),
        ("The Dam opens in Zürich", "ope", False),
        ("北京大学的新水库开放了", "北京", True),
        ("北京大学的新水库开放了", "水库", True),
        ("北京大学的新水库开放了", "北京大学", True),
        ("北京大学的新水库开放了", "大北", False),
        ("北京大学的新水库开放了", "库", True),
        ("서울에서 열린 회의", "서울", True),
        ("𠮷野家の牛丼", "野家", True),
        ("Ꞔ ꟸ ᲀ 𖹀 ꭓ", "ꭓ", True),
        ("It's 100 % AND OR NOT NEAR", "and or not near", True),
        ("O'Neil wrote it\\", "O'Neil it\\", True),
        ("naïve café", "NAIVE CAFE", True),
        ("", "dam", False),
    ],
)
async def test_words_are_found_in_every_script(
    database: Database, source: Source, text: str, asked: str, found: bool
) -> None:
    [number] = await receive(database, source, replace(draft("x"), words=words(text)))
    story = await filed(database, number)
    assert await search_for(database, asked) == ([story] if found else [])


async def test_stories_found_come_newest_first_and_each_once(
    database: Database, source: Source
) -> None:
    ids = await receive(database, source, *(draft(f"Dam {number}") for number in range(6)))
    one = await filed(database, ids[5])
    two = await filed(database, ids[0], ids[1])
    three = await filed(database, ids[2])
    assert await search_for(database, "dam") == [three, two, one]
    assert await search_for(database, "dam", before=three, limit=1) == [two]
    assert await search_for(database, "dam", before=one) == []


async def test_what_a_story_is_looked_for_by_besides_words_counts_too(
    database: Database, source: Source
) -> None:
    ids = await receive(database, source, *(draft(f"Dam {number}") for number in range(9)))
    kept = [await filed(database, number) for number in ids]
    async with database.write() as tx:
        await filing.offer(tx, kept[0], [("rare", "a rule")])
        wanted = StoryFilter(section="rare", words=("dam",))
        [found] = await stories.page(tx, wanted, before=None, limit=1)
        nothing = await stories.page(tx, replace(wanted, source="x"), before=None, limit=1)
    assert (found.id, nothing) == (kept[0], [])

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feedserver.errors import ConflictError
from feedserver.model.article import (
    AlsoCovered,
    Article,
    ArticleId,
    ArticleState,
    Attribution,
    Author,
    Content,
    Listed,
)
from feedserver.model.entry import Image
from feedserver.store import articles, listings
from feedserver.store.database import Database
from tests.store.samples import MINUTE, NOW, article

FULL = Content(
    title="The dam is open 水库",
    summary="After ten years",
    html="<p>Ten long years</p>",
    link="https://example.org/a",
    language="en-GB",
    authors=(Author(name="Jo Ng", url="https://example.org/jo", email="jo@example.org"),),
    tags=("water", "dams"),
    images=(Image(url="https://example.org/a.jpg", caption="The dam", credit="Photo: K. Li"),),
    rights="© Example",
    credit="North reports",
    source=Attribution(
        key="north",
        title="North",
        feed_url="https://north.example/feed",
        link="https://north.example/dam",
        updated_at=NOW,
    ),
    also=(AlsoCovered(outlet="South", title="Dam", link="https://south.example/dam"),),
)


async def add(database: Database, *all_of_them: Article) -> None:
    async with database.write() as tx:
        for one in all_of_them:
            await articles.add(tx, one)


async def change(database: Database, one: Article) -> None:
    async with database.write() as tx:
        await articles.change(tx, one, now=NOW + MINUTE)


async def get(database: Database, number: int) -> Article:
    async with database.read() as tx:
        found = await articles.by_id(tx, ArticleId(number))
    assert found is not None
    return found


async def in_section(database: Database, section: str) -> set[int]:
    async with database.read() as tx:
        listed = await listings.for_section(
            tx, section, length=9, since=NOW - MINUTE, now=NOW + MINUTE
        )
    return {one.id for one in listed}


async def test_an_article_comes_back_as_it_was_saved(database: Database) -> None:
    whole = replace(article(1, external_id="cms-1"), content=FULL, note="Note")
    await add(database, whole, article(2))
    assert await get(database, 1) == whole
    assert await get(database, 2) == article(2)
    async with database.write() as tx:
        assert await articles.by_external_id(tx, "cms-1") == whole
        assert await articles.by_external_id(tx, "cms-2") is None
        assert await articles.by_id(tx, ArticleId(3)) is None
        assert await articles.these(tx, [ArticleId(n) for n in (2, 3, 1)]) == [article(2), whole]


@pytest.mark.parametrize(
    "taken",
    [
        replace(article(2), external_id="cms-1"),
        replace(article(2), guid="guid-1"),
        replace(article(2), atom_id="tag:example.org,2026:1"),
        replace(article(1), external_id="x", guid="x", atom_id="x", seq=9),
    ],
    ids=["external id", "guid", "atom id", "number"],
)
async def test_an_id_of_another_article_is_a_conflict(database: Database, taken: Article) -> None:
    await add(database, article(1, external_id="cms-1"))
    with pytest.raises(ConflictError):
        await add(database, taken)
    async with database.read() as tx:
        assert len(await articles.newest(tx, limit=9)) == 1


async def test_a_change_keeps_the_version_before_it(database: Database) -> None:
    first = article(1)
    second = replace(
        first,
        version=2,
        seq=2,
        state=ArticleState.CORRECTED,
        content=FULL,
        sections=("us", "science"),
        updated_at=NOW + MINUTE,
        published_at=NOW + timedelta(seconds=1),
        note="A name was wrong",
    )
    await add(database, first)
    await change(database, second)
    assert await get(database, 1) == second
    async with database.read() as tx:
        assert await articles.had(tx, first) == 1
        assert await articles.had(tx, replace(first, sections=("us",))) is None
        assert await articles.had(tx, second) is None
    assert await in_section(database, "us") == await in_section(database, "science") == {1}
    assert await in_section(database, "world") == set()


async def test_of_two_who_change_one_version_the_second_is_refused(
    database: Database, other: Database
) -> None:
    await add(database, article(1))
    mine, theirs = (
        replace(article(1, version=2), seq=seq, note=note) for seq, note in ((2, "a"), (3, "b"))
    )
    ends = await asyncio.gather(
        change(database, mine), change(other, theirs), return_exceptions=True
    )
    assert {type(end) for end in ends} == {type(None), ConflictError}
    won = mine if ends[0] is None else theirs
    assert await get(database, 1) == won
    with pytest.raises(ConflictError, match="article 1 has changed since version 1; read it again"):
        await change(database, replace(theirs, seq=9))
    assert await get(database, 1) == won


async def test_the_last_changed_come_first(database: Database) -> None:
    await add(database, article(1), article(2), article(3))
    await change(database, replace(article(1, version=2), seq=4))
    async with database.read() as tx:
        assert [one.id for one in await articles.newest(tx, limit=2)] == [1, 3]


async def test_a_section_named_twice_holds_the_article_once(database: Database) -> None:
    await add(database, replace(article(1), sections=("us", "us")))
    assert await in_section(database, "us") == {1}


async def test_feeds_change_by_themselves_when_a_moment_comes(database: Database) -> None:
    await add(database, article(1), article(2))
    async with database.write() as tx:
        for number, minutes in ((1, 1), (1, 1), (1, 2), (2, 2), (2, 5)):
            await articles.await_moment(tx, ArticleId(number), NOW + minutes * MINUTE)
        assert not await articles.any_due(tx, now=NOW)
        assert await articles.take_due(tx, now=NOW) == []
        assert await articles.any_due(tx, now=NOW + 2 * MINUTE)
        assert await articles.take_due(tx, now=NOW + 2 * MINUTE) == [article(1), article(2)]
        assert not await articles.any_due(tx, now=NOW + 2 * MINUTE)
        assert await articles.take_due(tx, now=NOW + 9 * MINUTE) == [article(2)]


async def test_numbers_and_places_are_given_once(database: Database, other: Database) -> None:
    async def take(one: Database) -> tuple[int, int]:
        async with one.write() as tx:
            return await articles.next_id(tx), await articles.next_seq(tx)

    taken = await asyncio.gather(*(take(one) for one in (database, other) * 5))
    assert sorted(taken) == [(number, number) for number in range(1, 11)]


async def test_the_listings_of_feeds(database: Database) -> None:
    old = replace(article(1), published_at=NOW - timedelta(days=9))
    older = replace(article(2, external_id="pin"), published_at=NOW - timedelta(days=10))
    corrected = replace(
        article(3),
        published_at=NOW - timedelta(days=90),
        sections=("science",),
        state=ArticleState.CORRECTED,
    )
    await add(database, old, older, corrected, article(4), article(5))

    def ids(listed: Sequence[Listed]) -> set[int]:
        return {one.id for one in listed}

    async with database.read() as tx:
        since = NOW - timedelta(days=1)
        when = {"since": since, "now": NOW}
        assert ids(await listings.for_section(tx, "us", length=1, **when)) == {4, 5}
        assert ids(await listings.for_section(tx, "us", length=3, **when)) == {1, 4, 5}
        assert ids(await listings.for_site(tx, length=4, **when)) == {1, 2, 4, 5}
        assert ids(await listings.amended(tx, since=since)) == {3}
        assert ids(await listings.amended(tx, since=NOW)) == set()
        assert ids(await listings.pinned(tx, ["pin", "4", "none"])) == {2, 4}
        assert await listings.pinned(tx, []) == ()

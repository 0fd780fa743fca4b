import asyncio
from dataclasses import replace
from datetime import timedelta

from feedserver.model.article import ArticleId
from feedserver.model.feed import ALL, Document, FeedName, FeedVersion, Format
from feedserver.store import articles, feeds
from feedserver.store.database import EPOCH, Database, from_micros, to_micros
from tests.store.samples import NOW, article

US = FeedName("us")
SECOND = timedelta(seconds=1)


def document(version: FeedVersion, *, body: bytes = b"<feed/>") -> Document:
    return Document(
        feed=version.name,
        format=Format.ATOM,
        version=version.shown,
        etag=f"{version.shown}",
        modified_at=version.shown_at,
        body=body,
        gzip=b"\x1f\x8b\x00",
    )


async def version(database: Database, name: FeedName = US) -> FeedVersion:
    async with database.read() as tx:
        return (await feeds.versions(tx))[name]


async def touch(database: Database, *names: FeedName) -> None:
    async with database.write() as tx:
        await feeds.touch(tx, names)


async def show(database: Database, shown: FeedVersion, *, body: bytes = b"<feed/>") -> bool:
    async with database.write() as tx:
        return await feeds.show(tx, shown, [document(shown, body=body)])


async def bodies(database: Database) -> list[bytes]:
    async with database.read() as tx:
        return [one.body for one in await feeds.documents(tx, US)]


async def test_a_feed_begins_with_a_version_that_nobody_was_shown(database: Database) -> None:
    async with database.write() as tx:
        await feeds.have(tx, [US, ALL, US])
        await feeds.have(tx, [ALL])
    assert await version(database) == FeedVersion(name=US, version=1, shown=0, shown_at=EPOCH)
    assert await bodies(database) == []


async def test_a_change_raises_the_version_of_each_feed_once(database: Database) -> None:
    await touch(database, US, ALL, US)
    await touch(database, US)
    assert (await version(database)).version == 2
    assert (await version(database, ALL)).version == 1


async def test_changes_at_the_same_time_all_count(database: Database, other: Database) -> None:
    both = (US, ALL), (ALL, US)
    await asyncio.gather(
        *(touch(one, *names) for one in (database, other) for names in both for _ in range(5))
    )
    assert (await version(database)).version == (await version(database, ALL)).version == 20


async def test_what_is_shown_stands_in_the_store(database: Database) -> None:
    await touch(database, US)
    shown = replace(await version(database), shown=1, shown_at=NOW, made_of="x")
    assert await show(database, shown)
    assert await version(database) == shown
    async with database.read() as tx:
        assert await feeds.documents(tx, US) == [document(shown)]
        assert await feeds.documents(tx, ALL) == []


async def test_of_two_who_show_a_version_the_first_stands(
    database: Database, other: Database
) -> None:
    await touch(database, US)
    shown = replace(await version(database), shown=1, shown_at=NOW, made_of="x")
    won = await asyncio.gather(
        show(database, shown, body=b"one"), show(other, shown, body=b"other")
    )
    assert sorted(won) == [False, True]
    assert await bodies(database) == [b"one" if won[0] else b"other"]


async def test_a_feed_never_goes_back(database: Database) -> None:
    for _ in range(3):
        await touch(database, US)
    shown = replace(await version(database), shown=2, shown_at=NOW, made_of="x")
    assert await show(database, shown)
    later = NOW + SECOND
    for refused in (
        replace(shown, shown_at=later),
        replace(shown, shown=1, shown_at=later),
        replace(shown, shown=1, shown_at=later, made_of="y"),
        replace(shown, shown=3),
        replace(shown, shown=3, shown_at=NOW - SECOND),
        replace(shown, made_of="y"),
    ):
        assert not await show(database, refused, body=b"refused")
    assert await version(database) == shown
    assert await show(database, replace(shown, shown_at=later, made_of="y"), body=b"other settings")
    assert await show(database, replace(shown, shown=3, shown_at=later + SECOND), body=b"three")
    assert await bodies(database) == [b"three"]


async def test_after_a_restore_every_version_is_past_any_that_was_shown(
    database: Database,
) -> None:
    await touch(database, US, ALL)
    shown = replace(await version(database), shown=1, shown_at=NOW, made_of="x")
    assert await show(database, shown)
    async with database.write() as tx:
        await feeds.raise_all(tx, now=NOW)
        once = (await feeds.versions(tx))[US]
        await feeds.raise_all(tx, now=NOW)
        raised = (await feeds.versions(tx))[US]
    assert to_micros(NOW) <= once.version < raised.version
    assert (raised.shown, raised.shown_at) == (1, NOW)
    assert await show(
        database, replace(raised, shown=raised.version, shown_at=NOW + SECOND), body=b"restored"
    )
    assert await bodies(database) == [b"restored"]


async def test_rendered_items_are_kept_by_format(database: Database) -> None:
    one, two, three = (ArticleId(number) for number in (1, 2, 3))
    async with database.write() as tx:
        for number in (1, 2):
            await articles.add(tx, article(number))
        await feeds.keep_fragments(tx, Format.RSS, [(one, "v1", b"<item/>"), (two, "v1", b"2")])
        await feeds.keep_fragments(tx, Format.RSS, [(one, "v2", b"\x00\xff")])
        await feeds.keep_fragments(tx, Format.JSON, [])
        assert await feeds.fragments(tx, [one, two, three], Format.RSS) == {
            one: ("v2", b"\x00\xff"),
            two: ("v1", b"2"),
        }
        assert await feeds.fragments(tx, [one], Format.JSON) == {}


def test_moments_are_kept_to_the_microsecond() -> None:
    for moment in (EPOCH, NOW, NOW + timedelta(microseconds=1), EPOCH - timedelta(days=4000)):
        assert from_micros(to_micros(moment)) == moment

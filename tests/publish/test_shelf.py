"""The shelf follows the store: one version a second, the same bytes in every process."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedserver.model.article import Content, Submission
from feedserver.model.feed import ALL, Document, FeedName, Format
from feedserver.model.site import Newsroom, Section
from feedserver.publish.articles import Articles
from feedserver.publish.names import all_feeds
from feedserver.publish.shelf import Shelf
from feedserver.store import feeds
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.publish.samples import SITE

NEWSROOM = Newsroom(
    site=SITE,
    sections=(
        Section(slug="home", title="Home", description="", language="en", everything=True),
        Section(slug="china", title="China", description="", language="en", length=2),
        Section(slug="old", title="Old", description="", language="en", retired=True),
    ),
)
CHINA = FeedName("china")
SENT = Submission(
    external_id="a-1", content=Content(title="First told", html="<p>1</p>"), sections=("china",)
)

LATER = datetime(2026, 6, 1, tzinfo=UTC)

Open = Callable[[], Shelf]
"""Opens a shelf, as another process or the next start would."""


@pytest.fixture(autouse=True)
async def _feeds(database: Database) -> None:
    async with database.write() as tx:
        await feeds.have(tx, all_feeds(NEWSROOM))


@pytest.fixture
def articles(database: Database, clock: FakeClock) -> Articles:
    return Articles(database=database, clock=clock, newsroom=NEWSROOM)


@pytest.fixture
def open_shelf(database: Database, clock: FakeClock) -> Open:
    return lambda: Shelf(
        database=database, clock=clock, newsroom=NEWSROOM, base_url="http://news.test"
    )


@pytest.fixture
def shelf(open_shelf: Open) -> Shelf:
    return open_shelf()


def china(shelf: Shelf) -> Document:
    found = shelf.get(CHINA, Format.ATOM)
    assert found is not None
    return found


async def refresh(shelf: Shelf, clock: FakeClock, *, after: float = 1) -> None:
    clock.moment += timedelta(seconds=after)
    await shelf.refresh()


async def test_every_published_feed_stands_there_in_every_format(
    shelf: Shelf, clock: FakeClock
) -> None:
    assert shelf.get(ALL, Format.RSS) is None
    await refresh(shelf, clock)

    for form in Format:
        for name in (ALL, FeedName("home"), CHINA):
            assert shelf.get(name, form) is not None
        assert shelf.get(FeedName("old"), form) is None
        assert shelf.get(FeedName("moon"), form) is None


async def test_a_save_is_shown_at_once_where_it_belongs(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    await refresh(shelf, clock)
    await articles.put(SENT, actor="cms")
    await refresh(shelf, clock)

    for name in (ALL, FeedName("home"), CHINA):
        for form in Format:
            found = shelf.get(name, form)
            assert found is not None
            assert b"First told" in found.body


async def test_of_several_versions_in_a_second_one_is_shown(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    await refresh(shelf, clock)
    first = china(shelf)
    await articles.put(SENT, actor="cms")
    await refresh(shelf, clock, after=0.4)
    assert china(shelf) == first
    await articles.put(replace(SENT, content=Content(title="Second told")), actor="cms")
    await refresh(shelf, clock, after=0.6)

    assert b"Second told" in china(shelf).body
    assert china(shelf).modified_at == first.modified_at + timedelta(seconds=1)


async def test_without_news_the_bytes_and_their_date_stay(shelf: Shelf, clock: FakeClock) -> None:
    await refresh(shelf, clock)
    before = china(shelf)
    await refresh(shelf, clock, after=3_600)

    assert china(shelf) == before


async def test_a_clock_that_was_put_back_holds_nothing_up_and_no_date_goes_back(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    await refresh(shelf, clock)
    before = china(shelf)
    clock.moment -= timedelta(hours=1)
    await articles.put(SENT, actor="cms")
    await refresh(shelf, clock)

    assert b"First told" in china(shelf).body
    assert china(shelf).modified_at == before.modified_at + timedelta(seconds=1)


async def test_the_next_process_shows_the_same_bytes_without_making_them(
    articles: Articles, shelf: Shelf, open_shelf: Open, clock: FakeClock
) -> None:
    await articles.put(SENT, actor="cms")
    await refresh(shelf, clock)
    other = open_shelf()
    await refresh(other, clock, after=60)

    assert china(other) == china(shelf)


async def test_processes_that_make_a_version_at_once_show_the_same_one(
    articles: Articles, open_shelf: Open, clock: FakeClock
) -> None:
    shelves = [open_shelf() for _ in range(4)]
    await articles.put(SENT, actor="cms")
    clock.moment += timedelta(seconds=1)
    await asyncio.gather(*(shelf.refresh() for shelf in shelves))

    assert len({china(shelf).etag for shelf in shelves}) == 1
    assert len({china(shelf).modified_at for shelf in shelves}) == 1


async def test_another_setting_makes_another_version(shelf: Shelf, clock: FakeClock) -> None:
    await refresh(shelf, clock)
    before = china(shelf)
    moved = Shelf(
        database=shelf.database, clock=clock, newsroom=NEWSROOM, base_url="https://else.test"
    )
    await refresh(moved, clock)

    assert b"https://else.test/feeds/china.atom" in china(moved).body
    assert china(moved).modified_at > before.modified_at


async def test_an_article_appears_at_its_hour(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    at_ten = datetime(2026, 1, 1, 10, tzinfo=UTC)
    await articles.put(replace(SENT, published_at=at_ten), actor="cms")
    await refresh(shelf, clock)
    assert b"First told" not in china(shelf).body
    clock.moment = at_ten
    await refresh(shelf, clock)

    assert b"First told" in china(shelf).body


async def test_what_a_faster_clock_has_dated_is_shown_when_ours_gets_there(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    faster = replace(articles, clock=FakeClock(clock.moment + timedelta(seconds=5)))
    await faster.put(SENT, actor="cms")
    await refresh(shelf, clock)
    assert b"First told" not in china(shelf).body
    await refresh(shelf, clock, after=5)

    assert b"First told" in china(shelf).body


async def test_what_waits_for_its_hour_crowds_nothing_out(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    await articles.put(SENT, actor="cms")
    clock.moment += timedelta(days=3)
    for number in range(4):
        waiting = replace(SENT, external_id=f"b-{number}", published_at=LATER)
        await articles.put(waiting, actor="cms")
    await refresh(shelf, clock)

    assert b"First told" in china(shelf).body


async def test_a_retraction_stays_a_week_as_a_note_and_then_goes(
    articles: Articles, shelf: Shelf, clock: FakeClock
) -> None:
    await articles.put(SENT, actor="cms")
    await articles.retract("a-1", note="It was not so.", actor="editor")
    await refresh(shelf, clock)
    assert b"It was not so." in china(shelf).body
    assert b"First told" not in china(shelf).body
    clock.moment += timedelta(days=8)
    await refresh(shelf, clock)

    assert b"It was not so." not in china(shelf).body


async def test_it_follows_the_store_until_it_is_told_to_stop(shelf: Shelf) -> None:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(shelf.run(stopping))
        async for _ in shelf.database.changes():
            if shelf.get(CHINA, Format.ATOM) is not None:
                break
        stopping.set()

    assert running.done()

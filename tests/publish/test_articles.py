"""Articles are saved once, in order, with ids for good, and their feeds know of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedserver.errors import ConflictError, InvalidError, NotFoundError, PreconditionError
from feedserver.model.article import ArticleState, Content, Submission
from feedserver.model.site import Newsroom, Section
from feedserver.publish.articles import Articles
from feedserver.publish.names import all_feeds
from feedserver.store import acts, feeds
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.publish.samples import SITE

NEWSROOM = Newsroom(
    site=SITE,
    sections=(
        Section(slug="home", title="Home", description="", language="en", everything=True),
        Section(slug="china", title="China", description="", language="en"),
        Section(slug="world", title="World", description="", language="en"),
    ),
)
SENT = Submission(
    external_id="a-1", content=Content(title="First", html="<p>1</p>"), sections=("china",)
)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
async def articles(database: Database, clock: FakeClock) -> Articles:
    async with database.write() as tx:
        await feeds.have(tx, all_feeds(NEWSROOM))
    return Articles(database=database, clock=clock, newsroom=NEWSROOM)


async def versions(articles: Articles) -> Mapping[str, int]:
    async with articles.database.read() as tx:
        return {name: feed.version for name, feed in (await feeds.versions(tx)).items()}


async def test_an_article_is_published_with_ids_that_never_change(articles: Articles) -> None:
    saved = await articles.put(SENT, actor="cms")
    changed = await articles.put(replace(SENT, content=Content(title="Second")), actor="cms")

    assert saved.created
    assert saved.article.guid == saved.article.atom_id
    assert saved.article.guid.startswith("tag:")
    assert saved.article.guid.endswith(":article/1")
    assert (changed.article.guid, changed.article.version) == (saved.article.guid, 2)
    assert changed.article.state is ArticleState.UPDATED


async def test_saying_it_again_changes_nothing_and_wakes_no_feed(articles: Articles) -> None:
    await articles.put(SENT, actor="cms")
    before = await versions(articles)
    again = await articles.put(SENT, actor="cms")

    assert not again.changed
    assert again.article.version == 1
    assert await versions(articles) == before


async def test_a_save_wakes_the_feeds_that_hold_it_and_those_that_held_it(
    articles: Articles,
) -> None:
    await articles.put(SENT, actor="cms")
    assert await versions(articles) == {"all": 2, "home": 2, "china": 2, "world": 1}
    await articles.put(replace(SENT, sections=("world",)), actor="cms")
    assert await versions(articles) == {"all": 3, "home": 3, "china": 3, "world": 2}


async def test_a_refused_save_leaves_no_trace(articles: Articles) -> None:
    await articles.put(replace(SENT, guid="taken"), actor="cms")
    before = await versions(articles)
    with pytest.raises(ConflictError):
        await articles.put(replace(SENT, external_id="a-2", guid="taken"), actor="cms")

    assert await versions(articles) == before
    assert len(await articles.newest(limit=9)) == 1
    async with articles.database.read() as tx:
        assert len(await acts.of(tx, "article:2")) == 0


async def test_an_older_submission_and_a_wrong_version_are_refused(articles: Articles) -> None:
    await articles.put(replace(SENT, updated_at=LATER), actor="cms")
    other = replace(SENT, content=Content(title="Other"))
    with pytest.raises(ConflictError, match="older"):
        await articles.put(replace(other, updated_at=LATER - timedelta(days=1)), actor="cms")
    back = replace(other, updated_at=LATER - timedelta(days=1))
    with pytest.raises(ConflictError, match="older"):
        await articles.put(back, actor="cms", if_match=1)
    with pytest.raises(PreconditionError, match="is 1, not 7"):
        await articles.put(other, actor="cms", if_match=7)


async def test_what_a_version_replaced_comes_back_only_when_that_is_meant(
    articles: Articles,
) -> None:
    await articles.put(SENT, actor="cms")
    await articles.put(replace(SENT, content=Content(title="Second")), actor="cms")
    with pytest.raises(ConflictError, match="this is version 1"):
        await articles.put(SENT, actor="cms")

    assert (await articles.put(SENT, actor="cms", if_match=2)).article.version == 3


async def test_a_retraction_is_final_until_somebody_means_otherwise(articles: Articles) -> None:
    await articles.put(SENT, actor="cms")
    gone = await articles.retract("a-1", note="It was not so.", actor="editor")

    assert (gone.state, gone.note, gone.version) == (ArticleState.RETRACTED, "It was not so.", 2)
    with pytest.raises(ConflictError, match="was retracted"):
        await articles.put(SENT, actor="cms")
    back = await articles.put(SENT, actor="cms", if_match=2)
    assert (back.article.state, back.article.note) == (ArticleState.UPDATED, "")


async def test_a_note_is_kept_without_what_no_document_may_hold(articles: Articles) -> None:
    await articles.put(SENT, actor="cms")
    retracted = await articles.retract("a-1", note=" It was\0 not so.\n", actor="editor")
    assert retracted.note == "It was not so."


async def test_a_retraction_without_a_reason_or_an_article_is_refused(articles: Articles) -> None:
    with pytest.raises(InvalidError, match="note"):
        await articles.retract("a-1", note=" ", actor="editor")
    with pytest.raises(NotFoundError, match="a-1"):
        await articles.retract("a-1", note="x", actor="editor")
    with pytest.raises(NotFoundError, match="a-1"):
        await articles.find("a-1")


@pytest.mark.parametrize("gone", ["moon", "old", "asia"])
async def test_a_section_that_is_not_there_is_named_with_those_that_are(
    articles: Articles, gone: str
) -> None:
    ended = (
        Section(slug="old", title="Old", description="", language="en", retired=True),
        Section(slug="asia", title="Asia", description="", language="en", moved_to="china"),
    )
    newsroom = replace(NEWSROOM, sections=(*NEWSROOM.sections, *ended))
    articles = replace(articles, newsroom=newsroom)
    with pytest.raises(InvalidError) as caught:
        await articles.put(replace(SENT, sections=("china", gone)), actor="cms")
    assert list(caught.value.problems) == ["sections[1]"]
    assert caught.value.problems["sections[1]"].endswith("there are home, china, world")


async def test_who_did_it_is_on_record(articles: Articles) -> None:
    await articles.put(SENT, actor="cms")
    await articles.retract("a-1", note="It was not so.", actor="editor")
    async with articles.database.read() as tx:
        done = await acts.of(tx, "article:1")

    assert [(act.actor, act.action, act.revision) for act in done] == [
        ("cms", "publish", 1),
        ("editor", "retracted", 2),
    ]


async def test_changes_stand_in_one_order(articles: Articles) -> None:
    for number in (1, 2, 3):
        await articles.put(replace(SENT, external_id=f"a-{number}"), actor="cms")
    await articles.put(replace(SENT, content=Content(title="Second")), actor="cms")

    newest = await articles.newest(limit=2)
    assert [article.external_id for article in newest] == ["a-1", "a-3"]
    assert newest[0].seq > newest[1].seq

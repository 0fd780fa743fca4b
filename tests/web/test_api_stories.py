"""The API's stories: pages, filters, a whole story, the pick."""

import asyncio
import re
from datetime import timedelta

import pytest
from yarl import URL

from feedserver.model.entry import StoryId
from feedserver.store import articles
from tests.web.newsdesk import Newsdesk, item


async def test_pages_follow_each_other_without_a_gap(newsdesk: Newsdesk) -> None:
    numbers = [await newsdesk.story(f"Event number {place} of today") for place in range(5)]
    found: list[int] = []
    path: str | None = "/api/v1/stories?limit=2&section=world"
    while path is not None:
        answer = await newsdesk.get(path, headers=newsdesk.curator)
        page = await answer.json()
        found += [story["id"] for story in page["stories"]]
        following = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
        assert (following is None) == (page["next"] is None)
        path = None if following is None else URL(following[1]).path_qs

    assert found == numbers[::-1]


async def test_a_story_in_a_list_says_who_tells_it(newsdesk: Newsdesk) -> None:
    link = "https://wire.test/shared"
    number = await newsdesk.story("A bridge opens", link=link, canonical=link)
    newsdesk.clock.moment += timedelta(minutes=1)
    await newsdesk.tell("bao", item("大桥通车", link=link, canonical=link))
    page = await (await newsdesk.get("/api/v1/stories", headers=newsdesk.curator)).json()
    (story,) = page["stories"]

    assert story["id"] == number
    assert story["entries"] == 2
    assert [outlet["key"] for outlet in story["outlets"]] == ["wire", "bao"]
    assert story["first_seen_at"] == "2026-01-01T00:00:01Z"
    assert story["sections"] == ["china", "world"]
    assert story["url"] == f"http://news.test/api/v1/stories/{number}"
    assert page["next"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=bridge", ["A bridge opens"]),
        ("q=大桥", ["大桥今日通车"]),
        ("source=bao", ["大桥今日通车"]),
        ("language=zh", ["大桥今日通车"]),
        ("section=world", ["A bridge opens"]),
        ("section=world&q=大桥", []),
        ("source=nobody", []),
        ("q=", ["大桥今日通车", "A bridge opens"]),
    ],
)
async def test_filters_narrow_the_list(newsdesk: Newsdesk, asked: str, found: list[str]) -> None:
    await newsdesk.story("A bridge opens", language="en")
    await newsdesk.tell("bao", item("大桥今日通车", language="zh-Hans"))
    answer = await newsdesk.get(f"/api/v1/stories?{asked}", headers=newsdesk.curator)

    assert [story["title"] for story in (await answer.json())["stories"]] == found


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ("limit=0", "limit", "from 1 to 200"),
        ("limit=201", "limit", "from 1 to 200"),
        ("limit=many", "limit", "'many'"),
        ("limit=1&limit=2", "limit", "more than once"),
        ("cursor=x", "cursor", "'next' of the page before"),
        ("cursor=99999999999999999999", "cursor", "'next' of the page before"),
        ("sectoin=us", "sectoin", "did you mean 'section'"),
        ("section=moon", "section", "home, china, world"),
        ("language=%22", "language", "zh-Hans"),
        ("q=%21%21", "q", "no word"),
        ("q=" + "x" * 201, "q", "at most 200"),
    ],
)
async def test_what_cannot_be_asked_is_named(
    rim: Newsdesk, asked: str, field: str, said: str
) -> None:
    answer = await rim.get(f"/api/v1/stories?{asked}", headers=rim.curator)

    assert answer.status == 422
    (error,) = (await answer.json(content_type=None))["errors"]
    assert error["field"] == field
    assert said in error["problem"]


async def test_a_whole_story_has_its_entries_their_earlier_texts_and_reasons(
    newsdesk: Newsdesk,
) -> None:
    link = "https://wire.test/shared"
    number = await newsdesk.story("A bridge opens", link=link, canonical=link)
    await newsdesk.tell("bao", item("大桥通车", link=link, canonical=link))
    newsdesk.clock.moment += timedelta(hours=1)
    said = {"guid": "A bridge opens", "link": link, "canonical": link}
    await newsdesk.tell("wire", item("A bridge is opened", **said))
    answer = await newsdesk.get(f"/api/v1/stories/{number}", headers=newsdesk.curator)
    story = await answer.json()

    first, second = story["entries"]
    assert (first["source"], first["title"]) == ("wire", "A bridge is opened")
    assert [earlier["title"] for earlier in first["revisions"]] == ["A bridge opens"]
    assert (second["outlet"], second["link"]) == ("晨报", link)
    (edge,) = story["edges"]
    assert (edge["entry"], edge["other"]) == (second["id"], first["id"])
    assert edge["method"] == "link"
    assert "same page" in edge["why"]
    assert edge["evidence"] == {"link": link}


async def test_a_story_that_went_into_another_leads_there(newsdesk: Newsdesk) -> None:
    one, other = await newsdesk.story("First of two"), await newsdesk.story("Second of two")
    async with newsdesk.service.database.write() as tx:
        await tx.all("UPDATE story SET merged_into = :to WHERE id = :id", to=one, id=other)
    answer = await newsdesk.get(f"/api/v1/stories/{other}", headers=newsdesk.curator)

    assert answer.status == 308
    assert answer.headers["Location"] == f"http://news.test/api/v1/stories/{one}"


async def test_a_pick_makes_an_article_once_in_each_section(newsdesk: Newsdesk) -> None:
    number = await newsdesk.story()
    made = await newsdesk.pick(number, sections=["world"], headline="Ours", tags=["bridges"])
    body = await made.json()

    assert made.status == 201
    assert made.headers["Location"] == body["page"] == "http://news.test/articles/1"
    assert (body["title"], body["tags"], body["owner"]) == ("Ours", ["bridges"], "desk")
    assert body["source"]["title"] == "Wire & Co"
    again = await newsdesk.pick(number, sections=["china", "world"])
    assert again.status == 409
    assert "'world'" in (await again.json(content_type=None))["detail"]
    assert (await newsdesk.service.inbox.story(number)).picks == {"world": 1}
    assert (await newsdesk.pick(number, sections=["china"])).status == 201


async def test_of_twenty_who_pick_at_once_one_does(newsdesk: Newsdesk) -> None:
    number = await newsdesk.story()
    answers = await asyncio.gather(
        *(newsdesk.pick(number, sections=["world", "china"]) for _ in range(20))
    )

    assert sorted(answer.status for answer in answers) == [201] + [409] * 19
    async with newsdesk.service.database.read() as tx:
        assert len(await articles.newest(tx, limit=50)) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sections"),
        ({"sections": []}, "sections"),
        ({"sections": ["world", "moon"]}, "sections[1]"),
        ({"sections": ["old"]}, "sections[0]"),
        ({"sections": ["world"], "lead": "1"}, "lead"),
        ({"sections": ["world"], "lead": 99}, "lead"),
        ({"sections": ["world"], "also": "no"}, "also"),
        ({"sections": ["world"], "headlin": "x"}, "headlin"),
        ({"sections": ["world"], "headline": "x" * 501}, "headline"),
    ],
)
async def test_a_wrong_pick_names_its_field_and_makes_nothing(
    newsdesk: Newsdesk, body: dict[str, object], field: str
) -> None:
    number = await newsdesk.story()
    answer = await newsdesk.pick(number, **body)

    assert answer.status == 422
    assert field in {e["field"] for e in (await answer.json(content_type=None))["errors"]}
    assert not (await newsdesk.service.inbox.story(number)).picks


async def test_a_story_that_is_not_there_is_not_found(rim: Newsdesk) -> None:
    assert (await rim.pick(StoryId(99), sections=["world"])).status == 404
    assert (await rim.get("/api/v1/stories/99", headers=rim.curator)).status == 404


async def test_who_picked_is_on_record(rim: Newsdesk) -> None:
    number = await rim.story()
    await rim.pick(number, sections=["world"])
    async with rim.service.database.read() as tx:
        rows = await tx.all("SELECT actor FROM act WHERE action = 'pick'")
    assert [row["actor"] for row in rows] == ["mira"]


async def test_what_no_store_can_hold_is_looked_for_in_vain(newsdesk: Newsdesk) -> None:
    await newsdesk.story()
    found = await newsdesk.get("/api/v1/stories?source=%00", newsdesk.curator)
    assert (await found.json())["stories"] == []
    for method in ("GET", "DELETE"):
        path = "/api/v1/articles/%00?note=wrong" if method == "DELETE" else "/api/v1/articles/%00"
        assert (await newsdesk.ask(method, path, headers=newsdesk.cms)).status == 404

"""The API's articles: put again without harm, refuse what is older, retract with a word."""

import asyncio
from datetime import datetime

import pytest

from tests.web.newsdesk import Newsdesk, article


async def test_putting_twice_is_putting_once(newsdesk: Newsdesk) -> None:
    first = await newsdesk.put("a-1", article(updated="2026-01-01T00:00:00Z"))
    again = await newsdesk.put("a-1", article(updated="2026-01-01T00:00:00Z"))

    assert (first.status, first.headers["ETag"]) == (201, '"1"')
    assert (again.status, again.headers["ETag"]) == (200, '"1"')
    assert await first.json() == await again.json()


async def test_a_new_text_is_a_new_version_under_the_same_ids(newsdesk: Newsdesk) -> None:
    first = await (await newsdesk.put("a-1", article())).json()
    changed = await newsdesk.put("a-1", article(title="Our better report"))
    second = await changed.json()

    assert changed.headers["ETag"] == '"2"'
    assert second["title"] == "Our better report"
    assert (second["guid"], second["atom_id"]) == (first["guid"], first["atom_id"])
    assert second["published"] == first["published"]
    assert datetime.fromisoformat(second["updated"]) > datetime.fromisoformat(first["updated"])


async def test_what_is_older_than_what_is_stored_is_refused(newsdesk: Newsdesk) -> None:
    await newsdesk.put("a-1", article(updated="2026-01-02T00:00:00Z"))
    older = await newsdesk.put("a-1", article(title="Old", updated="2026-01-01T00:00:00Z"))

    assert older.status == 409
    assert "older" in (await older.json(content_type=None))["detail"]
    stored = await newsdesk.get("/api/v1/articles/a-1", headers=newsdesk.cms)
    assert (await stored.json())["title"] == "Our own report"


async def test_a_repeated_request_does_not_bring_back_what_was_replaced(
    newsdesk: Newsdesk,
) -> None:
    await newsdesk.put("a-1", article(title="First"))
    await newsdesk.put("a-1", article(title="Second"))

    assert (await newsdesk.put("a-1", article(title="First"))).status == 409
    meant = await newsdesk.put("a-1", article(title="First"), If_Match='"2"')
    assert (meant.status, meant.headers["ETag"]) == (200, '"3"')


@pytest.mark.parametrize("condition", ['"2"', '"0"', "1", 'W/"1"', '"one"'])
async def test_a_version_that_is_not_stored_is_not_replaced(
    newsdesk: Newsdesk, condition: str
) -> None:
    await newsdesk.put("a-1", article())
    answer = await newsdesk.put("a-1", article(title="Other"), If_Match=condition)

    assert answer.status == 412


async def test_conditions_say_only_new_or_only_there(newsdesk: Newsdesk) -> None:
    assert (await newsdesk.put("a-1", article(), If_Match="*")).status == 404
    assert (await newsdesk.put("a-1", article(), If_None_Match="*")).status == 201
    assert (await newsdesk.put("a-1", article(title="B"), If_None_Match="*")).status == 412
    assert (await newsdesk.put("a-1", article(title="B"), If_Match="*")).status == 200


async def test_of_twenty_who_replace_one_version_at_once_one_does(newsdesk: Newsdesk) -> None:
    await newsdesk.put("a-1", article())
    answers = await asyncio.gather(
        *(newsdesk.put("a-1", article(title=f"T{n}"), If_Match='"1"') for n in range(20))
    )

    assert sorted(answer.status for answer in answers) == [200] + [412] * 19


async def test_of_twenty_who_put_the_same_at_once_one_creates_it(newsdesk: Newsdesk) -> None:
    answers = await asyncio.gather(*(newsdesk.put("a-1", article()) for _ in range(20)))

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}


async def test_given_ids_are_kept_and_are_nobody_elses(newsdesk: Newsdesk) -> None:
    ids = {"guid": "old-17", "atom_id": "tag:old.test,2001:17"}
    kept = await (await newsdesk.put("a-1", article(**ids))).json()

    assert (kept["guid"], kept["atom_id"]) == tuple(ids.values())
    assert (await newsdesk.put("a-2", article(**ids))).status == 409
    assert (await newsdesk.get("/api/v1/articles/a-2", headers=newsdesk.cms)).status == 404


async def test_wrong_fields_are_all_named_and_nothing_is_stored(newsdesk: Newsdesk) -> None:
    wrong = article(title="", sections=["moon"], images=[{"url": "ftp://a.test/"}], colour="red")
    answer = await newsdesk.put("a-1", wrong)
    told = await answer.json(content_type=None)

    assert answer.status == 422
    assert answer.content_type == "application/problem+json"
    assert {error["field"] for error in told["errors"]} == {
        "title",
        "sections[0]",
        "images[0].url",
        "colour",
    }
    assert (await newsdesk.get("/api/v1/articles/a-1", headers=newsdesk.cms)).status == 404


async def test_a_body_must_say_that_it_is_json(rim: Newsdesk) -> None:
    assert (await rim.put("a-1", article(), Content_Type="text/plain")).status == 415


async def test_a_name_may_have_any_letters(rim: Newsdesk) -> None:
    assert (await rim.put("2026%2F01%2F%E6%96%B0", article())).status == 201
    answer = await rim.get("/api/v1/articles/2026%2F01%2F%E6%96%B0", headers=rim.cms)
    assert (await answer.json())["external_id"] == "2026/01/新"


async def test_a_retraction_needs_a_reason_and_is_made_once(newsdesk: Newsdesk) -> None:
    path, headers = "/api/v1/articles/a-1", newsdesk.cms
    await newsdesk.put("a-1", article())

    assert (await newsdesk.ask("DELETE", path, headers=headers)).status == 422
    assert (await newsdesk.ask("DELETE", path, headers=headers, json={"note": " "})).status == 422
    assert (await newsdesk.ask("DELETE", path, headers=headers, json={"why": "x"})).status == 422
    body = {"note": "It was not so."}
    for _ in range(2):
        gone = await newsdesk.ask("DELETE", path, headers=headers, json=body)
        assert (gone.status, gone.headers["ETag"]) == (200, '"2"')
        assert (await gone.json())["state"] == "retracted"
    again = await newsdesk.put("a-1", article())
    assert again.status == 409
    assert "retracted" in (await again.json(content_type=None))["detail"]


async def test_a_retraction_reaches_the_feeds(newsdesk: Newsdesk) -> None:
    await newsdesk.put("a-1", article())
    await newsdesk.show()
    await newsdesk.ask(
        "DELETE", "/api/v1/articles/a-1", headers=newsdesk.cms, json={"note": "It was not so."}
    )
    await newsdesk.show()
    feed = await newsdesk.page("/feeds/china.atom")

    assert "It was not so." in feed
    assert "At &lt;em&gt;length" not in feed
    assert "Our own report" not in feed


async def test_html_that_takes_too_long_is_refused_while_others_are_answered(rim: Newsdesk) -> None:
    endless = "".join(f"<p><b lang=x{number}>" for number in range(50_000))
    async with asyncio.TaskGroup() as group:
        putting = group.create_task(rim.put("deep", article(html=endless)))
        while not putting.done():
            async with asyncio.timeout(2):
                assert (await rim.get("/healthz")).status == 200
    answer = putting.result()

    assert answer.status == 422
    assert "close its elements" in (await answer.json())["errors"][0]["problem"]
    assert (await rim.put("deep", article(html="<p>Fine.</p>" * 10_000))).status == 201

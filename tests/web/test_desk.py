"""The desk: log in and out, look through the inbox, pick by a form."""

import re
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import FormData

from tests.web.newsdesk import Newsdesk, form_token, item


@dataclass
class Browser:
    """Keeps its cookies from page to page, as no other client of these tests does."""

    newsdesk: Newsdesk

    async def open(self, path: str) -> str:
        async with self.newsdesk.client.get(path) as answer:
            assert answer.status == 200, path
            return await answer.text()

    async def send(
        self, path: str, form: str, *fields: tuple[str, str], origin: str = "same-origin"
    ) -> aiohttp.ClientResponse:
        sent = FormData([("form", form), *fields])
        return await self.newsdesk.client.post(
            path, data=sent, headers={"Sec-Fetch-Site": origin}, allow_redirects=False
        )

    async def log_in(self, secret: str | None = None) -> aiohttp.ClientResponse:
        page = await self.open("/desk/login")
        token = self.newsdesk.desk_secret if secret is None else secret
        return await self.send("/desk/login", form_token(page), ("token", token))


@pytest.fixture
def browser(newsdesk: Newsdesk) -> Browser:
    """A browser in which nobody is logged in."""
    return Browser(newsdesk)


async def test_a_token_opens_the_desk_until_log_out(browser: Browser) -> None:
    answer = await browser.log_in()
    cookies = answer.headers.getall("Set-Cookie")

    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    for cookie in cookies:
        assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    page = await browser.open("/desk")
    assert "Log out mira" in page
    assert browser.newsdesk.desk_secret not in page
    gone = await browser.send("/desk/logout", form_token(page))
    assert (gone.status, gone.headers["Location"]) == (303, "/desk/login")
    again = await browser.newsdesk.client.get("/desk", allow_redirects=False)
    assert again.status == 303


@pytest.mark.parametrize("given", ["", "fst_wrong", "the token of the CMS"])
async def test_what_does_not_open_the_desk_says_so(browser: Browser, given: str) -> None:
    other = browser.newsdesk.articles_secret
    answer = await browser.log_in(other if given == "the token of the CMS" else given)

    assert answer.status == 422
    page = await answer.text()
    assert "does not open the desk" in page
    assert "fst_wrong" not in page


async def test_a_revoked_token_is_out_at_once(browser: Browser) -> None:
    await browser.log_in()
    tokens = browser.newsdesk.service.tokens
    (token,) = [token for token in await tokens.everyone() if token.name == "mira"]
    await tokens.revoke(token.id, actor="test")

    answer = await browser.newsdesk.client.get("/desk", allow_redirects=False)
    assert answer.status == 303


async def test_a_form_of_nobodys_page_is_refused(browser: Browser) -> None:
    number = await browser.newsdesk.story()
    before = form_token(await browser.open("/desk/login"))
    await browser.log_in()
    path, field = f"/desk/stories/{number}/pick", ("sections", "world")

    for token in ("", "0" * 64, before):
        assert (await browser.send(path, token, field)).status == 403
    good = form_token(await browser.open(f"/desk/stories/{number}"))
    assert (await browser.send(path, good, field, origin="cross-site")).status == 403
    assert not (await browser.newsdesk.service.inbox.story(number)).picks


async def test_log_in_needs_its_own_page_too(browser: Browser) -> None:
    secret = ("token", browser.newsdesk.desk_secret)
    assert (await browser.send("/desk/login", "0" * 64, secret)).status == 403


async def test_what_is_no_form_is_refused(browser: Browser) -> None:
    answer = await browser.newsdesk.client.post("/desk/login", json={"token": "x"})
    assert answer.status == 415


@pytest.mark.parametrize(
    ("said", "data", "status"), [("utf-8", b"token=\xff", 400), ("odd", b"token=x", 415)]
)
async def test_a_form_in_other_than_utf_8_is_refused(
    demo: Newsdesk, said: str, data: bytes, status: int
) -> None:
    headers = {"Content-Type": f"application/x-www-form-urlencoded; charset={said}"}
    answer = await demo.ask("POST", "/desk/login", data=data, headers=headers)
    assert answer.status == status


async def test_a_pick_by_the_form_stands_on_the_desk_and_in_the_feed(browser: Browser) -> None:
    newsdesk = browser.newsdesk
    number = await newsdesk.story()
    await browser.log_in()
    offered = await browser.open(f"/desk/stories/{number}")
    assert re.search(r'name="sections" value="world" checked', offered)
    form = form_token(offered)
    sent = await browser.send(
        f"/desk/stories/{number}/pick",
        form,
        ("sections", "world"),
        ("sections", "china"),
        ("headline", "In our words"),
        ("summary", ""),
        ("tags", "bridges, cars ,"),
        ("also", "yes"),
    )

    assert sent.status == 303
    page = await browser.open(sent.headers["Location"])
    assert "Picked into <b>China</b>, <b>World</b>" in page
    assert 'href="/articles/1"' in page
    assert not re.search(r'name="sections"[^>]* checked', page)
    await newsdesk.show()
    assert "In our words" in await newsdesk.page("/feeds/china.rss")
    article = await newsdesk.service.articles.newest(limit=1)
    assert article[0].content.tags == ("bridges", "cars")
    assert article[0].content.summary == "Cars cross."


async def test_what_cannot_be_picked_comes_back_with_what_was_typed(browser: Browser) -> None:
    number = await browser.newsdesk.story()
    await browser.log_in()
    path = f"/desk/stories/{number}"
    form = form_token(await browser.open(path))
    nowhere = await browser.send(f"{path}/pick", form, ("headline", "Typed before"))

    assert nowhere.status == 422
    page = await nowhere.text()
    assert "name at least one of" in page
    assert 'value="Typed before"' in page
    chosen = (("sections", "world"), ("headline", "Typed before"))
    assert (await browser.send(f"{path}/pick", form, *chosen)).status == 303
    twice = await browser.send(f"{path}/pick", form, *chosen)
    assert twice.status == 409
    assert "was picked into &#39;world&#39; before" in await twice.text()


@pytest.mark.parametrize("lead", ["", "x", "-1", "99999999999999999999", "²"])
async def test_a_lead_that_is_none_is_told(demo: Newsdesk, lead: str) -> None:
    browser = Browser(demo)
    number = await demo.story()
    path = f"/desk/stories/{number}"
    form = form_token(await browser.open(path))
    answer = await browser.send(f"{path}/pick", form, ("sections", "world"), ("lead", lead))

    assert answer.status == (422 if lead else 303)


async def test_the_inbox_filters_without_losing_its_filters(demo: Newsdesk) -> None:
    browser = Browser(demo)
    for place in range(51):
        await demo.story(f"Event number {place} of today")
    await demo.tell("bao", item("大桥今日通车"))
    page = await browser.open("/desk?section=world")

    assert "大桥" not in page
    assert "50+ stories" in page
    assert 'href="/desk?section=world&amp;cursor=2"' in page
    assert "Event number 0 of" in await browser.open("/desk?section=world&cursor=2")
    assert "大桥今日通车" in await browser.open("/desk?q=大桥")
    assert "Nothing fits" in await browser.open("/desk?q=zeppelin")
    assert "there is no section" in await browser.open("/desk?section=moon&unknown=1")


async def test_a_story_that_is_not_there_leads_back_to_the_desk(demo: Newsdesk) -> None:
    async with demo.client.get("/desk/stories/9999") as answer:
        told = await answer.text()

    assert answer.status == 404
    assert "There is no story 9999" in told
    assert 'class="b" href="/desk"' in told


async def test_other_outlets_are_spoken_of_only_where_there_are_any(demo: Newsdesk) -> None:
    number = await demo.story()

    assert "List the other outlets" not in await Browser(demo).open(f"/desk/stories/{number}")


async def test_an_empty_inbox_says_what_will_come(demo: Newsdesk) -> None:
    assert "No stories yet" in await Browser(demo).open("/desk")


async def test_a_story_shows_its_tellings_their_changes_and_why_they_are_together(
    demo: Newsdesk,
) -> None:
    link = "https://wire.test/shared"
    number = await demo.story("A bridge opens", link=link, canonical=link)
    await demo.tell("bao", item("大桥通车", link=link, canonical=link))
    demo.clock.moment += timedelta(hours=1)
    said = {"guid": "A bridge opens", "link": link, "canonical": link}
    await demo.tell("wire", item("A bridge is opened", **said))
    page = await Browser(demo).open(f"/desk/stories/{number}")

    for expected in (
        "大桥通车",
        "A bridge is opened",
        "<del>A bridge opens</del>",
        "both lead to the same page",
        "exact/1",
        "headline and a short excerpt",
        "Wire &amp; Co",
    ):
        assert expected in page


async def test_a_story_that_went_into_another_leads_there_on_the_desk(demo: Newsdesk) -> None:
    one, other = await demo.story("First of two"), await demo.story("Second of two")
    async with demo.service.database.write() as tx:
        await tx.all("UPDATE story SET merged_into = :to WHERE id = :id", to=one, id=other)
    answer = await demo.get(f"/desk/stories/{other}")

    assert (answer.status, answer.headers["Location"]) == (308, f"/desk/stories/{one}")


async def test_the_desk_is_kept_by_no_cache(demo: Newsdesk) -> None:
    assert (await demo.get("/desk")).headers["Cache-Control"] == "no-store"


async def test_what_was_offered_to_a_section_that_is_no_more_is_still_shown(demo: Newsdesk) -> None:
    number = await demo.story()
    async with demo.service.database.write() as tx:
        await tx.all("UPDATE story_section SET section = 'gone'")

    assert ">gone<" in await demo.page("/desk")
    assert ">gone<" in await demo.page(f"/desk/stories/{number}")


@pytest.mark.parametrize(("rights", "offered"), [("headline", 0), ("excerpt", 1)])
async def test_the_form_offers_no_more_of_a_text_than_its_rights_allow(
    demo: Newsdesk, rights: str, offered: int
) -> None:
    number = await demo.story()
    async with demo.service.database.write() as tx:
        await tx.all("UPDATE source SET rights = :rights WHERE key = 'wire'", rights=rights)

    page = await demo.page(f"/desk/stories/{number}")
    assert page.count('placeholder="Cars cross."') == offered

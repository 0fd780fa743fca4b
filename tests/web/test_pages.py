"""Pages for people: what they show, and that nobody's text becomes our markup."""

import pytest
from lxml import html

from tests.web.newsdesk import EVIL, Newsdesk, article, item, picture


def assert_harmless(page: str) -> None:
    """Assert that a page runs nothing, however a browser reads it."""
    for element in html.document_fromstring(page).iter():
        assert element.tag != "script"
        for name, value in ((str(name), str(value)) for name, value in element.items()):
            assert not name.startswith("on"), name
            assert name != "style"
            if name in {"href", "src", "action", "formaction"}:
                assert not value.strip().lower().startswith(("javascript:", "data:")), value


async def test_nothing_that_a_source_sends_becomes_markup_on_any_page(demo: Newsdesk) -> None:
    evil = await demo.story(
        EVIL,
        summary=f"{EVIL}<p>text</p>",
        author=EVIL,
        categories=(EVIL,),
        link="https://wire.test/x",
        images=(picture(),),
    )
    await demo.pick(evil, sections=["world"], credit=EVIL, tags=[EVIL], headline=EVIL, summary=EVIL)
    await demo.show()

    for path in ("/", "/feeds/world", "/articles/1", "/desk", f"/desk/stories/{evil}"):
        page = await demo.page(path)
        assert "alert(" in page, path
        assert_harmless(page)


async def test_nothing_that_the_cms_sends_becomes_markup(rim: Newsdesk) -> None:
    evil = article(
        title=f"Title {EVIL}",
        summary=EVIL,
        html=f"<p>{EVIL}</p><svg onload=alert(1)><a href='javascript:alert(1)'>x</a>",
        authors=[EVIL],
        tags=[EVIL],
        credit=EVIL,
        rights=EVIL,
        images=[{"url": "https://a.test/a.jpg", "caption": EVIL, "alt": EVIL, "credit": EVIL}],
    )
    assert (await rim.put("a-1", evil)).status == 201
    await rim.show()

    for path in ("/", "/feeds/china", "/articles/1"):
        assert_harmless(await rim.page(path))


@pytest.mark.parametrize("path", ["/desk?q={}", "/desk?section={}", "/desk?source={}&language={}"])
async def test_what_is_looked_for_does_not_become_markup(demo: Newsdesk, path: str) -> None:
    quoted = "%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E"
    assert_harmless(await demo.page(path.replace("{}", quoted)))


async def test_an_address_that_is_not_there_is_not_repeated(rim: Newsdesk) -> None:
    assert_harmless(await rim.page("/%3Cscript%3Ealert(1)%3C/script%3E"))


async def test_an_own_article_shows_everything_that_it_has(rim: Newsdesk) -> None:
    picture_of = {
        "url": "https://a.test/a.jpg",
        "caption": "A caption",
        "credit": "A. Photographer",
        "alt": "What it shows",
    }
    await rim.put("a-1", article(images=[picture_of], rights="© us", credit="A credit line"))
    answer = await rim.get("/articles/1")
    page = await answer.text()

    for said in (
        "Our own report",
        "Ana Ruiz",
        "<p>At <em>length</em>.</p>",
        *picture_of.values(),
        "© us",
        "A credit line",
        "1 January 2026",
        'href="http://news.test/feeds/china.atom"',
    ):
        assert said in page
    assert "img-src 'self' https: http:;" in answer.headers["Content-Security-Policy"]


async def test_a_picked_article_credits_and_links_the_outlet(rim: Newsdesk) -> None:
    link = "https://wire.test/shared"
    number = await rim.story("A bridge opens", link=link, canonical=link, author="Wei Lin")
    await rim.tell("bao", item("大桥通车", link=link, canonical=link))
    await rim.pick(number, sections=["world"], credit="Wire reports")
    page = await rim.page("/articles/1")

    assert f'href="{link}" rel="external noopener noreferrer nofollow"' in page
    for said in ("Wire &amp; Co", "Wire reports", "Wei Lin", "Also covered by", "晨报", "大桥通车"):
        assert said in page


async def test_a_retracted_article_leaves_its_note_and_nothing_else(newsdesk: Newsdesk) -> None:
    await newsdesk.put("a-1", article())
    await newsdesk.ask(
        "DELETE", "/api/v1/articles/a-1?note=The+source+was+forged", headers=newsdesk.cms
    )
    answer = await newsdesk.get("/articles/1")
    page = await answer.text()

    assert answer.status == 410
    assert "The source was forged" in page
    assert "Our own report" not in page
    assert "At <em>length</em>" not in page


async def test_an_article_is_not_shown_before_its_hour(rim: Newsdesk) -> None:
    await rim.put("a-1", article(published="2026-02-01T00:00:00Z"))

    assert (await rim.get("/articles/1")).status == 404


async def test_old_pages_style_sheets_are_sent_but_not_kept(rim: Newsdesk) -> None:
    answer = await rim.get("/static/0/desk.css")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (await rim.get("/static/0/../app.py")).status == 404
    assert (await rim.get("/static/0/%2e%2e/app.py")).status == 404

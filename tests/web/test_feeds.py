"""Feeds over HTTP: conditional requests, encodings, what moved, what ended, the directory."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree

from feedserver.model.feed import Format
from tests.web.newsdesk import Newsdesk, article

ENDINGS = [form.value for form in Format]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_reader_that_has_this_version_is_told_so(rim: Newsdesk, ending: str) -> None:
    first = await rim.get(f"/feeds/china.{ending}")
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]

    for known in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-Modified-Since": modified},
    ):
        again = await rim.get(f"/feeds/china.{ending}", headers=known)
        assert again.status == 304
        assert await again.read() == b""
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "Content-Type" not in again.headers
    other = {"If-None-Match": '"other"', "If-Modified-Since": modified}
    assert (await rim.get(f"/feeds/china.{ending}", headers=other)).status == 200


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_feed_is_sent_compressed_to_who_takes_that(rim: Newsdesk, ending: str) -> None:
    plain = await rim.get(f"/feeds/all.{ending}", headers={"Accept-Encoding": "identity"})
    packed = await rim.get(f"/feeds/all.{ending}", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Mode, Sec-Fetch-Dest"
    assert await packed.read() == await plain.read()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])


async def test_a_pick_stands_in_its_feeds_with_attribution(newsdesk: Newsdesk) -> None:
    number = await newsdesk.story("A bridge opens", author="Wei Lin")
    await newsdesk.pick(number, sections=["world"], headline="Bridge opened at last")
    await newsdesk.show()

    for name in ("world", "home", "all"):
        for ending in ENDINGS:
            text = await newsdesk.page(f"/feeds/{name}.{ending}")
            assert "Bridge opened at last" in text
            assert "https://wire.test/feed" in text
            assert "Wire &amp; Co" in text or "Wire & Co" in text or "Wire &#x26; Co" in text
    assert "Bridge opened" not in await newsdesk.page("/feeds/china.atom")


async def test_a_new_version_has_a_later_date_and_another_tag(rim: Newsdesk) -> None:
    before = (await rim.get("/feeds/china.atom")).headers
    await rim.put("a-1", article())
    await rim.show()
    after = (await rim.get("/feeds/china.atom")).headers

    assert after["ETag"] != before["ETag"]
    assert parsedate_to_datetime(after["Last-Modified"]) > parsedate_to_datetime(
        before["Last-Modified"]
    )


async def test_the_date_is_never_before_last_modified_even_when_the_clock_was_put_back(
    rim: Newsdesk,
) -> None:
    rim.clock.moment -= timedelta(hours=1)
    headers = (await rim.get("/feeds/china.atom")).headers

    assert headers["Date"] == headers["Last-Modified"]


async def test_unknown_parameters_do_not_make_another_feed(rim: Newsdesk) -> None:
    plain, asked = await rim.get("/feeds/all.rss"), await rim.get("/feeds/all.rss?utm=x&q=%00")

    assert asked.status == 200
    assert asked.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize("ending", ["", *(f".{ending}" for ending in ENDINGS)])
async def test_what_moved_ended_or_never_was_says_so(rim: Newsdesk, ending: str) -> None:
    moved = await rim.get(f"/feeds/asia{ending}")
    assert moved.status == 301
    assert moved.headers["Location"] == f"http://news.test/feeds/china{ending}"
    assert (await rim.get(f"/feeds/old{ending}")).status == 410
    unknown = await rim.get(f"/feeds/moon{ending}")
    assert unknown.status == 404
    assert "/feeds lists all" in await unknown.text()


async def test_a_person_who_opens_a_feed_sees_its_page_and_no_cache_keeps_it(
    rim: Newsdesk,
) -> None:
    person = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = await rim.get("/feeds/china.rss", headers=person)

    assert answer.content_type == "text/html"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Of China" in await answer.text()
    reader = await rim.get("/feeds/china.rss", headers={"Accept": "text/html"})
    assert reader.content_type == "application/rss+xml"


async def test_the_directory_names_every_feed_that_is_published(rim: Newsdesk) -> None:
    page = await rim.page("/feeds")
    opml = etree.fromstring(await (await rim.get("/feeds.opml")).read())

    for name in ("all", "home", "china", "world"):
        for ending in ENDINGS:
            assert f"http://news.test/feeds/{name}.{ending}" in page
    assert [outline.get("xmlUrl") for outline in opml.iter("outline")] == [
        f"http://news.test/feeds/{name}.atom" for name in ("all", "home", "china", "world")
    ]
    assert "/feeds/old" not in page
    assert "/feeds/asia" not in page


async def test_the_list_of_feeds_is_opml(rim: Newsdesk) -> None:
    answer = await rim.get("/feeds.opml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"

"""The outlets as a poller meets them: real requests on loopback, at moments of a set clock."""

import re
import zlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from yarl import URL

from feedserver.demo.edition import edition
from feedserver.demo.outlets import Outlets, Turnstile
from feedserver.demo.pictures import HEIGHT, WIDTH, draw
from feedserver.demo.script import Outlet, Patience, Quirk
from tests.demo.world import MOMENTS, SCRIPT, START, Visitor, read
from tests.fakes import FakeClock

OPEN = [outlet for outlet in SCRIPT.outlets if outlet.closed_at is None]


@pytest.fixture
async def outlets(clock: FakeClock) -> AsyncIterator[Outlets]:
    clock.moment = START
    async with Outlets.running(SCRIPT, clock, START) as running:
        yield running


@pytest.fixture
async def visitor(outlets: Outlets, clock: FakeClock) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        yield Visitor(session=session, port=outlets.stage.port, clock=clock)


@pytest.mark.parametrize("offset", MOMENTS, ids=str)
@pytest.mark.parametrize("outlet", OPEN, ids=lambda outlet: outlet.key)
async def test_a_feed_shows_what_its_outlet_has_published(
    outlets: Outlets, visitor: Visitor, outlet: Outlet, offset: timedelta
) -> None:
    visitor.wait_until(offset)
    answer = await visitor.ask(outlet.host)
    feed = read(answer)
    shown = edition(SCRIPT, outlet, outlets.stage, START + offset).articles
    assert answer.status == 200
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.title == outlet.title
    assert [entry.link for entry in feed.entries] == [article.link for article in shown]
    assert [entry.title for entry in feed.entries] == [article.headline for article in shown]
    assert [entry.summary for entry in feed.entries] == [article.summary for article in shown]
    assert [entry.author for entry in feed.entries] == [article.byline for article in shown]


async def test_feeds_say_their_type_and_charset(visitor: Visitor) -> None:
    types = {
        outlet.key: (await visitor.ask(outlet.host)).headers["content-type"] for outlet in OPEN
    }
    assert types["meridian"] == "application/rss+xml; charset=utf-8"
    assert types["thameside"] == "application/atom+xml; charset=utf-8"
    assert types["elbe"] == "application/rdf+xml; charset=utf-8"
    assert types["jiangan"] == "application/rss+xml; charset=gb18030"


async def test_a_feed_without_guids_and_one_without_dates_lack_them(visitor: Visitor) -> None:
    for outlet in OPEN:
        entries = read(await visitor.ask(outlet.host)).entries
        assert all(("id" in entry) is (Quirk.NO_GUIDS not in outlet.quirks) for entry in entries)
        dated = Quirk.NO_DATES not in outlet.quirks
        dates = [entry.get("published") or entry.get("updated") for entry in entries]
        assert all((date is not None) is dated for date in dates)


async def test_dates_are_of_the_publication(visitor: Visitor) -> None:
    entries = read(await visitor.ask("meridian-wire.localhost")).entries
    wire = [told for told in SCRIPT.tellings if told.outlet == "meridian"]
    past = [START + told.at for told in reversed(wire) if told.at <= timedelta(0)]
    assert [parsedate_to_datetime(entry.published) for entry in entries] == past


async def test_pictures_stand_beside_the_text_or_in_it(visitor: Visitor) -> None:
    [media] = [
        entry.media_content
        for entry in read(await visitor.ask("meridian-wire.localhost")).entries
        if entry.link.endswith("/mombasa-cable-anchor")
    ]
    assert media[0]["url"] == f"http://127.0.0.1:{visitor.port}/img/sea-repair-ship.png"
    entry = read(await visitor.ask("jiangan-zaobao.localhost")).entries[-1]
    assert "media_content" not in entry
    assert "<figure><img src=" in entry.content[0].value


@pytest.mark.parametrize("outlet", OPEN, ids=lambda outlet: outlet.key)
async def test_a_feed_that_did_not_change_is_not_sent_again(
    visitor: Visitor, outlet: Outlet
) -> None:
    first = await visitor.ask(outlet.host)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    visitor.wait_until(timedelta(seconds=1))
    for conditions in (
        {"If_None_Match": etag},
        {"If_Modified_Since": modified},
        {"If_None_Match": f'"other", W/{etag}', "If_Modified_Since": "garbage"},
    ):
        again = await visitor.ask(outlet.host, **conditions)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["last-modified"] == modified
    other = await visitor.ask(outlet.host, If_None_Match='"other"', If_Modified_Since=modified)
    assert other.status == 200
    assert other.body == first.body


async def test_each_change_changes_both_validators_and_never_lies_ahead(visitor: Visitor) -> None:
    wire = [told for told in SCRIPT.tellings if told.outlet == "meridian"]
    changes = sorted({at for told in wire for at in (told.at, *(edit.at for edit in told.edits))})
    seen: list[tuple[str, datetime]] = []
    for offset in changes:
        visitor.wait_until(offset)
        headers = (await visitor.ask("meridian-wire.localhost")).headers
        seen.append((headers["etag"], parsedate_to_datetime(headers["last-modified"])))
    assert len({etag for etag, _ in seen}) == len(changes)
    assert [modified for _, modified in seen] == [START + offset for offset in changes]


async def test_a_changed_headline_comes_under_the_same_guid(visitor: Visitor) -> None:
    quake = SCRIPT.telling("quake/meridian")
    visitor.wait_until(quake.at)
    before = read(await visitor.ask("meridian-wire.localhost")).entries[0]
    visitor.wait_until(quake.edits[0].at)
    entries = read(await visitor.ask("meridian-wire.localhost")).entries
    [after] = [entry for entry in entries if entry.id == before.id]
    assert "5.8" in before.title
    assert "6.0" in after.title
    assert before.link == after.link


async def test_the_closed_outlet_answers_until_it_closes_and_410_from_then_on(
    visitor: Visitor,
) -> None:
    estuary = SCRIPT.outlet("estuary")
    assert estuary.closed_at is not None
    visitor.wait_until(estuary.closed_at - timedelta(seconds=1))
    assert len(read(await visitor.ask(estuary.host)).entries) == 1
    visitor.wait_until(estuary.closed_at)
    assert (await visitor.ask(estuary.host)).status == 410
    assert (await visitor.ask(estuary.host, "/news/our-last-edition")).status == 410


async def test_the_impatient_outlet_answers_429_and_says_until_when(visitor: Visitor) -> None:
    glass = SCRIPT.outlet("market-glass")
    assert glass.patience == Patience(requests=6, seconds=120)
    for seconds in range(0, 90, 15):
        visitor.wait_until(timedelta(seconds=seconds))
        assert (await visitor.ask(glass.host)).status == 200
    visitor.wait_until(timedelta(seconds=90))
    refused = await visitor.ask(glass.host)
    assert (refused.status, refused.headers["retry-after"]) == (429, "30")
    visitor.wait_until(timedelta(seconds=120))
    assert (await visitor.ask(glass.host)).status == 200


def test_a_refused_request_does_not_count_against_patience() -> None:
    turnstile = Turnstile(Patience(requests=1, seconds=10))
    assert turnstile.wait(START) is None
    assert turnstile.wait(START + timedelta(seconds=9)) == timedelta(seconds=1)
    assert turnstile.wait(START + timedelta(seconds=10)) is None


async def test_every_link_leads_to_its_article(outlets: Outlets, visitor: Visitor) -> None:
    visitor.wait_until(timedelta(hours=1))
    hosts = {outlet.host: outlet for outlet in SCRIPT.outlets}
    for outlet in OPEN:
        for article in edition(SCRIPT, outlet, outlets.stage, visitor.clock.now()).articles:
            link = URL(article.link)
            page = await visitor.ask(link.host or "", str(link.relative()))
            assert page.status == 200, article.link
            assert hosts[link.host or ""].title in page.body.decode()
            assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_nothing_is_served_before_it_is_published(visitor: Visitor) -> None:
    assert (await visitor.ask("meridian-wire.localhost", "/a/hualien-quake")).status == 404
    visitor.wait_until(timedelta(seconds=20))
    assert (await visitor.ask("meridian-wire.localhost", "/a/hualien-quake")).status == 200


async def test_a_browser_finds_all_under_the_bare_address(visitor: Visitor) -> None:
    front = await visitor.ask("127.0.0.1", "/")
    assert all(outlet.title in front.body.decode() for outlet in SCRIPT.outlets)
    page = await visitor.ask("127.0.0.1", "/meridian-wire.localhost/a/mombasa-cable-anchor")
    assert "MOMBASA (Meridian)" in page.body.decode()
    feed = await visitor.ask("127.0.0.1", "/tidewater-courier.localhost/feed.xml")
    assert read(feed).feed.title == "The Tidewater Courier"
    style = await visitor.ask("127.0.0.1", "/outlets.css")
    assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("host", "front"),
    [
        ("127.0.0.1", "/"),
        ("127.0.0.1", "/elbe-rundschau.localhost/"),
        ("tidewater-courier.localhost", "/"),
    ],
)
async def test_front_pages_lead_to_pages_of_the_same_host(
    visitor: Visitor, host: str, front: str
) -> None:
    page = (await visitor.ask(host, front)).body.decode()
    links = re.findall(r'<a href="([^"]+)"', page)
    statuses = {(await visitor.ask(host, link)).status for link in links}
    assert len(links) >= 3
    assert statuses <= {200, 410}


@pytest.mark.parametrize("path", ["/nobody.localhost/feed.xml", "/img/hills-unknown.png", "/x"])
async def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert (await visitor.ask("127.0.0.1", path)).status == 404


async def test_pictures_are_served_under_any_host(visitor: Visitor) -> None:
    for host in ("127.0.0.1", "meridian-wire.localhost"):
        answer = await visitor.ask(host, "/img/sea-repair-ship.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.body == draw("sea-repair-ship")


@pytest.mark.parametrize("picture", SCRIPT.pictures, ids=lambda picture: picture.name)
def test_a_picture_is_a_whole_png(picture: object) -> None:
    name = getattr(picture, "name", "")
    png = draw(name)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (WIDTH, HEIGHT)
    length = int.from_bytes(png[33:37])
    assert png[37:41] == b"IDAT"
    assert len(zlib.decompress(png[41 : 41 + length])) == HEIGHT * (1 + 3 * WIDTH)
    assert draw(name) == png


async def test_two_servers_send_the_same_bytes(visitor: Visitor, clock: FakeClock) -> None:
    before = [(await visitor.ask(outlet.host)).body for outlet in OPEN]
    async with (
        Outlets.running(SCRIPT, clock, START) as other,
        aiohttp.ClientSession() as session,
    ):
        twin = Visitor(session=session, port=other.stage.port, clock=clock)
        port, other_port = str(visitor.port).encode(), str(twin.port).encode()
        after = [(await twin.ask(outlet.host)).body for outlet in OPEN]
    assert [body.replace(other_port, port) for body in after] == before

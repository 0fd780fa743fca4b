"""The client against a publisher that behaves."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from feedserver.errors import BlockedError, FetchError, GoneError, ThrottledError
from feedserver.fetch.answers import Fetched, Hop, NotModified
from feedserver.fetch.client import Client, Limits
from feedserver.model.source import Validators
from tests.fetch.conftest import Opening
from tests.publisher import Publisher

FEED = "http://one.test/feed"
LM = "Thu, 01 Jan 2026 11:00:00 GMT"


async def fetched(client: Client, url: str, known: Validators | None = None) -> Fetched:
    answer = await client.get(url, validators=known or Validators())
    assert isinstance(answer, Fetched)
    return answer


async def test_a_document_comes_with_all_that_is_needed_to_read_it_and_to_ask_again(
    publisher: Publisher, client: Client
) -> None:
    headers = {
        "Content-Type": "application/rss+xml; charset=GBK",
        "ETag": '"1"',
        "Last-Modified": LM,
        "Cache-Control": "max-age=600",
    }
    publisher.put(FEED, "<rss/>", headers=headers)
    answer = await fetched(client, publisher.url(FEED))
    assert answer.url == publisher.url(FEED)
    assert answer.body == b"<rss/>"
    assert answer.headers["content-type"] == "application/rss+xml; charset=GBK"
    assert answer.validators == Validators(etag='"1"', last_modified=LM, url=publisher.url(FEED))
    assert answer.fresh_for == timedelta(minutes=10)
    assert answer.hops == ()


async def test_who_asks_again_with_validators_is_told_that_nothing_has_changed(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, "<rss/>", headers={"ETag": 'W/"1"', "Last-Modified": LM})
    first = await fetched(client, publisher.url(FEED))
    answer = await client.get(publisher.url(FEED), validators=first.validators)
    assert answer == NotModified(
        url=publisher.url(FEED), validators=first.validators, fresh_for=timedelta(0)
    )
    sent = publisher.asked(FEED)[-1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"1"', LM)


@pytest.mark.parametrize("etag", ["bare-1", '"a,b c\\d"', 'W/"x"', '"été"', '""', "a  b"])
async def test_an_odd_etag_travels_both_ways_unharmed(
    publisher: Publisher, client: Client, etag: str
) -> None:
    publisher.put(FEED, "<rss/>", headers={"ETag": etag})
    first = await fetched(client, publisher.url(FEED))
    assert isinstance(
        await client.get(publisher.url(FEED), validators=first.validators), NotModified
    )


async def test_an_etag_of_bytes_that_cannot_be_sent_back_is_forgotten(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, raw=b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nX: \xe9\r\n\r\n<rss/>')
    answer = await fetched(client, publisher.url(FEED))
    assert answer.validators == Validators()
    assert answer.headers["x"] == "?"


async def test_a_200_without_validators_leaves_none(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, "<rss/>", honest=False)
    known = Validators(etag='"old"', url=publisher.url(FEED))
    assert (await fetched(client, publisher.url(FEED), known)).validators == Validators()


async def test_a_304_may_bring_a_new_etag(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, status=304, headers={"ETag": '"2"'})
    known = Validators(etag='"1"', last_modified=LM, url=publisher.url(FEED))
    answer = await client.get(publisher.url(FEED), validators=known)
    assert answer.validators == replace(known, etag='"2"')


async def test_a_304_that_was_not_asked_for_is_an_error(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, status=304)
    with pytest.raises(FetchError, match="304 Not Modified, though we sent no validators"):
        await client.get(publisher.url(FEED))


async def test_validators_of_another_address_are_not_sent(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, "<rss/>", headers={"ETag": '"1"'})
    other = Validators(etag='"1"', url=publisher.url("http://one.test/earlier"))
    await fetched(client, publisher.url(FEED), other)
    assert "If-None-Match" not in publisher.asked(FEED)[0].headers


async def test_we_say_who_we_are_and_nothing_more(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, "<rss/>", headers={"Set-Cookie": "track=1; Path=/"})
    for _ in range(2):
        await fetched(client, publisher.url(FEED))
    for request in publisher.requests:
        assert request.method == "GET"
        assert request.headers["User-Agent"] == "feedserver/0 (+desk@news.example)"
        assert "rss" in request.headers["Accept"]
        assert not {"Cookie", "Referer", "Range"} & set(request.headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_told(
    publisher: Publisher, client: Client, status: int
) -> None:
    publisher.put(FEED, status=status, headers={"Location": publisher.url("http://two.test/new")})
    publisher.put("http://two.test/new", "<rss/>")
    answer = await fetched(client, publisher.url(FEED))
    assert answer.url == answer.validators.url == publisher.url("http://two.test/new")
    assert answer.hops == (Hop(url=publisher.url(FEED), status=status),)
    assert answer.hops[0].permanent is (status in {301, 308})


async def test_validators_follow_a_redirect_to_the_address_that_gave_them(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, status=302, headers={"Location": "/new"})
    publisher.put("http://one.test/new", "<rss/>")
    first = await fetched(client, publisher.url(FEED))
    again = await client.get(publisher.url(FEED), validators=first.validators)
    assert isinstance(again, NotModified)
    assert len(again.hops) == 1
    assert all("If-None-Match" not in request.headers for request in publisher.asked(FEED))


async def test_five_redirects_are_followed_and_no_sixth(
    publisher: Publisher, client: Client
) -> None:
    for hop in range(6):
        location = {"Location": f"/{hop + 1}"}
        publisher.put(f"http://one.test/{hop}", status=302, headers=location)
    publisher.put("http://one.test/6", "<rss/>")
    assert len((await fetched(client, publisher.url("http://one.test/1"))).hops) == 5
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        await client.get(publisher.url("http://one.test/0"))


@pytest.mark.parametrize("back", ["/feed", "/feed#again", "http://one.test:{port}/feed"])
async def test_a_redirect_in_a_circle_ends_at_once(
    publisher: Publisher, client: Client, back: str
) -> None:
    publisher.put(FEED, status=301, headers={"Location": "/a"})
    location = {"Location": back.format(port=publisher.port)}
    publisher.put("http://one.test/a", status=302, headers=location)
    with pytest.raises(FetchError, match="in a circle"):
        await client.get(publisher.url(FEED))
    assert len(publisher.requests) == 2


async def test_a_redirect_to_nowhere_is_an_error(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, status=302)
    with pytest.raises(FetchError, match="answered 302 Found, but not where to go"):
        await client.get(publisher.url(FEED))


async def test_credentials_are_sent_to_their_origin_and_shown_nowhere(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, status=302, headers={"Location": "/here"})
    here = "http://one.test/here"
    there = "http://two.test/there"
    publisher.put(here, status=302, headers={"Location": publisher.url(there)})
    publisher.put(there, status=403)
    with pytest.raises(FetchError) as caught:
        await client.get(publisher.url(FEED).replace("one.test", "user:s3cret@one.test"))
    assert "s3cret" not in str(caught.value)
    assert [("Authorization" in request.headers) for request in publisher.requests] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "answered 204 No Content"),
        (206, "answered 206 Partial Content"),
        (300, "answered 300 Multiple Choices"),
        (401, "answered 401 Unauthorized"),
        (403, "answered 403 Forbidden"),
        (404, "answered 404 Not Found"),
        (500, "answered 500 Internal Server Error"),
        (999, "answered 999, which is no known status"),
    ],
)
async def test_an_answer_without_a_document_is_an_error_that_names_the_status(
    publisher: Publisher, client: Client, status: int, words: str
) -> None:
    publisher.put(FEED, status=status)
    with pytest.raises(FetchError) as caught:
        await client.get(publisher.url(FEED))
    assert str(caught.value) == f"{publisher.url(FEED)}: {words}"
    assert caught.value.status == status


async def test_410_says_that_the_document_is_gone(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, status=410)
    with pytest.raises(GoneError, match="410 Gone") as caught:
        await client.get(publisher.url(FEED))
    assert caught.value.status == 410


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("told", "wait"), [("60", timedelta(minutes=1)), ("soon", None)])
async def test_429_and_503_say_how_long_to_wait(
    publisher: Publisher, client: Client, status: int, told: str, wait: timedelta | None
) -> None:
    publisher.put(FEED, status=status, headers={"Retry-After": told})
    with pytest.raises(ThrottledError) as caught:
        await client.get(publisher.url(FEED))
    assert caught.value.status == status
    assert caught.value.retry_after == wait


async def test_a_host_is_never_asked_more_than_two_things_at_once(
    publisher: Publisher, opening: Opening
) -> None:
    go = asyncio.Event()
    for feed in range(6):
        publisher.put(f"http://one.test/{feed}", "<rss/>", until=go)
    publisher.put("http://two.test/", "<rss/>")
    async with opening(Limits()) as client, asyncio.TaskGroup() as tasks:
        for feed in range(6):
            tasks.create_task(client.get(publisher.url(f"http://one.test/{feed}")))
        await client.get(publisher.url("http://two.test/"))
        go.set()
    assert publisher.most_at_once["one.test"] == 2
    assert len(publisher.requests) == 7


async def test_waiting_for_a_turn_does_not_count_as_the_hosts_delay(
    publisher: Publisher, opening: Opening
) -> None:
    publisher.put(FEED, "<rss/>", delay=0.2)
    limits = Limits(deadline=timedelta(seconds=0.8), per_host=1)
    async with opening(limits) as client, asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(client.get(publisher.url(FEED)))
    assert len(publisher.requests) == 5


async def test_a_public_address_is_not_asked_on_another_port(client: Client) -> None:
    with pytest.raises(BlockedError, match="port 6379 is closed to us"):
        await client.get("http://8.8.8.8:6379/")

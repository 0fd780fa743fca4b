"""The client against servers that lie, stall, flood and point elsewhere."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import brotli
import pytest
from aiohttp.client_reqrep import ConnectionKey

from feedserver.errors import BlockedError, FetchError, TooLargeError
from feedserver.fetch.answers import Fetched
from feedserver.fetch.client import Client, Limits
from feedserver.fetch.failures import in_words
from feedserver.model.source import Validators
from tests.fetch.conftest import Opening
from tests.publisher import Publisher

FEED = "http://one.test/feed"

FORBIDDEN = [
    "127.0.0.2",
    "10.0.0.1",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104 - is refused
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.②",
    "user@127.0.0.2",
    "127.0.0.1@127.0.0.2",
    "private.example",
    "a.private6.example",
    "localhost",
]
"""Hosts that must not be reached. The publisher's own address is allowed at its port only."""


@pytest.mark.parametrize("host", FORBIDDEN)
async def test_a_private_address_is_not_connected_to(client: Client, host: str) -> None:
    with pytest.raises(BlockedError):
        await client.get(f"http://{host}/feed")


@pytest.mark.parametrize("host", FORBIDDEN)
async def test_a_redirect_to_a_private_address_is_not_followed(
    publisher: Publisher, client: Client, host: str
) -> None:
    publisher.put(FEED, status=302, headers={"Location": f"http://{host}/canary"})
    with pytest.raises(BlockedError):
        await client.get(publisher.url(FEED))
    assert len(publisher.requests) == 1


BLANKS = b" " * 50_000_000


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)],
)
async def test_a_bomb_is_put_out_as_it_goes_off(
    publisher: Publisher, client: Client, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    publisher.put(FEED, pack(BLANKS), headers={"Content-Encoding": coding})
    with pytest.raises(TooLargeError, match="sent more than 5242880 bytes"):
        await client.get(publisher.url(FEED))


async def test_a_body_may_be_as_long_as_allowed_and_no_longer(
    publisher: Publisher, opening: Opening
) -> None:
    publisher.put(FEED, b"x" * 1000)
    async with opening(Limits(max_bytes=1000)) as client:
        assert isinstance(await client.get(publisher.url(FEED)), Fetched)
    async with opening(Limits(max_bytes=999)) as client:
        with pytest.raises(TooLargeError, match=r"one\.test.* sent more than 999 bytes"):
            await client.get(publisher.url(FEED))


async def test_a_length_that_is_too_long_is_refused_before_the_body(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx")
    with pytest.raises(TooLargeError):
        await client.get(publisher.url(FEED))


async def test_an_endless_body_without_a_length_is_left_at_the_limit(
    publisher: Publisher, opening: Opening
) -> None:
    publisher.put(FEED, raw=b"HTTP/1.0 200 OK\r\n\r\n" + b"A" * 300_000)
    async with opening(Limits(max_bytes=100_000)) as client:
        with pytest.raises(TooLargeError):
            await client.get(publisher.url(FEED))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CUT = {
    "before its length": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\nETag: x\r\n\r\n<rss>",
    "without the last chunk": CHUNKED + b"5\r\n<rss>\r\n",
    "in a chunk": CHUNKED + b"50\r\n<rss>",
    "in the gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    + gzip.compress(b"<rss>" * 99)[:-9],
}


@pytest.mark.parametrize("where", CUT)
async def test_a_body_that_is_cut_is_an_error_and_leaves_no_validators(
    publisher: Publisher, client: Client, where: str
) -> None:
    publisher.put(FEED, raw=CUT[where])
    with pytest.raises(FetchError, match=r"cut short|ends in the middle"):
        await client.get(publisher.url(FEED))


async def test_a_connection_that_breaks_within_the_body_is_an_error(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, "<rss>" * 100, cut=120)
    with pytest.raises(FetchError, match="cut short"):
        await client.get(publisher.url(FEED))


async def test_an_empty_body_is_an_error(publisher: Publisher, client: Client) -> None:
    publisher.put(FEED, "", headers={"ETag": '"empty"'})
    with pytest.raises(FetchError, match="sent an empty body") as caught:
        await client.get(publisher.url(FEED))
    assert caught.value.status == 200


@pytest.mark.parametrize(
    ("coding", "words"),
    [
        ("gzip", "cannot be unpacked as its Content-Encoding says"),
        ("br", "cannot be unpacked as its Content-Encoding says"),
        ("gzip, gzip", "not in a coding that we asked for"),
        ("compress", "not in a coding that we asked for"),
    ],
)
async def test_a_body_in_another_coding_than_it_says_is_an_error(
    publisher: Publisher, client: Client, coding: str, words: str
) -> None:
    publisher.put(FEED, "<rss/>", headers={"Content-Encoding": coding})
    with pytest.raises(FetchError, match=words):
        await client.get(publisher.url(FEED))


async def test_a_charset_in_the_place_of_a_coding_is_passed_over(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, "<rss/>", headers={"Content-Encoding": "UTF-8"})
    answer = await client.get(publisher.url(FEED))
    assert isinstance(answer, Fetched)
    assert answer.body == b"<rss/>"


@pytest.mark.parametrize(
    "raw",
    [
        b"<rss>no headers at all</rss>",
        b"\x00\x01\x02\xff" * 100 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"y" * 2_000_000 + b"\r\n\r\n<rss/>",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n<rss/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<rss/>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss/>",
    ],
    ids=["HTTP/0.9", "garbage", "a huge header", "5000 headers", "two lengths", "a bad chunk"],
)
async def test_what_is_not_http_is_an_error_of_one_clean_line(
    publisher: Publisher, client: Client, raw: bytes
) -> None:
    publisher.put(FEED, raw=raw)
    with pytest.raises(FetchError) as caught:
        await client.get(publisher.url(FEED))
    assert str(caught.value).startswith(publisher.url(FEED))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


async def test_the_servers_own_words_for_a_status_are_not_repeated(
    publisher: Publisher, client: Client
) -> None:
    publisher.put(FEED, raw=b"HTTP/1.1 500 \x1b[31mFAKE\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(FetchError, match=r"answered 500 Internal Server Error$"):
        await client.get(publisher.url(FEED))


async def test_a_304_with_a_body_is_asked_about_again_without_validators(
    publisher: Publisher, client: Client
) -> None:
    bad = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nContent-Length: 9\r\n\r\n<p>no</p>"
    publisher.put(FEED, raw=bad)
    publisher.then(FEED, "<rss/>")
    known = Validators(etag='"1"', url=publisher.url(FEED))
    assert isinstance(await client.get(publisher.url(FEED), validators=known), Fetched)
    conditional = ["If-None-Match" in request.headers for request in publisher.requests]
    assert conditional == [True, False]


async def test_a_server_that_never_answers_is_given_up(
    publisher: Publisher, opening: Opening
) -> None:
    publisher.put(FEED, until=asyncio.Event())
    async with opening(Limits(deadline=timedelta(seconds=0.2))) as client:
        with pytest.raises(FetchError, match=r"/feed: took longer than 0\.2 s$"):
            await client.get(publisher.url(FEED))


async def test_a_body_that_drips_is_given_up_however_steady(
    publisher: Publisher, opening: Opening
) -> None:
    publisher.put(FEED, "<rss>" * 200, drip=0.01)
    async with opening(Limits(deadline=timedelta(seconds=0.3))) as client:
        with pytest.raises(FetchError, match="took longer"):
            await client.get(publisher.url(FEED))


async def test_the_time_is_for_all_hops_together(publisher: Publisher, opening: Opening) -> None:
    for hop in range(5):
        location = {"Location": f"/{hop + 1}"}
        publisher.put(f"http://one.test/{hop}", status=302, headers=location, delay=0.2)
    async with opening(Limits(deadline=timedelta(seconds=0.5))) as client:
        with pytest.raises(FetchError, match="took longer"):
            await client.get(publisher.url("http://one.test/0"))
    assert len(publisher.requests) <= 3


async def test_a_name_that_nobody_knows_is_said_to_be_no_host(client: Client) -> None:
    # Resolvers answer this one without asking the network (RFC 7686).
    with pytest.raises(FetchError, match=r"^http://nowhere\.onion/feed: no such host"):
        await client.get("http://nowhere.onion/feed")


KEY = ConnectionKey("one.test", 443, True, True, None, None, None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "Connect call failed")),
            "no connection: Connection refused",
        ),
        (
            aiohttp.ClientConnectorDNSError(KEY, OSError(None, "Domain name not found")),
            "no such host (Domain name not found)",
        ),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError(1, "self-signed")),
            "its certificate is not valid: self-signed",
        ),
        (
            aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version number")),
            "no encrypted connection: wrong version number",
        ),
        (aiohttp.ServerDisconnectedError(), "closed the connection without an answer"),
        (
            aiohttp.ClientOSError(104, "Connection reset by peer"),
            "the connection broke: Connection reset by peer",
        ),
        (ValueError("two\nlines \x1b[31m"), "two lines ?[31m"),
        (aiohttp.ClientError(), "ClientError"),
    ],
)
def test_what_aiohttp_raises_is_said_in_plain_words(error: Exception, words: str) -> None:
    assert in_words(error) == words

"""The server: it starts, takes no more than it should, and ends what it has begun."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import aiohttp
import msgspec
import pytest

from feedserver.config.settings import Settings
from feedserver.model.access import Scope
from feedserver.service import Service, open_service
from feedserver.web.serve import serve
from tests.fakes import FakeClock
from tests.web.newsdesk import BASE_URL, NEWSROOM, article


@pytest.fixture
async def service(sqlite_url: str, clock: FakeClock) -> AsyncGenerator[Service]:
    settings = Settings(database=sqlite_url)
    async with open_service(settings, NEWSROOM, clock=clock, base_url=BASE_URL) as opened:
        await opened.shelf.refresh()
        yield opened


@asynccontextmanager
async def serving(service: Service, stopping: asyncio.Event) -> AsyncGenerator[str]:
    """Serve on a free port; yield the address."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        group.create_task(
            serve(
                service,
                host="127.0.0.1",
                port=0,
                open_to_loopback=False,
                stopping=stopping,
                started=address.set_result,
            )
        )
        try:
            yield await address
        finally:
            stopping.set()


async def test_it_says_where_it_is_and_answers_there(service: Service) -> None:
    async with (
        serving(service, asyncio.Event()) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/feeds/all.atom") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Server"] == "feedserver"


async def test_what_was_asked_before_the_stop_is_answered_and_nothing_after(
    service: Service,
) -> None:
    stopping = asyncio.Event()
    _, secret = await service.tokens.add("cms", [Scope.ARTICLES], actor="test")
    body = msgspec.json.encode(article())
    async with serving(service, stopping) as address:
        port = int(address.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with service.database.write():
            # The request waits for this transaction to end, and the stop comes meanwhile.
            writer.write(
                f"PUT /api/v1/articles/a-1 HTTP/1.1\r\nHost: news.test\r\n"
                f"Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
                f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            )
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(body)
            stopping.set()
            await until_refused(port)
        assert (await reader.readline()).startswith(b"HTTP/1.1 201 ")
        writer.close()
    assert (await service.articles.find("a-1")).content.title == "Our own report"


async def until_refused(port: int) -> None:
    """Wait until nobody listens any more."""
    with suppress(OSError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: news.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: news.test\r\nCookie: " + b"x" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: news.test\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=["long address", "long field", "many fields", "smuggling", "no HTTP"],
)
async def test_a_head_that_is_too_large_or_none_is_refused_at_once(
    service: Service, head: bytes
) -> None:
    async with serving(service, asyncio.Event()) as address:
        answer = await said(address, head)

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /api/v1/stories HTTP/1.1\r\nAuthorization: Bearer \xff", 401),
        (b"GET /desk HTTP/1.1\r\nCookie: feedserver-desk=\xff", 303),
        (b"GET /desk/login HTTP/1.1\r\nCookie: feedserver-visit=\xff", 200),
    ],
)
async def test_a_secret_may_be_any_bytes_and_opens_nothing(
    service: Service, head: bytes, status: int
) -> None:
    async with serving(service, asyncio.Event()) as address:
        answer = await said(address, head + b"\r\nHost: news.test\r\nConnection: close\r\n\r\n")

    assert int(answer.split()[1]) == status


async def said(address: str, request: bytes) -> bytes:
    """Return what the server says until it hangs up."""
    port = int(address.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer

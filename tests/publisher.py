"""The outside web as the tests see it: a real server on 127.0.0.1 that follows a script.

It answers by the ``Host`` header and the path, so that each outlet of a test has a host name of its
own. ``resolve`` and ``allow`` let a guarded client find it and reach it::

    async with Publisher.running() as publisher:
        publisher.put("http://one.test/feed", "<rss>…</rss>")
        publisher.then("http://one.test/feed", status=503, headers={"Retry-After": "60"})
        await client.get(publisher.url("http://one.test/feed"))
        assert len(publisher.asked("http://one.test/feed")) == 1

A script names addresses without the port; :meth:`Publisher.url` adds it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network
from typing import TypedDict, Unpack

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from feedserver.model.network import AllowedNetwork, Resolution

HOST = "127.0.0.1"
RSS = "application/rss+xml; charset=utf-8"


class How(TypedDict, total=False):
    """How an address answers, beside the body.

    Attributes:
        honest: Answer 304 to who sends the validators back; where the headers have none, an
            ``ETag`` is made of the body. On unless switched off.
        delay: Seconds before the first byte. ``drip``: seconds between the bytes of the body.
        until: Nothing is sent before it is set. One that nobody sets hangs.
        cut: Close the connection after so many bytes of the body.
        raw: Sent instead of all else, and the connection closed: what no honest server sends.
    """

    status: int
    headers: Mapping[str, str]
    honest: bool
    delay: float
    drip: float
    until: asyncio.Event
    cut: int
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in.

    Attributes:
        url: As in the script, without our port.
        at: Seconds by the event loop's clock.
    """

    url: str
    method: str
    headers: CIMultiDictProxy[str]
    at: float


@dataclass(slots=True)
class Publisher:
    """The server. An address that has no script answers 404.

    Attributes:
        requests: All that came in, in order.
        most_at_once: For each host, how many requests were under way together at the most.
    """

    port: int = 0
    requests: list[Asked] = field(default_factory=list[Asked])
    most_at_once: Counter[str] = field(default_factory=Counter[str])
    _at_once: Counter[str] = field(default_factory=Counter[str])
    _scripts: dict[str, list["_Answer"]] = field(default_factory=dict[str, list["_Answer"]])

    @classmethod
    @asynccontextmanager
    async def running(cls, port: int = 0) -> AsyncGenerator["Publisher"]:
        """Serve for the length of the block, on a free port where none is given."""
        publisher = cls()
        server = web.Server(publisher._serve, handler_cancellation=True)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        publisher.port = runner.addresses[0][1]
        try:
            yield publisher
        finally:
            await runner.cleanup()

    @property
    def resolve(self) -> tuple[Resolution, ...]:
        """Leads every name below ``.test`` here."""
        return (Resolution(pattern="*.test", address=HOST),)

    @property
    def allow(self) -> tuple[AllowedNetwork, ...]:
        """Opens this server, and nothing else, to a guarded client."""
        return (AllowedNetwork(network=IPv4Network(HOST), ports=(self.port,)),)

    def url(self, url: str) -> str:
        """Return an address of the script as it must be asked for: with our port."""
        return str(URL(url, encoded=True).with_port(self.port))

    def put(self, url: str, body: str | bytes = b"", **how: Unpack[How]) -> None:
        """Let an address answer so from now on."""
        self._scripts[_key(url)] = [_Answer(body=_bytes(body), how=how)]

    def then(self, url: str, body: str | bytes = b"", **how: Unpack[How]) -> None:
        """Let an address answer so once its earlier answers have been given, one each."""
        self._scripts.setdefault(_key(url), []).append(_Answer(body=_bytes(body), how=how))

    def asked(self, url: str) -> list[Asked]:
        """Return the requests for an address of the script."""
        return [request for request in self.requests if request.url == _key(url)]

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        url = f"http://{host}{request.raw_path}"
        now = asyncio.get_running_loop().time()
        self.requests.append(Asked(url=url, method=request.method, headers=request.headers, at=now))
        self._at_once[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._at_once[host])
        try:
            return await self._next_answer(url).send(request)
        finally:
            self._at_once[host] -= 1

    def _next_answer(self, url: str) -> "_Answer":
        match self._scripts.get(url, []):
            case []:
                return _Answer(body=b"nothing here", how={"status": 404})
            case [last]:
                return last
            case answers:
                return answers.pop(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    body: bytes
    how: How

    async def send(self, request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(self.how.get("delay", 0))  # noqa: TID251 - a slow server takes time
        if until := self.how.get("until"):
            await until.wait()
        if raw := self.how.get("raw"):
            return await _send_raw(request, raw)
        if self._is_known_to(request):
            return web.Response(status=304, headers=self._validators)
        return await self._send_body(request)

    @property
    def _validators(self) -> dict[str, str]:
        given = CIMultiDict(self.how.get("headers", {}))
        names = [name for name in ("ETag", "Last-Modified") if name in given]
        if names or not self.how.get("honest", True) or self.how.get("status", 200) != 200:
            return {name: given[name] for name in names}
        return {"ETag": f'"{sha256(self.body).hexdigest()[:16]}"'}

    def _is_known_to(self, request: web.BaseRequest) -> bool:
        """Tell whether it has our validators; an ETag decides alone (RFC 9110, section 13.2.2)."""
        if not self.how.get("honest", True) or self.how.get("status", 200) != 200:
            return False
        ours, theirs = self._validators, request.headers
        if "If-None-Match" in theirs:
            return ours.get("ETag") == theirs["If-None-Match"]
        since = theirs.get("If-Modified-Since")
        return since is not None and ours.get("Last-Modified") == since

    async def _send_body(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = CIMultiDict({"Content-Type": RSS, **self._validators})
        headers.update(self.how.get("headers", {}))
        response = web.StreamResponse(status=self.how.get("status", 200), headers=headers)
        response.content_length = len(self.body)
        await response.prepare(request)
        cut = self.how.get("cut", len(self.body))
        for piece in self._pieces(self.body[:cut]):
            await response.write(piece)
            await asyncio.sleep(self.how.get("drip", 0))  # noqa: TID251 - a slow server takes time
        if cut < len(self.body) and request.transport:
            request.transport.close()
        return response

    def _pieces(self, body: bytes) -> list[bytes]:
        return [bytes([byte]) for byte in body] if self.how.get("drip") else [body]


async def _send_raw(request: web.BaseRequest, raw: bytes) -> web.StreamResponse:
    transport = request.transport
    assert transport is not None
    transport.write(raw)
    transport.close()
    # The connection is closing: what is returned here is never sent.
    return web.Response()


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _key(url: str) -> str:
    given = URL(url, encoded=True)
    return f"http://{given.host}{given.raw_path_qs}"

"""The guarded client: how this program asks the outside web for a document.

It connects only where the guard allows, follows redirects itself so that each hop is checked, and
bounds everything that a server could make endless: time, bytes, headers, hops.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

import aiohttp

from feedserver.clock import Clock, SystemClock
from feedserver.errors import FetchError
from feedserver.fetch.answers import Answer, Fetched, Hop, Moved, NotModified
from feedserver.fetch.caching import NO_VALIDATORS, fresh_for, refreshed, validators_of
from feedserver.fetch.connect import guarded_connector
from feedserver.fetch.failures import as_our_errors, failure
from feedserver.fetch.guard import Guard
from feedserver.fetch.places import Places
from feedserver.fetch.request import FEED_TYPES, Request, redirected, request_for
from feedserver.fetch.response import headers_of, read_body, without_surrogates
from feedserver.model.network import Resolution
from feedserver.model.source import Validators

DOCUMENT = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
REDIRECT = frozenset({301, 302, 303, 307, 308})

LONGEST_HEADER = 32 * 1024
"""Bytes. Honest servers send content security policies of more than aiohttp's 8 KiB."""

MOST_HEADERS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one fetch may take, and how many there may be at once.

    Attributes:
        deadline: For one fetch over all its hops, from its turn to the last byte.
        max_bytes: Of a body, packed as well as unpacked.
        max_hops: Redirects that are followed.
        per_host: Requests under way to one host. ``at_once``: to all.
    """

    deadline: timedelta = timedelta(seconds=20)
    max_bytes: int = 5 * 1024 * 1024
    max_hops: int = 5
    per_host: int = 2
    at_once: int = 32


class Client:
    """Asks the outside web. Made by :meth:`open`."""

    def __init__(self, session: aiohttp.ClientSession, limits: Limits, clock: Clock) -> None:
        self._session = session
        self._limits = limits
        self._clock = clock
        self._places = Places(limits.per_host, asyncio.Semaphore(limits.at_once))

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        *,
        guard: Guard,
        user_agent: str,
        resolve: Sequence[Resolution] = (),
        limits: Limits = Limits(),
        clock: Clock = SystemClock(),  # noqa: B008 - holds nothing
    ) -> AsyncGenerator["Client"]:
        """Open a client for the length of the block.

        Args:
            guard: Decides on each connection.
            user_agent: ``feedserver/VERSION (+contact)``.
            resolve: Names whose addresses are told by us instead of the DNS.
            limits: Of each fetch, and of all at once.
            clock: By which ``Expires`` and ``Retry-After`` are read.
        """
        dns = aiohttp.DefaultResolver()
        async with aiohttp.ClientSession(
            connector=guarded_connector(guard, resolve, dns),
            headers={"User-Agent": user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(),  # none of aiohttp's: ours spans all hops
            auto_decompress=False,
            trust_env=False,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        ) as session:
            try:
                yield cls(session, limits, clock)
            finally:
                await dns.close()

    async def get(
        self, url: str, *, validators: Validators = NO_VALIDATORS, accept: str = FEED_TYPES
    ) -> Answer:
        """GET a document, if it is another than the one that the validators stand for.

        Credentials in the address go to its origin alone, and into no error.

        Raises:
            BlockedError: We must not connect there, or where it redirects to.
            ThrottledError: It answered 429 or 503.
            GoneError: It answered 410.
            TooLargeError: The body is longer than allowed.
            FetchError: No answer in time, none with a document, or one that was cut short.
        """
        request = request_for(url, accept=accept, validators=validators)
        left = self._limits.deadline.total_seconds()
        hops: tuple[Hop, ...] = ()
        while True:
            # Waiting for our turn at a busy host is no fault of the host: its time starts after.
            async with self._places.at(request.host):
                started = asyncio.get_running_loop().time()
                answer = await self._ask_in_time(request, left)
                left -= asyncio.get_running_loop().time() - started
            if not isinstance(answer, Moved):
                return replace(answer, hops=hops)
            hops = (*hops, answer.hop)
            request = self._next(request, answer.location, hops)

    def _next(self, request: Request, location: str, hops: tuple[Hop, ...]) -> Request:
        following = redirected(request, location)
        if any(hop.url == str(following.url) for hop in hops):
            raise FetchError(f"{hops[0].url}: redirects in a circle, back to {following.url}")
        if len(hops) > self._limits.max_hops:
            raise FetchError(f"{hops[0].url}: redirects more than {self._limits.max_hops} times")
        return following

    async def _ask_in_time(self, request: Request, seconds: float) -> Answer | Moved:
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(request)
        except TimeoutError as error:
            allowed = f"{self._limits.deadline.total_seconds():g} s"
            raise FetchError(f"{request.url}: took longer than {allowed}") from error

    async def _ask(self, request: Request) -> Answer | Moved:
        with as_our_errors(request.url):
            try:
                return await self._ask_once(request)
            except aiohttp.ClientResponseError:
                # Some servers send a body with their 304, which aiohttp takes for a broken message.
                # Without our validators they answer 200; with them the feed would stay dead.
                if not request.conditions:
                    raise
                return await self._ask_once(replace(request, validators=NO_VALIDATORS))

    async def _ask_once(self, request: Request) -> Answer | Moved:
        async with self._session.get(
            request.url, headers=request.headers, allow_redirects=False
        ) as response:
            headers = headers_of(response)
            if response.status in DOCUMENT:
                return await self._document(request, response, headers)
            return self._without_document(request, response.status, headers)

    async def _document(
        self, request: Request, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> Fetched:
        body = await read_body(response, max_bytes=self._limits.max_bytes)
        return Fetched(
            url=str(request.url),
            status=response.status,
            body=body,
            headers=without_surrogates(headers),
            validators=validators_of(headers, str(request.url)),
            fresh_for=fresh_for(headers, self._clock.now()),
        )

    def _without_document(
        self, request: Request, status: int, headers: Mapping[str, str]
    ) -> NotModified | Moved:
        if status in REDIRECT and "location" in headers:
            return Moved(hop=Hop(url=str(request.url), status=status), location=headers["location"])
        # Without a condition of ours there is nothing that a 304 could be about.
        if status == HTTPStatus.NOT_MODIFIED and request.conditions:
            return NotModified(
                url=str(request.url),
                validators=refreshed(request.validators, headers),
                fresh_for=fresh_for(headers, self._clock.now()),
            )
        raise failure(request.url, status, headers, self._clock.now())

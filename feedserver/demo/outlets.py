"""One real server on loopback that plays every outlet, told apart by the Host header.

Chromium and Firefox find ``NAME.localhost`` on this machine by themselves. For the rest the same
pages stand under the bare address: ``/`` lists the outlets, and ``/NAME.localhost/…`` is what that
outlet serves.
"""

import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

import jinja2
from aiohttp import ETag, web

from feedserver.clock import Clock
from feedserver.demo.edition import Stage, article_at, edition
from feedserver.demo.feeds import MEDIA_TYPES, write
from feedserver.demo.pictures import draw
from feedserver.demo.script import Outlet, Patience, Script

# Pages are shown as their outlets made them, the hostile one's too; browsers are to run nothing.
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src *; style-src 'self'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}


class Turnstile:
    """Lets through as many requests as an outlet has patience for."""

    def __init__(self, patience: Patience) -> None:
        self._window = timedelta(seconds=patience.seconds)
        self._passed: deque[datetime] = deque(maxlen=patience.requests)

    def wait(self, now: datetime) -> timedelta | None:
        """Return how long to stay away; ``None`` lets this request through."""
        if len(self._passed) == self._passed.maxlen and now < self._passed[0] + self._window:
            return self._passed[0] + self._window - now
        self._passed.append(now)
        return None


class Outlets:
    """All outlets of a script, as they are at each moment of a clock.

    Attributes:
        stage: When and where they are played; ``stage.port`` is the port of all of them.
    """

    def __init__(self, script: Script, clock: Clock, stage: Stage) -> None:
        self.stage = stage
        self._script = script
        self._clock = clock
        self._hosts = {outlet.host: outlet for outlet in script.outlets}
        self._turnstiles = {
            outlet.key: Turnstile(outlet.patience)
            for outlet in script.outlets
            if outlet.patience is not None
        }
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("feedserver.demo"), autoescape=True, trim_blocks=True
        )

    @classmethod
    @asynccontextmanager
    async def running(
        cls, script: Script, clock: Clock, start: datetime, host: str = "127.0.0.1", port: int = 0
    ) -> AsyncIterator["Outlets"]:
        """Serve the outlets until the block is left; port 0 takes a free one.

        Raises:
            OSError: The port is taken, or the host is no address of this machine.
        """
        listener = socket.create_server((host, port))
        stage = Stage(start=start.replace(microsecond=0), port=listener.getsockname()[1], host=host)
        outlets = cls(script, clock, stage)
        app = web.Application()
        app.router.add_get("/img/{file}", outlets.picture)
        app.router.add_get("/outlets.css", outlets.style)
        app.router.add_get("/{path:.*}", outlets.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            yield outlets
        finally:
            await runner.cleanup()
            listener.close()

    async def picture(self, request: web.Request) -> web.Response:
        """Send a picture that the script names, under any host."""
        file = request.match_info["file"]
        if file not in {f"{picture.name}.png" for picture in self._script.pictures}:
            return _missing(f"there is no picture {file!r}")
        return web.Response(body=draw(file.removesuffix(".png")), content_type="image/png")

    async def style(self, _request: web.Request) -> web.Response:
        """Send the style sheet that all pages share."""
        text = self._templates.get_template("outlets.css").render()
        return web.Response(text=text, content_type="text/css")

    async def answer(self, request: web.Request) -> web.Response:
        """Answer as the outlet that is asked would."""
        path = request.rel_url.raw_path
        outlet = self._hosts.get(request.url.host or "")
        if outlet is not None:
            return self._outlet_page(request, outlet, path)
        if path == "/":
            return self._front_page(request, *self._script.outlets)
        host, _, page = path.removeprefix("/").partition("/")
        outlet = self._hosts.get(host)
        if outlet is None:
            return _missing(f"there is no outlet {host!r}")
        return self._outlet_page(request, outlet, f"/{page}")

    def _outlet_page(self, request: web.Request, outlet: Outlet, path: str) -> web.Response:
        now = self._clock.now()
        if outlet.closed_at is not None and self.stage.elapsed(now) >= outlet.closed_at:
            return web.Response(status=410, text=f"{outlet.title} has closed down.\n")
        if path == "/feed.xml":
            return self._feed(request, outlet, now)
        if path == "/":
            return self._front_page(request, outlet)
        query = request.rel_url.raw_query_string
        article = article_at(self._script, outlet, self.stage, now, f"{path}?{query}")
        if article is None:
            return _missing(f"{outlet.title} has no page {path!r}")
        feed = {
            "url": self.stage.url(outlet, "/feed.xml"),
            "type": MEDIA_TYPES[outlet.syntax],
        }
        return self._page("article.html", outlet=outlet, article=article, feed=feed)

    def _feed(self, request: web.Request, outlet: Outlet, now: datetime) -> web.Response:
        turnstile = self._turnstiles.get(outlet.key)
        if turnstile is not None and (wait := turnstile.wait(now)) is not None:
            seconds = ceil(wait.total_seconds())
            return web.Response(
                status=429,
                text=f"Too many requests; come back in {seconds} seconds.\n",
                headers={"Retry-After": str(seconds)},
            )
        current = edition(self._script, outlet, self.stage, now)
        body = write(current, self.stage)
        etag = sha256(body).hexdigest()[:20]
        fresh = _fresh(request, etag, current.modified_at)
        response = web.Response(status=304) if fresh else web.Response(body=body)
        if not fresh:
            media_type = MEDIA_TYPES[outlet.syntax]
            response.headers["Content-Type"] = f"{media_type}; charset={outlet.charset}"
        response.etag = ETag(etag)
        response.last_modified = current.modified_at
        return response

    def _front_page(self, request: web.Request, *outlets: Outlet) -> web.Response:
        now = self._clock.now()
        editions = [edition(self._script, outlet, self.stage, now) for outlet in outlets]
        bare = request.url.host not in self._hosts
        return self._page("front.html", editions=editions, bare=bare)

    def _page(self, template: str, **values: object) -> web.Response:
        text = self._templates.get_template(template).render(values)
        return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS)


def _fresh(request: web.Request, etag: str, modified_at: datetime) -> bool:
    """Tell whether the client has it; If-None-Match wins (RFC 9110, section 13.2.2)."""
    if request.if_none_match is not None:
        return any(tag.value in {etag, "*"} for tag in request.if_none_match)
    return request.if_modified_since is not None and modified_at <= request.if_modified_since


def _missing(text: str) -> web.Response:
    return web.Response(status=404, text=f"{text}\n")

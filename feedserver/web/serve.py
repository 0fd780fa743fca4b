"""The server: takes connections, and stops without breaking off what it has begun."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from feedserver.service import DRAIN, Service
from feedserver.web.app import make_app
from feedserver.web.keys import DRAINING

KEEP_ALIVE: Final = 75.0
"""Seconds that an idle connection is held; above the 60 s of the usual proxies, who then close."""

LONGEST_LINE: Final = 8_190
LONGEST_FIELD: Final = 8_190
MOST_FIELDS: Final = 100
"""Bounds of a request's head; what is beyond gets a 400 from the parser."""

BACKLOG: Final = 1_024

log = structlog.get_logger(__name__)


class RequestLog(AbstractAccessLogger):
    """Writes a line for each request, for who looks closely.

    The query is left out: what people look for is theirs.
    """

    @property
    def enabled(self) -> bool:
        """Tell aiohttp whether anybody looks; the lines of a busy server cost a tenth of it."""
        return bool(log.is_enabled_for(logging.DEBUG))

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line."""
        log.debug(
            "request",
            method=request.method,
            path=request.path,
            status=response.status,
            bytes=response.body_length,
            milliseconds=round(time * 1_000, 1),
        )


async def serve(  # noqa: PLR0913 - each says another thing about where and how long
    service: Service,
    *,
    host: str,
    port: int,
    open_to_loopback: bool,
    stopping: asyncio.Event,
    started: Callable[[str], None],
) -> None:
    """Serve until ``stopping`` is set; then answer what was asked, within :data:`DRAIN`.

    Args:
        port: 0 for any that is free.
        started: Told the address, once connections are taken.

    Raises:
        OSError: The address cannot be listened on.
    """
    app = make_app(service, open_to_loopback=open_to_loopback)
    runner = web.AppRunner(
        app,
        access_log_class=RequestLog,
        keepalive_timeout=KEEP_ALIVE,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_FIELD,
        max_headers=MOST_FIELDS,
        auto_decompress=False,
        shutdown_timeout=DRAIN.total_seconds(),
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        started(_address(runner))
        await stopping.wait()
    finally:
        app[DRAINING].set()
        await runner.cleanup()


def _address(runner: web.AppRunner) -> str:
    host, port, *_ = runner.addresses[0]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

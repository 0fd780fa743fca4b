"""Whether the process lives, and whether it should be sent requests."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from feedserver.errors import StoreError
from feedserver.model.feed import ALL, Format
from feedserver.service import Service
from feedserver.store import feeds
from feedserver.web.keys import DRAINING, METRICS, SERVICE


async def healthz(_request: web.Request) -> web.Response:
    """Answer; whoever gets no answer starts the process anew."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Tell whether requests are welcome, and if not, what is amiss."""
    service = request.app[SERVICE]
    amiss = {
        "stopping": request.app[DRAINING].is_set(),
        "database does not answer": not await _answers(service),
        "feeds not made yet": service.shelf.get(ALL, Format.ATOM) is None,
    }
    reasons = [reason for reason, holds in amiss.items() if holds]
    return web.Response(
        body=msgspec.json.encode({"ready": not reasons, "reasons": reasons}),
        status=HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK,
        content_type="application/json",
    )


async def metrics(request: web.Request) -> web.Response:
    """Send the numbers to Prometheus."""
    body, media_type = await request.app[METRICS].text(request.app[SERVICE])
    return web.Response(body=body, headers={"Content-Type": media_type})


async def _answers(service: Service) -> bool:
    try:
        async with service.database.read() as tx:
            await feeds.versions(tx)
    except StoreError:
        return False
    return True

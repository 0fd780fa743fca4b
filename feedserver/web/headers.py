"""What every answer says besides its content: protection, freshness, a true date."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from aiohttp import web

from feedserver.web.keys import METRICS, ROUTE, SERVICE
from feedserver.web.policy import Cache

PRODUCT: Final = "feedserver"

_HTML: Final = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_A_YEAR: Final = "max-age=31536000"


def content_security_policy(*, pictures: str = "") -> str:
    """Return the policy of our pages: nothing that is not ours, no inline script or style.

    Args:
        pictures: Schemes from which pictures of other sites may come, as ``https:``.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self'{pictures and ' ' + pictures}; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer's headers, whoever made it."""
    headers = response.headers
    headers["Server"] = PRODUCT
    now = request.app[SERVICE].clock.now().replace(microsecond=0)
    headers["Date"] = _date(now, headers.get("Last-Modified"))
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", _cache(request, response.status))
    if response.content_type == "text/html":
        headers.setdefault("Content-Security-Policy", content_security_policy())
        headers.update(_HTML)
    if request.app[SERVICE].base_url.startswith("https:"):
        headers["Strict-Transport-Security"] = _A_YEAR
    request.app[METRICS].count(request, response.status)


def _cache(request: web.Request, status: int) -> str:
    route = request.get(ROUTE)
    lasting = status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.GONE
    return route.cache if route is not None and lasting else Cache.NEVER


@lru_cache(maxsize=64)  # each second has one date for each feed, however often they are asked for
def _date(now: datetime, last_modified: str | None) -> str:
    """Return the date of an answer, which must not be before that of its content.

    A feed's may run ahead of a clock that was put back (RFC 9110, section 8.8.2.1).
    """
    moment = now.astimezone(UTC)
    if last_modified is not None:
        moment = max(moment, parsedate_to_datetime(last_modified))
    return format_datetime(moment, usegmt=True)

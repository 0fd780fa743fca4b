"""Requests that we answer to nobody: to another host, from another site, compressed."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from feedserver.errors import ForbiddenError
from feedserver.web.keys import SERVICE
from feedserver.web.peers import from_loopback, is_loopback, named_host
from feedserver.web.policy import Handler, Route

LONGEST_BODY = 5 * 1024 * 1024
"""Bytes of a request's body."""

_SAFE = {"GET", "HEAD", "OPTIONS"}


def guarding(open_hosts: frozenset[str]) -> Middleware:
    """Return the middleware that refuses what no handler should see.

    Args:
        open_hosts: Paths that may be asked under any name.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in open_hosts:
            _check_host(request)
        _check_encoding(request)
        if request.method not in _SAFE:
            _check_site(request)
        return await handler(request)

    return guard


def open_hosts(routes: tuple[Route, ...]) -> frozenset[str]:
    """Return the paths that may be asked under any name."""
    return frozenset(route.path for route in routes if route.any_host)


def _check_host(request: web.Request) -> None:
    """Refuse other names than ours: pages under them would share our visitors' trust.

    Raises:
        HTTPMisdirectedRequest: The name is neither the public one nor, from this machine, its own.
    """
    base_url = request.app[SERVICE].base_url
    name = named_host(request.headers.get("Host"))
    if name == urlsplit(base_url).hostname:
        return
    if not (is_loopback(name) and from_loopback(request)):
        raise web.HTTPMisdirectedRequest(
            text=f"this server is {base_url}; it does not answer as {name or 'a host without name'}"
            " (FEEDSERVER_BASE_URL says which name it has)"
        )


def _check_encoding(request: web.Request) -> None:
    """Refuse compressed bodies: a small one may become a large one.

    Raises:
        HTTPUnsupportedMediaType: It is compressed.
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding != "identity":
        raise web.HTTPUnsupportedMediaType(
            text=f"bodies are taken as they are, not as {coding}; leave Content-Encoding out",
            headers={"Accept-Encoding": "identity"},
        )


def _check_site(request: web.Request) -> None:
    """Refuse what a page of another site has a browser send.

    Programs that are no browsers send neither header. A browser that says where the request comes
    from is believed; its ``Origin`` is ``null`` here, as our pages keep their addresses to
    themselves (Referrer-Policy).

    Raises:
        ForbiddenError: It comes from another site, or may do so.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in {"same-origin", "none"}:
        return
    if site is None and (origin is None or origin == _own_origin(request)):
        return
    raise ForbiddenError(
        f"this was sent from another site ({origin or site}), or over plain HTTP, where browsers "
        f"do not say from which; open {request.app[SERVICE].base_url} and send it from there"
    )


def _own_origin(request: web.Request) -> str:
    """Return the origin of the page that we would have sent under the request's own name."""
    name = named_host(request.headers.get("Host"))
    public = urlsplit(request.app[SERVICE].base_url)
    if name == public.hostname:
        return f"{public.scheme}://{public.netloc}"
    return f"http://{request.headers.get('Host')}"

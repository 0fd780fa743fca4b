"""Who may ask: each route's word about it, held before its handler is called."""

from typing import Final

from aiohttp import web

from feedserver.config.settings import MetricsReaders
from feedserver.errors import ForbiddenError
from feedserver.model.access import Scope, Token
from feedserver.web.forms import desk_secret
from feedserver.web.keys import ACTOR, OPEN_TO_LOOPBACK, ROUTE, SERVICE
from feedserver.web.peers import is_local
from feedserver.web.policy import Handler, May, Route

LOOPBACK: Final = "loopback"
"""Who acts without a token, in the record of acts."""

_ADVICE: Final = (
    "send a token as 'Authorization: Bearer fst_…'; "
    "`feedserver tokens add NAME --scope {scope}` makes one"
)
_REALM: Final = 'Bearer realm="feedserver"'


def admitting(route: Route) -> Handler:
    """Return the route's handler with its word about who may ask before it."""

    async def admitted(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        await _admit(request, route.may)
        return await route.handler(request)

    return admitted


async def _admit(request: web.Request, may: May) -> None:
    match may:
        case May.ANYONE:
            return
        case May.DESK_TOKEN:
            request[ACTOR] = await _bearer(request, Scope.DESK)
        case May.ARTICLES_TOKEN:
            request[ACTOR] = await _bearer(request, Scope.ARTICLES)
        case May.CURATOR:
            request[ACTOR] = await _curator(request)
        case May.OPERATOR:
            _check_operator(request)


async def _bearer(request: web.Request, scope: Scope) -> str:
    """Return the name of whoever holds the token that came along.

    Raises:
        HTTPUnauthorized: There is none, or one that is not valid.
        ForbiddenError: It is for something else.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not secret.strip() or scheme.lower() != "bearer":
        if _is_open(request):
            return LOOPBACK
        raise _unauthorized(f"this needs a token; {_ADVICE.format(scope=scope)}", _REALM)
    token = await request.app[SERVICE].tokens.check(secret.strip(), scope)
    if token is not None:
        return token.name
    if await _opens_anything(request, secret.strip()):
        raise ForbiddenError(f"this token is not for {scope}; {_ADVICE.format(scope=scope)}")
    raise _unauthorized(
        f"the token is unknown, has expired or was revoked; {_ADVICE.format(scope=scope)}",
        f'{_REALM}, error="invalid_token"',
    )


async def _opens_anything(request: web.Request, secret: str) -> Token | None:
    for scope in Scope:
        if token := await request.app[SERVICE].tokens.check(secret, scope):
            return token
    return None


async def _curator(request: web.Request) -> str:
    """Return the name of whoever is logged in; send others to the log-in page.

    Raises:
        HTTPSeeOther: Nobody is.
    """
    secret = desk_secret(request)
    token = await request.app[SERVICE].tokens.check(secret, Scope.DESK) if secret else None
    if token is not None:
        return token.name
    if _is_open(request):
        return LOOPBACK
    raise web.HTTPSeeOther("/desk/login", headers={"Cache-Control": "no-store"})


def _is_open(request: web.Request) -> bool:
    return request.app[OPEN_TO_LOOPBACK] and is_local(request)


def _check_operator(request: web.Request) -> None:
    public = request.app[SERVICE].settings.metrics is MetricsReaders.PUBLIC
    if not public and not is_local(request):
        raise ForbiddenError(
            "metrics are shown to this machine only; FEEDSERVER_METRICS=public opens them"
        )


def _unauthorized(text: str, challenge: str) -> web.HTTPUnauthorized:
    return web.HTTPUnauthorized(text=text, headers={"WWW-Authenticate": challenge})

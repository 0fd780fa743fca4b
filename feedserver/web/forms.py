"""Cookies and forms: who is logged in to the desk, and that a form is one of our pages'.

Two cookies: the desk's, which holds the token that somebody logged in with, and the visit's, a
random number that every form is bound to, the log-in form included.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from feedserver.errors import ForbiddenError
from feedserver.web.keys import SERVICE

FIELD: Final = "form"
"""The hidden field of every form."""

_DESK: Final = "feedserver-desk"
_VISIT: Final = "feedserver-visit"
_PURPOSE: Final = b"feedserver form\n"

Form = MultiDictProxy[str]


def desk_secret(request: web.Request) -> str | None:
    """Return the token that the browser was logged in with."""
    return request.cookies.get(_name(request, _DESK))


def log_in(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Have the browser hold a token, and end the visit that it had before."""
    _set(request, response, _DESK, secret)
    _set(request, response, _VISIT, secrets.token_urlsafe(24))


def log_out(request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser forget the token and the visit."""
    for cookie in (_DESK, _VISIT):
        response.del_cookie(
            _name(request, cookie),
            path="/",
            secure=_is_secure(request),
            httponly=True,
            samesite="Strict",
        )


def visit(request: web.Request) -> str:
    """Return the number that this visit's forms are bound to; a new one where there is none."""
    return request.cookies.get(_name(request, _VISIT)) or secrets.token_urlsafe(24)


def keep_visit(request: web.Request, response: web.StreamResponse, number: str) -> None:
    """Have the browser hold the number that the page's forms are bound to."""
    if request.cookies.get(_name(request, _VISIT)) != number:
        _set(request, response, _VISIT, number)


def form_token(request: web.Request, number: str) -> str:
    """Return what a form of this visit, and of who is logged in, must send along.

    The key is random and in no page, so nobody who cannot read the browser's cookies can make one,
    and no process needs to know of the others' keys.
    """
    bound = _PURPOSE + _bytes(desk_secret(request) or "")
    return hmac.new(_bytes(number), bound, sha256).hexdigest()


async def read_form(request: web.Request) -> Form:
    """Return a form that was sent from one of our pages.

    Raises:
        ForbiddenError: It was not, or its page is of an earlier visit.
        HTTPUnsupportedMediaType: It is not what a form sends.
        HTTPBadRequest: Its bytes are no UTF-8.
    """
    utf_8 = (request.charset or "utf-8").lower() == "utf-8"
    if request.content_type != "application/x-www-form-urlencoded" or not utf_8:
        raise web.HTTPUnsupportedMediaType(
            text="send application/x-www-form-urlencoded in UTF-8, as the page's form does"
        )
    try:
        sent = await request.post()
    except UnicodeDecodeError as error:
        raise web.HTTPBadRequest(text="the form is not in UTF-8, as our pages send it") from error
    form = MultiDictProxy(MultiDict((k, v) for k, v in sent.items() if isinstance(v, str)))
    number = request.cookies.get(_name(request, _VISIT), "")
    expected = form_token(request, number)
    given = form.get(FIELD, "")
    if not number or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ForbiddenError("the form is out of date; go back, load the page again and resend it")
    return form


def _bytes(cookie: str) -> bytes:
    """Return a cookie's bytes, which are whatever was sent; aiohttp has surrogates for some."""
    return cookie.encode(errors="surrogateescape")


def _name(request: web.Request, cookie: str) -> str:
    """Return the cookie's name; the prefix makes browsers keep other sites' hands off it."""
    return f"__Host-{cookie}" if _is_secure(request) else cookie


def _is_secure(request: web.Request) -> bool:
    return request.app[SERVICE].base_url.startswith("https:")


def _set(request: web.Request, response: web.StreamResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        _name(request, cookie),
        value,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="Strict",
    )

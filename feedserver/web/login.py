"""Log in to the desk with a token, and out again."""

from http import HTTPStatus

from aiohttp import web

from feedserver.model.access import Scope
from feedserver.web.desk import desk_page
from feedserver.web.forms import log_in, log_out, read_form
from feedserver.web.keys import SERVICE


async def login_page(request: web.Request) -> web.StreamResponse:
    """Show the form that takes a token."""
    return desk_page(request, "login.html", {"refused": False})


async def login(request: web.Request) -> web.StreamResponse:
    """Take a token; have the browser hold it if it opens the desk."""
    form = await read_form(request)
    secret = form.get("token", "").strip()
    token = await request.app[SERVICE].tokens.check(secret, Scope.DESK)
    if token is None:
        return desk_page(
            request, "login.html", {"refused": True}, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/desk"})
    log_in(request, response, secret)
    return response


async def logout(request: web.Request) -> web.StreamResponse:
    """Have the browser forget the token."""
    await read_form(request)
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/desk/login"})
    log_out(request, response)
    return response

"""The web application: the route table, and what stands before and after every handler."""

import asyncio

from aiohttp import web

from feedserver.service import Service
from feedserver.web import keys
from feedserver.web.access import admitting
from feedserver.web.failures import tell_failures
from feedserver.web.guard import LONGEST_BODY, guarding, open_hosts
from feedserver.web.headers import dress
from feedserver.web.metrics import Metrics
from feedserver.web.pages import set_up
from feedserver.web.routes import ROUTES
from feedserver.web.statics import Statics


def make_app(service: Service, *, open_to_loopback: bool = False) -> web.Application:
    """Return the application that serves a newsroom.

    Args:
        open_to_loopback: Whether programs and browsers on this very machine need no token, as in
            the demo.
    """
    app = web.Application(
        middlewares=[tell_failures, guarding(open_hosts(ROUTES))],
        client_max_size=LONGEST_BODY,
    )
    app[keys.SERVICE] = service
    app[keys.OPEN_TO_LOOPBACK] = open_to_loopback
    app[keys.DRAINING] = asyncio.Event()
    app[keys.METRICS] = Metrics()
    app[keys.STATICS] = Statics.load()
    set_up(app)
    app.on_response_prepare.append(dress)
    for route in ROUTES:
        methods = ("GET", "HEAD") if route.method == "GET" else (route.method,)
        for method in methods:
            app.router.add_route(method, route.path, admitting(route))
    return app

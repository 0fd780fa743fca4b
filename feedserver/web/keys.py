"""What handlers find on the application and on a request, by typed names."""

import asyncio

from aiohttp import web

from feedserver.service import Service
from feedserver.web.metrics import Metrics
from feedserver.web.policy import Route
from feedserver.web.statics import Statics

SERVICE = web.AppKey("SERVICE", Service)
STATICS = web.AppKey("STATICS", Statics)
METRICS = web.AppKey("METRICS", Metrics)

DRAINING = web.AppKey("DRAINING", asyncio.Event)
"""Set when the process is about to stop: then it is not ready, so that nobody sends it more."""

OPEN_TO_LOOPBACK = web.AppKey("OPEN_TO_LOOPBACK", bool)
"""Whether the desk and the API need no token from this very machine (the demo)."""

ROUTE = web.RequestKey("ROUTE", Route)
ACTOR = web.RequestKey("ACTOR", str)
"""Who asks, for the record of acts."""

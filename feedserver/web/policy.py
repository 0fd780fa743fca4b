"""What is said of a route besides its handler: who may ask, and how long an answer may be kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from feedserver.publish.answers import CACHE_CONTROL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class May(StrEnum):
    """Who may ask."""

    ANYONE = "anyone"
    DESK_TOKEN = "desk token"  # noqa: S105 - not a secret but the name of a kind
    """The bearer of a token for the desk."""
    ARTICLES_TOKEN = "articles token"  # noqa: S105 - not a secret but the name of a kind
    """The bearer of a token for articles (the CMS)."""
    CURATOR = "curator"
    """Who logged in with a token for the desk."""
    OPERATOR = "operator"
    """This machine, or anybody where the settings say so."""


class Cache(StrEnum):
    """``Cache-Control`` of an answer that is no error."""

    FEED = CACHE_CONTROL
    PAGE = "public, max-age=60, stale-while-revalidate=600"
    FOREVER = "public, max-age=31536000, immutable"
    NEVER = "no-store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A line of the route table.

    Attributes:
        path: As aiohttp writes it. GET answers HEAD as well.
        any_host: Whether it may be asked under any name, as probes do, by address.
    """

    method: str
    path: str
    handler: Handler
    may: May = May.ANYONE
    cache: Cache = Cache.NEVER
    any_host: bool = False

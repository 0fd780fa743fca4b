"""Feeds: their bytes, the page of each for people, the directory of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from aiohttp import web

from feedserver.formats import opml
from feedserver.model.feed import ALL, Document, FeedHead, FeedName, Format
from feedserver.publish.answers import answer
from feedserver.publish.documents import feed_head, feed_url
from feedserver.publish.items import Place
from feedserver.service import Service
from feedserver.web.keys import SERVICE
from feedserver.web.pages import page
from feedserver.web.pictures import with_pictures

SECONDS_TO_MAKE = "1"
"""After which a feed that is being made may be asked for again."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a feed shows it."""

    url: str
    width: int = 0
    height: int = 0
    caption: str = ""
    credit: str = ""
    alt: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Another page, of an outlet."""

    url: str | None = None
    title: str = ""
    outlet: str = ""


class More(msgspec.Struct, frozen=True, kw_only=True):
    """What our JSON Feed says beyond the standard."""

    state: str = "published"
    note: str = ""
    credit: str = ""
    source: Link | None = None
    also: tuple[Link, ...] = ()
    images: tuple[Picture, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An item as a feed shows it."""

    url: str
    title: str
    date_published: datetime
    summary: str = ""
    language: str | None = None
    more: More = msgspec.field(name="_feedserver", default=More())


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as JSON Feed tells it."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A feed's line in the directory."""

    name: FeedName
    title: str
    description: str
    language: str


async def document(request: web.Request) -> web.StreamResponse:
    """Send a feed, or 304 where the reader has this version; a browser is shown the feed's page."""
    service = request.app[SERVICE]
    name, form = FeedName(request.match_info["name"]), Format(request.match_info["form"])
    _check_published(service, name, ending=f".{form}")
    found = _on_shelf(service, name, form)
    if _is_browsing(request):
        response = _feed_page(request, name)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    told = answer(
        request.method,
        request.headers.items(),
        found,
        self_url=feed_url(name, form, service.base_url),
    )
    return web.Response(status=told.status, headers=told.headers, body=told.body)


async def feed_page(request: web.Request) -> web.StreamResponse:
    """Show what a feed holds, and where its formats are."""
    return _feed_page(request, FeedName(request.match_info["name"]))


async def front_page(request: web.Request) -> web.StreamResponse:
    """Show the newest of the whole site."""
    return _feed_page(request, ALL)


async def directory(request: web.Request) -> web.StreamResponse:
    """Show all feeds, with addresses to take along."""
    return page(request, "feeds.html", {"listings": list(_listings(request.app[SERVICE]))})


async def directory_opml(request: web.Request) -> web.StreamResponse:
    """Send all feeds as a subscription list, to be taken into a reader at once."""
    service = request.app[SERVICE]
    body = opml.directory(service.newsroom.site.title, list(_heads(service)))
    return web.Response(body=body, content_type=opml.MEDIA_TYPE, charset="utf-8")


def _feed_page(request: web.Request, name: FeedName) -> web.Response:
    service = request.app[SERVICE]
    _check_published(service, name, ending="")
    # A page of what the feed says, from the feed itself: the two cannot differ.
    shown = _on_shelf(service, name, Format.JSON)
    context = {
        "name": name,
        "section": service.newsroom.section(name),
        "updated_at": shown.modified_at,
        "items": _items(shown),
    }
    return with_pictures(request, page(request, "feed.html", context))


def _items(shown: Document) -> Sequence[Item]:
    return msgspec.json.decode(shown.body, type=Feed).items


def _check_published(service: Service, name: FeedName, *, ending: str) -> None:
    """Answer for a feed that was published once.

    Raises:
        HTTPMovedPermanently: It has gone elsewhere, where the same ending is good.
        HTTPGone: Its section is no longer published.
    """
    section = service.newsroom.section(name)
    if section is not None and section.moved_to is not None:
        raise web.HTTPMovedPermanently(f"{service.base_url}/feeds/{section.moved_to}{ending}")
    if section is not None and section.retired:
        raise web.HTTPGone(text=f"{section.title} is no longer published; /feeds lists what is")


def _on_shelf(service: Service, name: FeedName, form: Format) -> Document:
    """Return a feed's document.

    Raises:
        HTTPNotFound: There is no such feed.
        HTTPServiceUnavailable: It is being made for the first time.
    """
    found = service.shelf.get(name, form)
    if found is not None:
        return found
    if service.newsroom.section(name) is None and name != ALL:
        raise web.HTTPNotFound(text=f"there is no feed {name!r}; /feeds lists all that there are")
    raise web.HTTPServiceUnavailable(
        text=f"the feed {name!r} is being made; ask again in a second",
        headers={"Retry-After": SECONDS_TO_MAKE},
    )


def _is_browsing(request: web.Request) -> bool:
    """Tell whether a person opened the address. Only browsers say so, and by these headers only.

    ``Accept`` tells nothing: a feed reader sends ``text/html`` too.
    """
    asked = request.headers
    return asked.get("Sec-Fetch-Mode") == "navigate" and asked.get("Sec-Fetch-Dest") == "document"


def _listings(service: Service) -> Iterator[Listing]:
    site = service.newsroom.site
    yield Listing(
        name=ALL,
        title=site.title,
        description=site.description,
        language=site.languages[0],
    )
    for section in service.newsroom.published:
        yield Listing(
            name=FeedName(section.slug),
            title=section.title,
            description=section.description,
            language=section.language,
        )


def _heads(service: Service) -> Iterator[FeedHead]:
    place = Place(
        site=service.newsroom.site, sections=service.newsroom.sections, base_url=service.base_url
    )
    for section in (None, *service.newsroom.published):
        name = ALL if section is None else FeedName(section.slug)
        shown = service.shelf.get(name, Format.ATOM)
        if shown is not None:
            yield feed_head(section, Format.ATOM, place, updated_at=shown.modified_at)

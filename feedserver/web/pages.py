"""Pages: templates, and what every one of them is given."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp_jinja2
import jinja2
from aiohttp import web

from feedserver.desk.picks import EXCERPT_LENGTH, shortened
from feedserver.formats.text import plain
from feedserver.model.feed import ALL, FeedName, Format
from feedserver.publish.documents import feed_url
from feedserver.service import Service
from feedserver.web.keys import SERVICE, STATICS
from feedserver.web.words import RIGHTS, because, certainty

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""English whatever the process's locale is, as the rest of the page."""

_FORMATS: Final = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON Feed"}


def set_up(app: web.Application) -> None:
    """Have the application's pages made from our templates."""
    service, statics = app[SERVICE], app[STATICS]
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.PackageLoader("feedserver.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = service.newsroom.site.time_zone
    environment.globals |= {
        "site": service.newsroom.site,
        "sections": service.newsroom.published,
        "place": place(zone),
        "static": statics.url,
        "base_url": service.base_url,
        "alternates": lambda name: alternates(service, name),
        "all_feeds": ALL,
        "titles": {section.slug: section.title for section in service.newsroom.sections},
        "because": because,
        "certainty": certainty,
        "rights": RIGHTS,
        "excerpt": lambda html: shortened(plain(html), EXCERPT_LENGTH),
    }
    environment.filters |= {
        "day": lambda moment: _day(moment.astimezone(zone)),
        "clock": lambda moment: f"{moment.astimezone(zone):%H:%M}",
        "iso": lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "ago": lambda moment: ago(service.clock.now() - moment),
    }


def page(
    request: web.Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return a page made from a template."""
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.headers.update(headers or {})
    return response


def alternates(service: Service, name: FeedName) -> list[tuple[str, str, str]]:
    """Return a feed's formats: media type, what people call it, address."""
    return [
        (form.media_type, title, feed_url(name, form, service.base_url))
        for form, title in _FORMATS.items()
    ]


def place(zone: ZoneInfo) -> str:
    """Return the place whose time it is, as ``America/New_York`` names it: New York."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def ago(age: timedelta) -> str:
    """Return in few letters how long ago something was."""
    minutes = max(0, age // timedelta(minutes=1))
    if minutes < 1:
        return "now"
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004 - two days


def _day(moment: datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"

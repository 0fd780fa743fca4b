"""What an outlet shows at a moment: pure functions of the script, the clock and the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qsl, urlsplit

from feedserver.demo.script import HISTORY, Outlet, Picture, Quirk, Script, Syntax, Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """When and where the script is played.

    Attributes:
        start: The demo's start, UTC, a whole second; the script's offsets count from it.
        port: Of all outlets on ``host``, which is how a browser reaches them without a name.
    """

    start: datetime
    port: int
    host: str = "127.0.0.1"

    def picture_url(self, name: str) -> str:
        """Return where a picture is served; under the bare address, for browsers' sake."""
        return f"http://{self.host}:{self.port}/img/{name}.png"

    def url(self, outlet: Outlet, path: str) -> str:
        """Return the address of a page of an outlet."""
        return f"http://{outlet.host}:{self.port}{path}"

    def elapsed(self, now: datetime) -> timedelta:
        """Return the offset that the script calls that moment."""
        return now - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article as its outlet shows it.

    Attributes:
        guid: ``None`` at outlets that give none.
        path: Of its own page at the outlet, without tracking; the link may lead elsewhere.
        headline: Plain text, or HTML where ``markup`` is set.
        html: The text, its picture included where the outlet sets pictures into it.
        picture, picture_url: Only where it is told outside of the text.
    """

    guid: str | None
    link: str
    path: str
    headline: str
    markup: bool
    summary: str
    html: str
    byline: str
    categories: tuple[str, ...]
    published: datetime
    updated: datetime
    picture: Picture | None = None
    picture_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An outlet's feed at a moment, newest first.

    Attributes:
        modified_at: When it last changed, a whole second.
    """

    outlet: Outlet
    articles: tuple[Shown, ...]
    modified_at: datetime


def edition(script: Script, outlet: Outlet, stage: Stage, now: datetime) -> Edition:
    """Return what an outlet's feed holds at a moment."""
    current = _published(script, outlet, stage, now)[: outlet.window]
    changed = max((telling.changed_at for telling in current), default=-HISTORY)
    return Edition(
        outlet=outlet,
        articles=tuple(show(script, telling, stage) for telling in current),
        modified_at=stage.start + changed,
    )


def article_at(
    script: Script, outlet: Outlet, stage: Stage, now: datetime, address: str
) -> Shown | None:
    """Return the article whose page has, or once had, that path and query.

    Parameters that the page does not know (tracking) are ignored, as servers do.
    """
    asked = urlsplit(address)
    query = set(parse_qsl(asked.query))
    for telling in _published(script, outlet, stage, now):
        slugs = {telling.slug} | {edit.slug for edit in telling.edits if edit.slug is not None}
        slugs.add(script.telling(telling.name).slug)
        for slug in slugs:
            page = urlsplit(outlet.path.format(slug=slug))
            if page.path == asked.path and query.issuperset(parse_qsl(page.query)):
                return show(script, telling, stage)
    return None


def show(script: Script, telling: Telling, stage: Stage) -> Shown:
    """Return a telling, as of some moment, with addresses and dates."""
    outlet = script.outlet(telling.outlet)
    path = outlet.path.format(slug=telling.slug)
    picture_url = stage.picture_url(telling.picture.name) if telling.picture else ""
    shown = Shown(
        guid=_guid(script, telling, stage),
        link=_link(script, telling, stage),
        path=path,
        headline=telling.headline,
        markup=telling.markup,
        summary=telling.summary,
        html=telling.body if telling.markup else _paragraphs(telling.body),
        byline=telling.byline,
        categories=telling.categories,
        published=stage.start + telling.at,
        updated=stage.start + telling.changed_at,
        picture=telling.picture,
        picture_url=picture_url,
    )
    if telling.picture is None or Quirk.INLINE_IMAGES not in outlet.quirks:
        return shown
    figure = _figure(telling.picture, picture_url)
    return replace(shown, html=figure + shown.html, picture=None, picture_url="")


def _published(script: Script, outlet: Outlet, stage: Stage, now: datetime) -> Sequence[Telling]:
    elapsed = stage.elapsed(now)
    return [
        telling.as_of(elapsed)
        for telling in reversed(script.tellings)
        if telling.outlet == outlet.key and telling.at <= elapsed
    ]


def _guid(script: Script, telling: Telling, stage: Stage) -> str | None:
    outlet = script.outlet(telling.outlet)
    if Quirk.NO_GUIDS in outlet.quirks:
        return None
    match outlet.syntax:
        case Syntax.ATOM:
            return f"tag:{outlet.host},2026:{telling.event}"
        case Syntax.RSS:
            return f"{outlet.key}-{telling.event}"
        case Syntax.RDF:
            # RSS 1.0 names an item by an address; the first one stays though the slug changes.
            return stage.url(outlet, outlet.path.format(slug=script.telling(telling.name).slug))


def _link(script: Script, telling: Telling, stage: Stage) -> str:
    outlet = script.outlet(telling.outlet)
    page = stage.url(outlet, outlet.path.format(slug=telling.slug))
    if telling.leads_to_original:
        original = script.telling(f"{telling.event}/{telling.reprints}")
        home = script.outlet(original.outlet)
        page = stage.url(home, home.path.format(slug=original.slug))
    query = "&".join(filter(None, (outlet.tracking, telling.tracking)))
    if not query:
        return page
    return f"{page}{'&' if '?' in page else '?'}{query}"


def _paragraphs(body: str) -> str:
    paragraphs = (" ".join(block.split()) for block in body.split("\n\n"))
    return "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs if text)


def _figure(picture: Picture, url: str) -> str:
    caption = escape(f"{picture.caption} ({picture.credit})", quote=False)
    return (
        f'<figure><img src="{escape(url)}" alt="{escape(picture.alt)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )

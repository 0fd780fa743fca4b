"""Write an edition as its outlet would: RSS 2.0, Atom or RSS 1.0, with the outlet's quirks.

This is the outside world, so it shares no code with the formats that the desk reads and writes.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from feedserver.demo.edition import Edition, Shown, Stage
from feedserver.demo.pictures import HEIGHT, WIDTH
from feedserver.demo.script import Outlet, Quirk, Syntax

_Element = etree._Element  # noqa: SLF001 - the only name that lxml's type has

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss1": "http://purl.org/rss/1.0/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
# The names in use, as each syntax spells its outermost element.
_MODULES = " ".join(f'xmlns:{name}="{_NAMESPACES[name]}"' for name in ("content", "dc", "media"))
_ROOTS = {
    Syntax.RSS: f'<rss version="2.0" {_MODULES}/>',
    Syntax.ATOM: f'<feed xmlns="{_NAMESPACES["atom"]}" {_MODULES}/>',
    Syntax.RDF: (
        f'<rdf:RDF xmlns="{_NAMESPACES["rss1"]}" xmlns:rdf="{_NAMESPACES["rdf"]}" {_MODULES}/>'
    ),
}

MEDIA_TYPES = {
    Syntax.RSS: "application/rss+xml",
    Syntax.ATOM: "application/atom+xml",
    Syntax.RDF: "application/rdf+xml",
}


def write(edition: Edition, stage: Stage) -> bytes:
    """Return the edition's feed; the same edition gives the same bytes."""
    writers: dict[Syntax, Callable[[Edition, Stage], _Element]] = {
        Syntax.RSS: _rss,
        Syntax.ATOM: _atom,
        Syntax.RDF: _rdf,
    }
    document = writers[edition.outlet.syntax](edition, stage)
    charset = edition.outlet.charset
    text = etree.tostring(document, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="{charset}"?>\n{text}'.encode(charset)


def _rss(edition: Edition, stage: Stage) -> _Element:
    outlet = edition.outlet
    channel = _make(
        "channel",
        _make("title", outlet.title),
        _make("link", stage.url(outlet, "/")),
        _make("description", outlet.description),
        _make("language", outlet.language),
        *(_rss_item(article, outlet) for article in edition.articles),
    )
    return _root(Syntax.RSS, channel)


def _rss_item(article: Shown, outlet: Outlet) -> _Element:
    item = _make(
        "item",
        _make("title", article.headline),
        _make("link", article.link),
        _make("description", article.summary),
    )
    if article.guid is not None:
        item.append(_make("guid", article.guid, isPermaLink="false"))
    if Quirk.NO_DATES not in outlet.quirks:
        item.append(_make("pubDate", format_datetime(article.published)))
    item.extend(_make("category", category) for category in article.categories)
    item.append(_make("dc:creator", article.byline))
    if outlet.full_text:
        item.append(_make("content:encoded", article.html))
    item.extend(_media(article))
    return item


def _atom(edition: Edition, stage: Stage) -> _Element:
    outlet = edition.outlet
    return _root(
        Syntax.ATOM,
        _make("atom:title", outlet.title),
        _make("atom:subtitle", outlet.description),
        _make("atom:id", f"tag:{outlet.host},2026:feed"),
        _make("atom:updated", _moment(edition.modified_at)),
        _make("atom:link", rel="alternate", type="text/html", href=stage.url(outlet, "/")),
        _make(
            "atom:link",
            rel="self",
            type="application/atom+xml",
            href=stage.url(outlet, "/feed.xml"),
        ),
        *(_atom_entry(article, outlet) for article in edition.articles),
        **{"xml:lang": outlet.language},
    )


def _atom_entry(article: Shown, outlet: Outlet) -> _Element:
    entry = _make(
        "atom:entry",
        _make("atom:title", article.headline, type="html" if article.markup else "text"),
        _make("atom:link", rel="alternate", type="text/html", href=article.link),
        _make("atom:id", article.guid or article.link),
        _make("atom:published", _moment(article.published)),
        _make("atom:updated", _moment(article.updated)),
        _make("atom:author", _make("atom:name", article.byline)),
        *(_make("atom:category", term=category) for category in article.categories),
        _make("atom:summary", article.summary),
    )
    if outlet.full_text:
        entry.append(_make("atom:content", article.html, type="html"))
    entry.extend(_media(article))
    return entry


def _rdf(edition: Edition, stage: Stage) -> _Element:
    outlet = edition.outlet
    names = [_about(article) for article in edition.articles]
    channel = _make(
        "rss1:channel",
        _make("rss1:title", outlet.title),
        _make("rss1:link", stage.url(outlet, "/")),
        _make("rss1:description", outlet.description),
        _make("dc:language", outlet.language),
        _make(
            "rss1:items",
            _make("rdf:Seq", *(_make("rdf:li", **{"rdf:resource": name}) for name in names)),
        ),
        **{"rdf:about": stage.url(outlet, "/feed.xml")},
    )
    items = (_rdf_item(article, outlet) for article in edition.articles)
    return _root(Syntax.RDF, channel, *items)


def _rdf_item(article: Shown, outlet: Outlet) -> _Element:
    item = _make(
        "rss1:item",
        _make("rss1:title", article.headline),
        _make("rss1:link", article.link),
        _make("rss1:description", article.summary),
        _make("dc:creator", article.byline),
        _make("dc:date", _moment(article.published)),
        *(_make("dc:subject", category) for category in article.categories),
        **{"rdf:about": _about(article)},
    )
    if outlet.full_text:
        item.append(_make("content:encoded", article.html))
    item.extend(_media(article))
    return item


def _about(article: Shown) -> str:
    return article.guid or article.link


def _media(article: Shown) -> list[_Element]:
    """Media RSS, where the picture is told outside of the text."""
    picture = article.picture
    if picture is None:
        return []
    content = _make(
        "media:content",
        _make("media:description", picture.caption, type="plain"),
        _make("media:credit", picture.credit, role="photographer", scheme="urn:ebu"),
        _make("media:text", picture.alt),
        url=article.picture_url,
        type="image/png",
        medium="image",
        width=str(WIDTH),
        height=str(HEIGHT),
    )
    return [content]


def _root(syntax: Syntax, *content: _Element, **attributes: str) -> _Element:
    return _filled(etree.fromstring(_ROOTS[syntax]), content, attributes)


def _make(name: str, *content: _Element | str, **attributes: str) -> _Element:
    return _filled(etree.Element(_qualified(name)), content, attributes)


def _filled(
    element: _Element, content: Iterable[_Element | str], attributes: Mapping[str, str]
) -> _Element:
    for name, value in attributes.items():
        element.set(_qualified(name), value)
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element


def _qualified(name: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}" if colon else name


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

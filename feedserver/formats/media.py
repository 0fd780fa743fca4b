"""Pictures and files of an item, wherever the feed keeps them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedserver.formats import raw as _raw
from feedserver.formats.characters import scrub
from feedserver.formats.raw import Raw
from feedserver.formats.sanitize import safe_url
from feedserver.formats.text import fold, one_line
from feedserver.model.entry import Enclosure, Image

MOST_IMAGES = 50
MOST_ENCLOSURES = 50

_SMALLEST = 3
"""Pixels; a picture less wide or high than this counts readers and shows nothing."""

_LONGEST_TYPE = 127
"""Characters (RFC 6838, section 4.2)."""

_PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"}


def images(item: Raw, html: str, base: str) -> tuple[Image, ...]:
    """Return an item's pictures, each address once, in the order of how telling their place is.

    First ``media:content``, then enclosures, ``media:thumbnail``, ``itunes:image``, and at last the
    ``<img>`` of the text, which is all that nearly half of the items with a picture have.

    Args:
        item: As feedparser read it.
        html: The item's text, after :func:`feedserver.formats.sanitize.harmless`.
        base: Address that relative ones are relative to.
    """
    found: dict[str, Image] = {}
    for image in (*_declared(item, base), *_shown(html)):
        if not _counts_readers(image):
            found.setdefault(image.url, image)
    return tuple(islice(found.values(), MOST_IMAGES))


def enclosures(item: Raw, base: str) -> tuple[Enclosure, ...]:
    """Return the files that go with an item, pictures among them, each address once."""
    found: dict[str, Enclosure] = {}
    for link in _raw.parts(item, "links"):
        url = safe_url(_raw.text(link, "href"), base)
        if _raw.text(link, "rel") == "enclosure" and url:
            kind = _media_type(link)
            length = _raw.number(link, "length")
            found.setdefault(url, Enclosure(url=url, type=kind, length=length))
    return tuple(islice(found.values(), MOST_ENCLOSURES))


def _declared(item: Raw, base: str) -> Iterator[Image]:
    contents = list(_raw.parts(item, "media_content"))
    caption = _caption(item)
    for content, credit in zip(contents, _credits(item, len(contents)), strict=True):
        if _is_picture(content):
            yield from _image(content, base, caption=caption, credit=credit)
    for link in _raw.parts(item, "links"):
        if _raw.text(link, "rel") == "enclosure" and _is_picture(link):
            yield from _image(link, base)
    for thumbnail in _raw.parts(item, "media_thumbnail"):
        yield from _image(thumbnail, base)
    yield from _image(_raw.part(item, "image"), base)


def _image(raw: Raw, base: str, *, caption: str = "", credit: str = "") -> Iterable[Image]:
    url = safe_url(_raw.text(raw, "url") or _raw.text(raw, "href"), base)
    if url is None:
        return ()
    image = Image(
        url=url,
        type=_media_type(raw) or None,
        width=_raw.number(raw, "width"),
        height=_raw.number(raw, "height"),
        bytes=_raw.number(raw, "filesize") or _raw.number(raw, "length"),
        caption=caption,
        credit=credit,
    )
    return (image,)


def _media_type(raw: Raw) -> str:
    kind = fold(scrub(_raw.text(raw, "type"))).casefold()
    return kind if "/" in kind and len(kind) <= _LONGEST_TYPE else ""


def _is_picture(raw: Raw) -> bool:
    """Say whether a file is a picture; its type decides, then its medium, then its name."""
    kind, medium = _media_type(raw), _raw.text(raw, "medium")
    if kind or medium:
        return kind.startswith("image/") or (not kind and medium == "image")
    try:
        path = urlsplit(_raw.text(raw, "url") or _raw.text(raw, "href")).path
    except ValueError:
        return False
    return PurePosixPath(path).suffix.casefold() in _PICTURES


def _credits(item: Raw, contents: int) -> list[str]:
    """Return a credit for each ``media:content``.

    feedparser lists the credits of an item apart from its pictures. One credit is for all of them
    (they are one picture in several sizes); as many as there are pictures go with them in order;
    else nobody can say, and a wrong name is worse than none.
    """
    names = [one_line(_raw.text(credit, "content")) for credit in _raw.parts(item, "media_credit")]
    if len(names) == 1:
        return names * contents
    return names if len(names) == contents else [""] * contents


def _caption(item: Raw) -> str:
    """Return the ``media:description``.

    feedparser has no place for it: the item's own description stays in ``summary``, while
    ``summary_detail`` is of whichever came last.
    """
    last, own = _raw.text(_raw.part(item, "summary_detail"), "value"), _raw.text(item, "summary")
    return one_line(last) if last != own else ""


def _shown(html: str) -> Iterator[Image]:
    if "<img" not in html:
        return
    for node in LexborHTMLParser(html).css("img[src]"):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        yield Image(
            url=attributes["src"],
            width=_raw.number(attributes, "width"),
            height=_raw.number(attributes, "height"),
            alt=fold(attributes.get("alt", "")),
            caption=_figcaption(node),
        )


def _figcaption(node: LexborNode) -> str:
    parent = node.parent
    while parent is not None and parent.tag != "figure":
        parent = parent.parent
    caption = parent.css_first("figcaption") if parent is not None else None
    return fold(caption.text()) if caption is not None else ""


def _counts_readers(image: Image) -> bool:
    return 0 < image.width < _SMALLEST or 0 < image.height < _SMALLEST

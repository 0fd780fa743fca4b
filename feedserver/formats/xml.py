"""feedgen, repaired and extended. The only module that knows it.

feedgen 1.0.0 keeps the model of a feed and its entries and writes most elements well. What it
gets wrong is set right here: the Atom links of an entry lose their ``rel``, ``type`` and
``length``; dates in RSS go through the process-wide locale and fall back to now; ``atom:source``
has no id; there is no byline without an e-mail address, and no caption or credit of a picture.

An entry becomes a *fragment*: its bytes as they stand inside the root element, which declares
every namespace. So the fragments of a feed can be joined as they are.

Texts must be scrubbed before they come here (:func:`feedserver.formats.characters.scrubbed`).
"""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedserver.model.entry import Image

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
RSS_NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}
ATOM_NAMESPACES = {"media": MEDIA}
"""Beside Atom's own, which is the default one."""

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>\n'
OURS = "feedserver"
"""The name of our extension to feedgen."""

GENERATOR = "feedserver"
"""Without our version: an upgrade must not change the bytes of every feed."""

Element = etree._Element  # noqa: SLF001 - lxml gives its element class no public name
Extend = Callable[[Element], object]


def rfc822(moment: datetime) -> str:
    """Write a moment as RSS wants it: English, four-digit year, numeric zone."""
    return format_datetime(moment)


class Entry(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """An entry whose Atom links stay whole and whose RSS title suits every reader."""

    def atom_entry(self, extensions: bool = True) -> Element:
        """Return the ``entry`` element; its children have no namespace in memory, as feedgen's."""
        entry: Element = super().atom_entry(extensions)
        links: list[dict[str, str]] = self.link()  # pyright: ignore[reportAssignmentType] - no types
        for element, link in zip(entry.findall("link"), links or (), strict=True):
            element.attrib.update({name: value for name, value in link.items() if value})
        return entry

    def rss_entry(self, extensions: bool = True) -> Element:
        """Return the ``item`` element."""
        item: Element = super().rss_entry(extensions)
        refer(item.find("title"))
        return item

    def extend(self, add: Extend) -> None:
        """Let a function add to the element, after feedgen's own children."""
        self.register_extension(OURS, lambda: _Extension(add))


class Feed(FeedGenerator):  # type: ignore[misc]  # feedgen has no types
    """A feed that never dates itself by the clock."""

    def __init__(self) -> None:
        super().__init__()
        # feedgen sets it to now, and writes it under a changed process-wide locale.
        self._FeedGenerator__rss_lastBuildDate = None

    def extend(self, add: Extend, *, namespaces: dict[str, str]) -> None:
        """Let the root declare namespaces, and a function add to it after feedgen's children."""
        self.register_extension(OURS, lambda: _Extension(add, namespaces))


class _Extension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen calls for either format; an entry or feed of ours is made for one only."""

    def __init__(self, add: Extend, namespaces: dict[str, str] | None = None) -> None:
        self._add, self._namespaces = add, namespaces or {}

    def extend_ns(self) -> dict[str, str]:
        return self._namespaces

    def extend_rss(self, element: Element) -> None:
        self._add(element)

    def extend_atom(self, element: Element) -> None:
        self._add(element)


def unchanged(_: Element) -> None:
    """Add nothing."""


def child(
    parent: Element, tag: str, text: str | None = None, /, **attributes: str | None
) -> Element:
    """Add an element with the attributes that have a value."""
    element = etree.SubElement(parent, tag, {k: v for k, v in attributes.items() if v})
    element.text = text
    return element


def refer(title: Element | None) -> None:
    """Write ``&`` and ``<`` of a title as hexadecimal references.

    The RSS profile found that these come out right in the most readers (best practices, "title"),
    since some decode ``&amp;`` and ``&lt;`` once more.
    """
    if title is None or not title.text:
        return
    plain, title.text = title.text, ""
    last: Element | None = None
    for run in _runs(plain):
        if run in _REFERENCES:
            reference: Element = etree.Entity(_REFERENCES[run])
            title.append(reference)
            last = reference
        elif last is None:
            title.text = run
        else:
            last.tail = run


_REFERENCES = {"&": "#x26", "<": "#x3C"}


def _runs(text: str) -> list[str]:
    """Split a text before and after each character that is to become a reference."""
    for character in _REFERENCES:
        text = text.replace(character, f"\0{character}\0")
    return [run for run in text.split("\0") if run]


def add_image(parent: Element, image: Image) -> None:
    """Add a picture with all that belongs to it (Media RSS 1.5.1, ``media:content``).

    The credit has the role that the EBU's list spells in lower case.
    """
    content = child(
        parent,
        f"{{{MEDIA}}}content",
        url=image.url,
        type=image.type,
        medium="image",
        width=_count(image.width),
        height=_count(image.height),
        fileSize=_count(image.bytes),
    )
    if title := image.alt or image.caption:
        child(content, f"{{{MEDIA}}}title", title, type="plain")
    if image.caption:
        child(content, f"{{{MEDIA}}}description", image.caption, type="plain")
    if image.credit:
        child(content, f"{{{MEDIA}}}credit", image.credit, role="photographer", scheme="urn:ebu")
    if image.rights:
        child(content, f"{{{MEDIA}}}copyright", image.rights)
    if image.alt:
        child(content, f"{{{MEDIA}}}text", image.alt, type="plain")


def _count(number: int) -> str | None:
    return str(number) if number > 0 else None


def rss_fragment(entry: Entry) -> bytes:
    """Return an item's bytes as they stand inside ``channel``."""
    root = etree.Element("rss", nsmap=RSS_NAMESPACES)
    return _inside(root, entry.rss_entry())


def atom_fragment(entry: Entry) -> bytes:
    """Return an entry's bytes as they stand inside ``feed``."""
    return _inside(etree.Element("feed", nsmap=ATOM_NAMESPACES), entry.atom_entry())


def _inside(root: Element, element: Element) -> bytes:
    root.append(element)
    whole = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return whole[whole.index(b">") + 1 : whole.rindex(b"</")]


def opening(document: Any, *, closing: bytes) -> bytes:  # noqa: ANN401 - feedgen has no types
    """Return a feed's document without items up to where the first one stands.

    Args:
        document: From feedgen's ``rss_str`` or ``atom_str``, without a declaration.
        closing: The end tags that the document's tail will bring.
    """
    return PROLOG + bytes(document).removesuffix(closing)

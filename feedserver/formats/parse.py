"""Bytes of a feed to items. The only module that knows feedparser.

feedparser is quadratic in hostile places (an ``author`` of 80 kB takes it half a minute), so bytes
from outside are given to :mod:`feedserver.poll.parsers`, which calls :func:`parse` where it can be
killed.
"""

import io
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence

import feedparser

from feedserver.errors import ParseError
from feedserver.formats import raw as _raw
from feedserver.formats.characters import without_broken_references
from feedserver.formats.items import LONGEST_LINE, read_item
from feedserver.formats.languages import language_tag
from feedserver.formats.raw import Raw
from feedserver.formats.sanitize import safe_url
from feedserver.formats.text import one_line
from feedserver.model.entry import Item, ParsedFeed

MOST_ITEMS = 10_000
"""Items of one document; the largest real feed we know has 821."""

MOST_REJECTS = 100
"""Reasons kept of one document; the last of them says how many more there were."""

LONGEST_TTL = 60 * 24 * 366
"""Minutes. Above it a wait is a mistake of the publisher's."""

_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
"""Minutes of the ``sy:updatePeriod`` values (RSS 1.0 Syndication module)."""

_HTML = re.compile(
    rb"(?:<\?xml[^>]*>|(?><!--.*?-->)|\s)*+(?:<!doctype\s+html|<html)\b", re.IGNORECASE | re.DOTALL
)
_GZIP = b"\x1f\x8b"
_BROKEN = "not well-formed XML"
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
"""Closes the outermost element."""


def parse(document: bytes, *, url: str, headers: Mapping[str, str] = {}) -> ParsedFeed:
    """Read an RSS, RDF or Atom document, as far as it can be read.

    One bad item never loses a feed: what was mended is counted in ``repairs``, what was left out
    stands in ``rejects``. A feed without items is a feed, unless it breaks off before them.

    Args:
        document: As it came, in its own encoding.
        url: Where the document came from; relative addresses are relative to it.
        headers: Of the answer it came in; ``Content-Type`` may give the encoding.

    Raises:
        ParseError: The bytes are no feed at all; the text says what they are.
    """
    if not document.strip():
        raise ParseError("the body is empty; a feed was expected")
    result = _read(document, _lower(headers, "content-type"))
    entries = list(_raw.parts(result, "entries"))
    version = _raw.text(result, "version")
    if not version and (not entries or _HTML.match(document)):
        raise ParseError(_what_instead(document))
    feed = _raw.part(result, "feed")
    repairs = _mended(result)
    items, rejects = _items(entries, url, repairs)
    if not items and repairs[_BROKEN] and not _END.search(document):
        # Taken for an empty feed, its validators would be kept, and 304 hide the items for good.
        raise ParseError("the document breaks off before any item of it can be read")
    return ParsedFeed(
        version=version or "unknown",
        title=one_line(_raw.text(feed, "title"))[:LONGEST_LINE],
        link=safe_url(_raw.text(feed, "link"), url),
        language=language_tag(_raw.text(feed, "language") or _lower(headers, "content-language")),
        items=items,
        repairs=dict(repairs),
        rejects=rejects,
        ttl=_ttl(feed),
    )


def _read(document: bytes, content_type: str) -> Raw:
    """Let feedparser read the bytes.

    Bytes in a stream, since a string that looks like an address or a path would be opened. Header
    names in lower case, since it ignores others. No ``Content-Language``, since it would take that
    over what the feed itself says, and no ``Content-Location``, since it would make a guid ``7``
    into an address, another one wherever the feed moves.

    Raises:
        ParseError: feedparser gave up on it.
    """
    with warnings.catch_warnings():
        # It warns of its own deprecated parts, which it uses itself.
        warnings.simplefilter("ignore")
        try:
            result: Raw = feedparser.parse(
                io.BytesIO(without_broken_references(document)),
                response_headers={"content-type": content_type} if content_type else {},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except MemoryError:
            raise
        # It lets through whatever its parsers stumble over (LookupError, AssertionError, …).
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:200]
            raise ParseError(f"the document cannot be read ({reason})") from error
    return result


def _lower(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _what_instead(document: bytes) -> str:
    """Say in plain words what a body is that is no feed."""
    start = document[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _HTML.match(start):
        return "this is an HTML page, not a feed; look for a feed's address on the page"
    if start.startswith(_GZIP):
        return "the body is compressed with gzip, and the server did not say so"
    if start.startswith((b"{", b"[")):
        return "this is JSON, not RSS or Atom"
    return f"no RSS or Atom element in {len(document)} bytes; they are no feed"


def _mended(result: Raw) -> Counter[str]:
    """Count what feedparser had to overlook in the document as a whole."""
    match _raw.get(result, "bozo_exception"):
        case None | feedparser.NonXMLContentType():
            return Counter()
        case feedparser.CharacterEncodingOverride() | feedparser.CharacterEncodingUnknown():
            return Counter({"encoding declared wrongly": 1})
        case _:
            return Counter({_BROKEN: 1})


def _items(
    entries: Sequence[Raw], url: str, repairs: Counter[str]
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    items, rejects = [], []
    for number, entry in enumerate(entries[:MOST_ITEMS], start=1):
        item = read_item(entry, url=url, repairs=repairs)
        if item is None:
            rejects.append(f"item {number} has no guid, link, title or text")
        else:
            items.append(item)
    left_out = len(entries) - MOST_ITEMS
    if left_out > 0:
        rejects.append(f"the last {left_out} items: no more than {MOST_ITEMS} are read")
    return tuple(items), _bounded(rejects)


def _bounded(rejects: Sequence[str]) -> tuple[str, ...]:
    if len(rejects) <= MOST_REJECTS:
        return tuple(rejects)
    return (*rejects[: MOST_REJECTS - 1], f"and {len(rejects) - MOST_REJECTS + 1} more")


def _ttl(feed: Raw) -> int:
    """Return the minutes that the publisher asks us to wait; it may say so in two ways."""
    period = _PERIODS.get(_raw.text(feed, "sy_updateperiod").strip().lower(), 0)
    frequency = max(_raw.number(feed, "sy_updatefrequency"), 1)
    wait = max(_raw.number(feed, "ttl"), period // frequency)
    return wait if wait <= LONGEST_TTL else 0

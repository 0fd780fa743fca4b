"""What a feed's document says, counted without our own code: by feedparser and plain text alone."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import feedparser

TRACKING = re.compile(r"^(amp;)*(utm_\w+|at_\w+|ns_\w+|partner|emc|cmp|ref|src|smid|ftag)$")


@dataclass(frozen=True)
class Said:
    """An item as the document has it.

    Attributes:
        names: By which it can be known: guid and link without tracking.
        headline: Plain, its white space folded.
        raw: Headline, summary and body byte for byte.
    """

    names: frozenset[str]
    headline: str
    raw: tuple[str, ...]


def said(document: bytes) -> Sequence[Said]:
    """Return the items of a document, each once."""
    parsed: Any = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    items: list[Said] = []
    seen: set[str] = set()
    for entry in parsed.entries:
        item = _said(entry)
        if seen.isdisjoint(item.names):
            items.append(item)
        seen |= item.names
    return items


def _said(entry: Any) -> Said:
    guid, link = str(entry.get("id", "")), _bare(str(entry.get("link", "")))
    bodies = tuple(str(content.get("value", "")) for content in entry.get("content", ()))
    title = str(entry.get("title", ""))
    return Said(
        names=frozenset(name for name in (f"guid {guid}" * bool(guid), link) if name),
        headline=plain(title),
        raw=(title, str(entry.get("summary", "")), *bodies),
    )


def plain(text: str) -> str:
    """Return a text without markup, entities and surplus white space."""
    bare = re.sub(r"<[^>]*>", "", html.unescape(text))
    return " ".join(html.unescape(bare).split())


def _bare(link: str) -> str:
    address, _, query = link.partition("?")
    kept = [pair for pair in query.split("&") if not TRACKING.match(pair.partition("=")[0])]
    return address.rstrip("/") + ("?" + "&".join(kept) if any(kept) else "")

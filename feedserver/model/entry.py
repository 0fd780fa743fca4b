"""Items as a feed said them, and entries as we keep them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from feedserver.model.source import SourceId

EntryId = NewType("EntryId", int)
StoryId = NewType("StoryId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that goes with a text. Sizes are pixels; 0 when unknown."""

    url: str
    type: str | None = None
    width: int = 0
    height: int = 0
    bytes: int = 0
    caption: str = ""
    credit: str = ""
    alt: str = ""
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an item (RSS ``enclosure``, Atom ``link rel=enclosure``)."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Texts byte for byte as the feed had them, before cleaning."""

    title: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a feed's document, cleaned. An item has a guid, a link, a title or a text.

    Attributes:
        link: Absolute, http or https; where the text can be read.
        canonical: The link without tracking, the form in which links are compared.
        title: Plain text, one line.
        summary, content: Harmless HTML.
        published_at: First publication as the feed says it; ``None`` when it does not.
    """

    guid: str | None = None
    link: str | None = None
    canonical: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    received: Received = Received()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's document, read.

    Attributes:
        items: In the publisher's order.
        repairs: What was mended, and how often: ``{"date unreadable": 3}``.
        rejects: What was left out, one reason for each item.
        ttl: Minutes the publisher asks us to wait between polls (RSS ``ttl``, ``sy:``); 0 if none.
    """

    version: str
    title: str = ""
    link: str | None = None
    language: str | None = None
    items: tuple[Item, ...] = ()
    repairs: dict[str, int]
    rejects: tuple[str, ...] = ()
    ttl: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as we keep it.

    Attributes:
        hash: Of the texts that a revision is about (headline, summary, body), as hex.
        first_seen_at: When it was first read; the order of the inbox.
        changed_at: When a poll last changed it.
        revisions: How many earlier texts of it are kept.
        story: ``None`` until it is filed.
    """

    id: EntryId
    source: SourceId
    item: Item
    hash: str
    first_seen_at: datetime
    changed_at: datetime
    revisions: int = 0
    story: StoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item made ready for the store.

    Attributes:
        hash: Of the texts that a revision is about (headline, summary, body), as hex.
        stamp: Of everything that is kept, as hex; equal stamps need no write.
        keys: Its names within the source (guid, link), as 63-bit numbers, the surest first.
        link_key, title_key: Its canonical link and its telling title, as 63-bit numbers.
        words: For full-text search, as the tokeniser made them.
    """

    item: Item
    hash: str
    stamp: str
    keys: tuple[int, ...]
    link_key: int | None = None
    title_key: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What tells whether an item brings something new about an entry."""

    entry: EntryId
    guid: str | None
    title: str
    hash: str
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier text of an entry."""

    entry: EntryId
    title: str
    summary: str
    content: str
    link: str | None
    replaced_at: datetime

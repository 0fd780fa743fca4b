"""Feeds: which there are, in which formats, and the documents that they become."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from feedserver.model.article import AlsoCovered, ArticleState, Attribution, Author
from feedserver.model.entry import Image

FeedName = NewType("FeedName", str)
"""``all`` for the site, else the slug of a section."""

ALL = FeedName("all")


class Format(StrEnum):
    """A syndication format; the value is the ending of its addresses."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """What ``Content-Type`` says, without a charset."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says of itself, before its items.

    Attributes:
        link: The page that the feed belongs to.
        self_url: The address that the feed is served at.
        atom_id: Permanent (a ``tag:`` URI), the same in every format.
        publisher: Whose feed it is; the author of whatever names none.
        contact: E-mail address of the editors; ``contact_name``: who answers there.
        updated_at: When the version that it shows was first shown; a whole second.
        about: A page that explains our extension to JSON Feed.
        ttl: Minutes that a reader may wait before it asks again.
    """

    title: str
    description: str
    link: str
    self_url: str
    atom_id: str
    language: str
    publisher: str
    contact: str
    contact_name: str
    updated_at: datetime
    about: str
    rights: str = ""
    logo: str | None = None
    ttl: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What an item is about: a section or a tag.

    Attributes:
        term: Its lasting name; ``label``: what people read.
        scheme: A URI that names the list it is from.
    """

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """What a feed says of an article, in any format.

    Attributes:
        title: Plain text, never empty. ``summary``: plain text.
        summary_html: Harmless, with the credit; empty where there is neither.
        html: Harmless, with the note and the credit that readers must see; never empty.
        link: The page that the item leads to.
        authors: At least one.
        source: The outlet it was picked from; ``None`` for our own.
    """

    guid: str
    atom_id: str
    title: str
    summary: str
    summary_html: str
    html: str
    link: str
    language: str | None
    published_at: datetime
    updated_at: datetime
    state: ArticleState
    note: str = ""
    authors: tuple[Author, ...]
    categories: tuple[Category, ...] = ()
    images: tuple[Image, ...] = ()
    rights: str = ""
    credit: str = ""
    source: Attribution | None = None
    also: tuple[AlsoCovered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedVersion:
    """How far a feed is.

    Attributes:
        version: Raised by each save of an article that the feed may hold.
        shown: The version that its documents show; at most ``version``.
        shown_at: When that was first shown, a whole second; its ``Last-Modified``.
        made_of: Fingerprint of the settings and the program that the documents were made with.
    """

    name: FeedName
    version: int
    shown: int
    shown_at: datetime
    made_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes that we serve: one feed in one format at one version.

    Attributes:
        etag: Opaque, without quotes; another for each body (RFC 9110, section 8.8.3).
        gzip: ``body`` compressed.
        modified_at: Whole seconds.
    """

    feed: FeedName
    format: Format
    version: int
    etag: str
    modified_at: datetime
    body: bytes
    gzip: bytes

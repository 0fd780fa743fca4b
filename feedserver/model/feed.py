"""Feeds: which there are, in which formats, and the documents that they become."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

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

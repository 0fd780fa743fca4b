"""From articles to the bytes of a feed. Pure.

An article is rendered once for each format, into a *fragment* that is the same in every feed that
holds it; a feed is its head, its fragments joined, and its tail. Joining fifty costs microseconds,
rendering them milliseconds, and two builds of unchanged data are the same bytes.
"""

import gzip
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol

from feedserver.formats import atom, jsonfeed, rss
from feedserver.model.article import Article
from feedserver.model.feed import ALL, Document, FeedHead, FeedItem, FeedName, FeedVersion, Format
from feedserver.model.site import Section
from feedserver.publish.items import Place, feed_item


class _Writer(Protocol):
    """What a module of :mod:`feedserver.formats` must have to write a format."""

    @property
    def TAIL(self) -> bytes: ...  # noqa: N802 - a module's constant

    @property
    def SEPARATOR(self) -> bytes: ...  # noqa: N802 - a module's constant

    def head(self, head: FeedHead, /) -> bytes: ...

    def item(self, item: FeedItem, /) -> bytes: ...


_WRITERS: Final[dict[Format, _Writer]] = {
    Format.RSS: rss,
    Format.ATOM: atom,
    Format.JSON: jsonfeed,
}

GZIP_LEVEL: Final = 6


def feed_url(name: FeedName, form: Format, base_url: str) -> str:
    """Return the address that a feed is served at."""
    return f"{base_url}/feeds/{name}.{form}"


def feed_head(
    section: Section | None, form: Format, place: Place, *, updated_at: datetime
) -> FeedHead:
    """Return what the feed of a section, or of the site (``None``), says of itself.

    ``updated_at`` is when the version was first shown (:attr:`FeedVersion.shown_at`), never now.
    """
    site = place.site
    name = FeedName(section.slug) if section else ALL
    return FeedHead(
        title=f"{site.title}: {section.title}" if section else site.title,
        description=section.description if section else site.description,
        link=site.link,
        self_url=feed_url(name, form, place.base_url),
        atom_id=f"tag:{site.authority}:feed/{name}",
        language=section.language if section else site.languages[0],
        publisher=site.title,
        contact=site.contact,
        contact_name=site.contact_name,
        updated_at=updated_at,
        about=f"{place.base_url}/feeds",
        rights=site.rights,
        logo=site.logo,
    )


def fragment(article: Article, place: Place, form: Format) -> bytes:
    """Return an article's bytes as they stand in every feed of that format that holds it."""
    return _WRITERS[form].item(feed_item(article, place))


def document(head: FeedHead, fragments: Iterable[bytes], form: Format) -> bytes:
    """Return a whole feed of fragments in their order."""
    writer = _WRITERS[form]
    return b"".join((writer.head(head), writer.SEPARATOR.join(fragments), writer.TAIL))


def strong_etag(body: bytes) -> str:
    """Return an opaque tag that another body does not have (RFC 9110, section 8.8.3)."""
    return sha256(body).hexdigest()[:32]


def compressed(body: bytes) -> bytes:
    """Return the body as gzip, without a time in it: the same bytes for the same body."""
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def finished(body: bytes, version: FeedVersion, form: Format) -> Document:
    """Return a feed's body with all that serving it needs, for the version that is shown."""
    return Document(
        feed=version.name,
        format=form,
        version=version.shown,
        etag=strong_etag(body),
        modified_at=version.shown_at,
        body=body,
        gzip=compressed(body),
    )

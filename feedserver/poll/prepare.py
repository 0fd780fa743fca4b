"""From a document's bytes to what the store wants. Pure, and run in the parser children."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedserver.formats.parse import parse
from feedserver.model.entry import Draft
from feedserver.poll.identity import drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document, read and made ready.

    Attributes:
        repairs, rejects, ttl: As in :class:`feedserver.model.entry.ParsedFeed`.
    """

    title: str = ""
    link: str | None = None
    language: str | None = None
    version: str = ""
    drafts: tuple[Draft, ...] = ()
    repairs: dict[str, int] = field(default_factory=dict[str, int])
    rejects: tuple[str, ...] = ()
    ttl: int = 0


def prepare(document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
    """Read a feed's document and make its items ready for the store.

    Raises:
        ParseError: It is no feed.
    """
    feed = parse(document, url=url, headers=headers)
    return Prepared(
        title=feed.title,
        link=feed.link,
        language=feed.language,
        version=feed.version,
        drafts=tuple(drafts(feed.items)),
        repairs=feed.repairs,
        rejects=feed.rejects,
        ttl=feed.ttl,
    )

"""A source: an outside feed that the newsroom follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit

SourceId = NewType("SourceId", int)


class Kind(StrEnum):
    """What sort of outlet it is."""

    WIRE = "wire"
    NATIONAL = "national"
    LOCAL = "local"
    BLOG = "blog"
    OWN = "own"


class RightsClass(StrEnum):
    """How much of a source's text we may publish."""

    HEADLINE = "headline"
    """Headline and link."""

    EXCERPT = "excerpt"
    """Headline, link and a short excerpt."""

    FULL = "full"
    """The whole text and its images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWish:
    """What the newsroom's files say about a source.

    Attributes:
        key: Its lasting short name, as in ``sources.toml``.
        owner: Who owns the outlet; copies by one owner count once.
        country: ISO 3166-1 alpha-2, upper case.
        language: BCP 47, as ``en`` or ``zh-Hans``.
        section: Slug of the section that its stories are offered to, if any.
        interval: How long to wait between polls when all goes well.
        verified: Whether somebody saw that the address answers with this feed.
    """

    key: str
    title: str
    url: str
    owner: str
    country: str
    language: str
    kind: Kind
    rights: RightsClass = RightsClass.EXCERPT
    section: str | None = None
    interval: timedelta = timedelta(minutes=30)
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask "has it changed?" with, byte for byte (RFC 9110, section 8.8).

    Attributes:
        url: The address that gave them; they are not sent to any other.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None


class SourceState(StrEnum):
    """What the last polls showed."""

    NEW = "new"
    WORKING = "working"
    FAILING = "failing"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source, and where we are with it.

    Attributes:
        followed: Whether it is polled; a source that leaves the files pauses.
        origin: Who added it and may take it away: ``files`` or ``desk``.
        next_poll_at: Not polled before this moment (UTC).
        next_poll_reason: Why then, in words.
        body_sha256: Of the last body that was read whole, as hex.
        ttl: How long that body asked us to wait between polls (RSS ``ttl``, ``sy:``).
        failures: Polls that failed since the last good one.
        lease: Fencing number of the lease under which it was read.
    """

    id: SourceId
    wish: SourceWish
    followed: bool = True
    origin: str = "files"
    next_poll_at: datetime
    next_poll_reason: str = ""
    validators: Validators = Validators()
    body_sha256: str | None = None
    ttl: timedelta = timedelta(0)
    failures: int = 0
    state: SourceState = SourceState.NEW
    gone_since: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    lease: int = 0

    @property
    def url(self) -> str:
        """The address that is polled."""
        return self.wish.url

    @property
    def host(self) -> str:
        """Name and port of the server that is asked; a rest that it asks for covers all of it."""
        return host_of(self.wish.url)


def host_of(url: str) -> str:
    """Return the server that an address names, as ``host`` or ``host:port``, in lower case."""
    parts = urlsplit(url)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")

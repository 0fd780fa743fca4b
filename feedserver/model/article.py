"""Articles: what our site publishes, its own or picked from a story."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from feedserver.model.entry import EntryId, Image, StoryId

ArticleId = NewType("ArticleId", int)


class Owner(StrEnum):
    """Who may change an article."""

    CMS = "cms"
    DESK = "desk"


class ArticleState(StrEnum):
    """Where a published article stands."""

    PUBLISHED = "published"
    UPDATED = "updated"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it. ``email`` only where it is public."""

    name: str
    url: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The outlet that a picked article came from (Atom ``source``, RSS ``source``).

    Attributes:
        title: The outlet's name.
        feed_url: The feed that we read it in.
        link: The outlet's page of the article.
        updated_at: When that feed was last read with news.
    """

    key: str
    title: str
    feed_url: str
    link: str | None
    updated_at: datetime
    language: str | None = None
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoCovered:
    """Another outlet's telling of a picked story."""

    outlet: str
    title: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What readers see of an article.

    Attributes:
        title: Plain text, one line.
        summary: Plain text.
        html: Harmless HTML; may be empty for a picked article.
        link: The page that the item leads to: ours, or the source's for a picked article.
        credit: A line that names who deserves the credit.
        source: Where a picked article came from; ``None`` for our own.
    """

    title: str
    summary: str = ""
    html: str = ""
    link: str | None = None
    language: str | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    rights: str = ""
    credit: str = ""
    source: Attribution | None = None
    also: tuple[AlsoCovered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article at one version.

    Attributes:
        external_id: The CMS's name for it; ``None`` for a picked article.
        guid: Permanent, in RSS and JSON Feed. ``atom_id``: permanent, in Atom (a URI).
        version: 1, then one more for each change; revisions keep the earlier ones.
        seq: Place in the order of all changes to articles; grows with each.
        updated_at: Last *significant* change (RFC 4287, section 4.2.15).
        note: The editor's words on a correction or retraction.
        sections: Slugs, the first being the main one.
    """

    id: ArticleId
    owner: Owner
    external_id: str | None
    guid: str
    atom_id: str
    state: ArticleState
    version: int
    seq: int
    published_at: datetime
    updated_at: datetime
    content: Content
    sections: tuple[str, ...]
    note: str = ""
    story: StoryId | None = None
    lead: EntryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What of an article decides whether a feed holds it.

    Attributes:
        external_id: By which, or by the number, a section pins it.
    """

    id: ArticleId
    external_id: str | None
    version: int
    published_at: datetime
    updated_at: datetime
    sections: tuple[str, ...]
    state: ArticleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the CMS sends to say that an article is so. Dates left out are ours to set."""

    external_id: str
    content: Content
    sections: tuple[str, ...]
    published_at: datetime | None = None
    updated_at: datetime | None = None
    guid: str | None = None
    atom_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a curator decides when picking a story. Fields left out are taken from the lead.

    Attributes:
        sections: At least one slug.
        lead: The entry that is credited and linked.
        also: Whether the story's other outlets are listed as "also covered by".
    """

    sections: tuple[str, ...]
    headline: str | None = None
    summary: str | None = None
    credit: str | None = None
    lead: EntryId | None = None
    also: bool = True
    tags: tuple[str, ...] = field(default=())

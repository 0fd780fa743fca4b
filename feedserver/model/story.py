"""Stories: entries that tell the same news, and the edges that say why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedserver.model.article import ArticleId
from feedserver.model.entry import Entry, EntryId, StoryId


class Method(StrEnum):
    """By what two entries were found to belong together."""

    GUID = "guid"
    LINK = "link"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Why an entry is in its story.

    Attributes:
        entry, other: The entry that joined, and the one that it was found to match.
        score: 0 to 1; 1 is certain.
        evidence: What was compared, for a person to read: ``{"link": "https://…"}``.
        algorithm: Name and version of the rule that decided.
    """

    entry: EntryId
    other: EntryId
    method: Method
    score: float
    evidence: Mapping[str, str]
    algorithm: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The entries that tell the same news.

    Attributes:
        title: Headline of the lead entry, the first that came in.
        sections: Slugs of the sections that it is offered to.
        picks: The article made of it in each section.
        revision: Raised by each change that a person should see.
        merged_into: Where it went when it was joined with another.
    """

    id: StoryId
    title: str
    lead: EntryId
    language: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int = 1
    sections: tuple[str, ...] = ()
    picks: Mapping[str, ArticleId] = field(default_factory=dict[str, ArticleId])
    entries: tuple[Entry, ...] = ()
    edges: tuple[Edge, ...] = ()
    merged_into: StoryId | None = None

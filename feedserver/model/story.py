"""Stories: entries that tell the same news, and the edges that say why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedserver.model.article import ArticleId
from feedserver.model.entry import Entry, EntryId, StoryId
from feedserver.model.source import SourceId


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """Which stories are asked for; what is left out does not matter.

    Attributes:
        section: Offered to the section of this slug.
        source: With an entry of the source of this key.
        language: Whose lead is in this language; ``zh`` means ``zh-Hans`` too.
        words: With an entry that has all of them, as the tokeniser made them.
    """

    section: str | None = None
    source: str | None = None
    language: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfiled:
    """An entry that waits to be filed, with what decides where it goes.

    Attributes:
        source_key, section: Of its source.
        link_key, title_key: As in :class:`feedserver.model.entry.Draft`.
        story: Where it is already, when it waits because its text was revised.
    """

    entry: EntryId
    source: SourceId
    source_key: str
    section: str | None
    title: str
    canonical: str | None
    link_key: int | None
    title_key: int | None
    language: str | None
    categories: tuple[str, ...]
    first_seen_at: datetime
    story: StoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An earlier entry that an unfiled one may be a copy of.

    Attributes:
        entry: The unfiled one. ``other``: the earlier one.
        story: Where the earlier one is filed; ``None`` when it waits as well.
        evidence: The canonical link or the title that both have.
    """

    entry: EntryId
    other: EntryId
    story: StoryId | None
    method: Method
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two entries of one source that turned out to be one thing.

    Attributes:
        entry, other: The later one and the earlier one.
        story, other_story: Where they are filed.
    """

    entry: EntryId
    other: EntryId
    story: StoryId
    other_story: StoryId

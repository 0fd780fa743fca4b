"""Stories as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from feedserver.model.entry import Entry, EntryId, Revision
from feedserver.model.source import Source, SourceId
from feedserver.model.story import Edge, Story
from feedserver.web.words import because

Outlets = Mapping[SourceId, Source]
Revisions = Mapping[EntryId, Sequence[Revision]]


class OutletShape(msgspec.Struct, frozen=True, kw_only=True):
    """Who tells the story."""

    key: str
    title: str
    owner: str
    country: str
    language: str
    kind: str
    rights: str


class StoryShape(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a list."""

    id: int
    title: str
    language: str | None
    sections: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    outlets: list[OutletShape]
    entries: int
    picks: Mapping[str, int]
    url: str


class PageShape(msgspec.Struct, frozen=True, kw_only=True):
    """A page of stories, and where the next begins."""

    stories: list[StoryShape]
    next: str | None


class ImageShape(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that a source shows."""

    url: str
    type: str | None
    width: int
    height: int
    caption: str
    credit: str
    alt: str
    rights: str


class RevisionShape(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier text of an entry."""

    title: str
    summary: str
    content: str
    link: str | None
    replaced_at: datetime


class EntryShape(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with everything that its source says."""

    id: int
    source: str
    outlet: str
    guid: str | None
    link: str | None
    title: str
    summary: str
    content: str
    author: str
    language: str | None
    categories: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    changed_at: datetime
    images: list[ImageShape]
    revisions: list[RevisionShape]


class EdgeShape(msgspec.Struct, frozen=True, kw_only=True):
    """Why an entry is in the story; ``why`` says it in words."""

    entry: int
    other: int
    method: str
    score: float
    why: str
    evidence: Mapping[str, str]
    algorithm: str
    made_at: datetime


class WholeStoryShape(msgspec.Struct, frozen=True, kw_only=True):
    """A story with everything that belongs to it."""

    id: int
    title: str
    lead: int
    language: str | None
    sections: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    outlets: list[OutletShape]
    picks: Mapping[str, int]
    entries: list[EntryShape]
    edges: list[EdgeShape]
    url: str


def story_shape(story: Story, outlets: Outlets, base_url: str) -> StoryShape:
    """Return a story as a list shows it."""
    return StoryShape(
        id=story.id,
        title=story.title,
        language=story.language,
        sections=story.sections,
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
        revision=story.revision,
        outlets=_outlets(story, outlets),
        entries=len(story.entries),
        picks=story.picks,
        url=story_url(story, base_url),
    )


def whole_story_shape(
    story: Story, outlets: Outlets, revisions: Revisions, base_url: str
) -> WholeStoryShape:
    """Return a story with everything that belongs to it."""
    return WholeStoryShape(
        id=story.id,
        title=story.title,
        lead=story.lead,
        language=story.language,
        sections=story.sections,
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
        revision=story.revision,
        outlets=_outlets(story, outlets),
        picks=story.picks,
        entries=[_entry(entry, outlets, revisions) for entry in story.entries],
        edges=[_edge(edge) for edge in story.edges],
        url=story_url(story, base_url),
    )


def told_by(story: Story, outlets: Outlets) -> Sequence[Source]:
    """Return the outlets that tell a story, each once, the first teller first."""
    return [outlets[number] for number in dict.fromkeys(entry.source for entry in story.entries)]


def story_url(story: Story, base_url: str) -> str:
    """Return the address of a story in the API."""
    return f"{base_url}/api/v1/stories/{story.id}"


def _outlets(story: Story, outlets: Outlets) -> list[OutletShape]:
    return [
        OutletShape(
            key=source.wish.key,
            title=source.wish.title,
            owner=source.wish.owner,
            country=source.wish.country,
            language=source.wish.language,
            kind=source.wish.kind,
            rights=source.wish.rights,
        )
        for source in told_by(story, outlets)
    ]


def _entry(entry: Entry, outlets: Outlets, revisions: Revisions) -> EntryShape:
    item, wish = entry.item, outlets[entry.source].wish
    return EntryShape(
        id=entry.id,
        source=wish.key,
        outlet=wish.title,
        guid=item.guid,
        link=item.link,
        title=item.title,
        summary=item.summary,
        content=item.content,
        author=item.author,
        language=item.language,
        categories=item.categories,
        published_at=item.published_at,
        updated_at=item.updated_at,
        first_seen_at=entry.first_seen_at,
        changed_at=entry.changed_at,
        images=[
            ImageShape(
                url=image.url,
                type=image.type,
                width=image.width,
                height=image.height,
                caption=image.caption,
                credit=image.credit,
                alt=image.alt,
                rights=image.rights,
            )
            for image in item.images
        ],
        revisions=[
            RevisionShape(
                title=earlier.title,
                summary=earlier.summary,
                content=earlier.content,
                link=earlier.link,
                replaced_at=earlier.replaced_at,
            )
            for earlier in revisions.get(entry.id, ())
        ],
    )


def _edge(edge: Edge) -> EdgeShape:
    return EdgeShape(
        entry=edge.entry,
        other=edge.other,
        method=edge.method,
        score=edge.score,
        why=because(edge),
        evidence=edge.evidence,
        algorithm=edge.algorithm,
        made_at=edge.made_at,
    )

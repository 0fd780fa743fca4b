"""The inbox: stories, the newest first, as a curator looks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedserver.errors import NotFoundError
from feedserver.model.entry import EntryId, Revision, StoryId
from feedserver.model.source import Source, SourceId
from feedserver.model.story import Story, StoryFilter
from feedserver.store import entries, sources, stories
from feedserver.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some stories, and the outlets that tell them.

    Attributes:
        next: Where the page after this one begins; ``None`` on the last.
    """

    stories: Sequence[Story]
    outlets: Mapping[SourceId, Source]
    next: StoryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Finds stories."""

    database: Database

    async def page(self, wanted: StoryFilter, *, before: StoryId | None, limit: int) -> Page:
        """Return stories that fit, the newest first.

        Args:
            before: The ``next`` of the page before; ``None`` for the first page.
        """
        async with self.database.read() as tx:
            # One more than asked for tells whether there is a next page.
            found = await stories.page(tx, wanted, before=before, limit=limit + 1)
            shown = found[:limit]
            told_by = {entry.source for story in shown for entry in story.entries}
            outlets = await sources.these(tx, sorted(told_by))
        return Page(
            stories=shown,
            outlets={source.id: source for source in outlets},
            next=shown[-1].id if len(found) > limit else None,
        )

    async def story(self, number: StoryId) -> Story:
        """Return a story with all that belongs to it; one that was merged says where it went.

        Raises:
            NotFoundError: There is none of that number.
        """
        async with self.database.read() as tx:
            story = await stories.get(tx, number)
        if story is None:
            raise NotFoundError(f"there is no story {number}")
        return story

    async def outlets(self, story: Story) -> Mapping[SourceId, Source]:
        """Return the sources that a story has entries of."""
        async with self.database.read() as tx:
            told_by = await sources.these(tx, sorted({entry.source for entry in story.entries}))
        return {source.id: source for source in told_by}

    async def revisions(self, story: Story) -> Mapping[EntryId, Sequence[Revision]]:
        """Return the earlier texts of a story's entries, oldest first."""
        async with self.database.read() as tx:
            return {
                entry.id: await entries.revisions(tx, entry.id)
                for entry in story.entries
                if entry.revisions
            }

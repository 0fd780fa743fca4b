"""Pick: make an article of a story, in one or more sections, once in each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from feedserver.clock import Clock
from feedserver.errors import ConflictError, InvalidError, NotFoundError
from feedserver.formats.text import one_line, plain
from feedserver.model.access import Act
from feedserver.model.article import AlsoCovered, Article, Attribution, Author, Content, Pick
from feedserver.model.entry import Entry, StoryId
from feedserver.model.source import RightsClass, Source, SourceId
from feedserver.model.story import Story
from feedserver.store import acts, articles, sources, stories
from feedserver.store.database import Database, Transaction

EXCERPT_LENGTH = 280
"""Characters of a source's summary that may stand in our feeds, where its rights allow any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A pick with everything that it left open filled in."""

    content: Content
    sections: tuple[str, ...]
    story: Story
    lead: Entry


Issue = Callable[[Transaction, Chosen, str], Awaitable[Article]]
"""Publishes what was chosen, within the transaction; the last argument is who did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """Makes articles of stories."""

    database: Database
    clock: Clock
    issue: Issue

    async def pick(self, story: StoryId, pick: Pick, *, actor: str) -> Article:
        """Publish a story in sections, with attribution.

        Raises:
            NotFoundError: There is no such story.
            InvalidError: A section does not exist, none is named, or the lead is not of the story.
            ConflictError: The story was picked into one of the sections before.
        """
        async with self.database.write() as tx:
            chosen = await self._choose(tx, story, pick)
            article = await self.issue(tx, chosen, actor)
            for section in chosen.sections:
                # The table's key decides, whoever else picks at this moment.
                if not await articles.add_pick(tx, chosen.story.id, section, article.id):
                    raise _taken(story, section)
            await acts.add(
                tx,
                Act(
                    at=self.clock.now(),
                    actor=actor,
                    action="pick",
                    subject=f"story:{chosen.story.id}",
                    revision=chosen.story.revision,
                    detail=f"article:{article.id} in {', '.join(chosen.sections)}",
                ),
            )
        return article

    async def _choose(self, tx: Transaction, number: StoryId, pick: Pick) -> Chosen:
        story = await _held(tx, number)
        for section in pick.sections:
            if section in story.picks:
                raise _taken(number, section)
        wanted = story.lead if pick.lead is None else pick.lead
        lead = next((entry for entry in story.entries if entry.id == wanted), None)
        if lead is None:
            ours = ", ".join(str(entry.id) for entry in story.entries)
            raise InvalidError({"lead": f"entry {wanted} is not of story {number}; its are {ours}"})
        told_by = sorted({entry.source for entry in story.entries})
        outlets = {source.id: source for source in await sources.these(tx, told_by)}
        return Chosen(
            content=content(story, lead, outlets, pick),
            sections=tuple(dict.fromkeys(pick.sections)),
            story=story,
            lead=lead,
        )


async def _held(tx: Transaction, number: StoryId) -> Story:
    """Return a story, or the one that it was merged into, which nobody else changes meanwhile."""
    await stories.hold(tx, number)
    story = await stories.get(tx, number)
    if story is None:
        raise NotFoundError(f"there is no story {number}")
    return story if story.merged_into is None else await _held(tx, story.merged_into)


def content(story: Story, lead: Entry, outlets: Mapping[SourceId, Source], pick: Pick) -> Content:
    """Return what readers see of a picked story. Pure.

    What the curator left open comes from the lead, as far as its rights allow.
    """
    outlet = outlets[lead.source]
    return Content(
        title=one_line(pick.headline or lead.item.title),
        summary=_summary(lead, outlet, pick),
        link=lead.item.link,
        language=lead.item.language or outlet.wish.language,
        authors=(Author(name=lead.item.author),) if lead.item.author else (),
        tags=pick.tags,
        images=lead.item.images[:1] if outlet.wish.rights is RightsClass.FULL else (),
        credit=one_line(pick.credit or f"{outlet.wish.title} reports"),
        source=Attribution(
            key=outlet.wish.key,
            title=outlet.wish.title,
            feed_url=outlet.url,
            link=lead.item.link,
            updated_at=outlet.last_ok_at or lead.changed_at,
            language=outlet.wish.language,
            rights=outlet.wish.owner,
        ),
        also=_also(story.entries, lead, outlets) if pick.also else (),
    )


def _summary(lead: Entry, outlet: Source, pick: Pick) -> str:
    if pick.summary is not None:
        return plain(pick.summary)
    if outlet.wish.rights is RightsClass.HEADLINE:
        return ""
    return shortened(plain(lead.item.summary or lead.item.content), EXCERPT_LENGTH)


def shortened(text: str, length: int) -> str:
    """Return the text, cut at a word's end with an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    head, _, tail = text[:length].rpartition(" ")
    # Chinese and Japanese have no spaces: a cut anywhere is a cut at a word's end.
    cut = head if head and len(tail) < length // 4 else text[: length - 1]
    return cut.rstrip(" ,;:.") + "…"


def _also(
    entries: Sequence[Entry], lead: Entry, outlets: Mapping[SourceId, Source]
) -> tuple[AlsoCovered, ...]:
    """Return the other outlets' tellings, each outlet once."""
    first: dict[SourceId, AlsoCovered] = {}
    for entry in entries:
        if entry.source != lead.source and entry.item.link is not None:
            outlet = outlets[entry.source].wish.title
            first.setdefault(
                entry.source,
                AlsoCovered(outlet=outlet, title=entry.item.title, link=entry.item.link),
            )
    return tuple(first.values())


def _taken(story: StoryId, section: str) -> ConflictError:
    return ConflictError(f"story {story} was picked into {section!r} before")

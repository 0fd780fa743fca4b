"""The inbox at the command line: stories as a list, and one with all that belongs to it."""

from collections.abc import Iterator

import typer

from feedserver.cli.opening import all_read, store_opened
from feedserver.cli.running import tell
from feedserver.cli.screen import amount, distance, moment, show, show_json, show_table
from feedserver.clock import SystemClock
from feedserver.config.settings import Settings
from feedserver.desk.inbox import Inbox
from feedserver.formats.languages import language_tag
from feedserver.formats.words import query
from feedserver.model.entry import StoryId
from feedserver.model.site import Newsroom
from feedserver.model.story import Edge, Story, StoryFilter
from feedserver.web.shapes import Outlets, story_shape, told_by, whole_story_shape
from feedserver.web.words import because, certainty


async def list_stories(
    section: str | None,
    source: str | None,
    language: str | None,
    words: str | None,
    *,
    limit: int,
    as_json: bool,
) -> None:
    """Print the newest stories that fit.

    Raises:
        BadParameter: There is no such section or language, or no word to look for.
    """
    settings, newsroom = all_read()
    wanted = StoryFilter(
        section=None if section is None else _section(section, newsroom),
        source=source,
        language=None if language is None else _language(language),
        words=() if words is None else _words(words),
    )
    async with store_opened(settings) as database:
        page = await Inbox(database=database).page(wanted, before=None, limit=limit)
    if as_json:
        for story in page.stories:
            show_json(story_shape(story, page.outlets, base_url(settings)))
        return
    now = SystemClock().now()
    rows = [
        (
            str(story.id),
            distance(story.last_seen_at, now),
            _tellers(story, page.outlets),
            story.title,
        )
        for story in page.stories
    ]
    show_table(("ID", "LAST NEWS", "TOLD BY", "HEADLINE"), rows)
    more = "; there are older ones, see --limit" if page.next else ""
    tell(f"{amount(len(rows), 'story', 'stories')}{more}")


async def show_story(number: int, *, as_json: bool) -> None:
    """Print a story, its entries, and why they are in it.

    Raises:
        NotFoundError: There is none of that number.
    """
    settings, _ = all_read()
    async with store_opened(settings) as database:
        inbox = Inbox(database=database)
        story = await inbox.story(StoryId(number))
        if story.merged_into is not None:
            tell(f"story {number} was joined with story {story.merged_into}, which this is")
            story = await inbox.story(story.merged_into)
        outlets = await inbox.outlets(story)
        revisions = await inbox.revisions(story)
    if as_json:
        show_json(whole_story_shape(story, outlets, revisions, base_url(settings)))
        return
    for line in in_words(story, outlets):
        show(line)


def in_words(story: Story, outlets: Outlets) -> Iterator[str]:
    """Yield what there is to say of a story, line by line."""
    yield f"{story.id}  {story.title}"
    yield f"first seen {moment(story.first_seen_at)}, last news {moment(story.last_seen_at)}"
    yield f"offered to {', '.join(story.sections) or 'no section'}"
    for section, article in story.picks.items():
        yield f"picked into {section} as article {article}"
    why: dict[int, list[Edge]] = {}
    for edge in story.edges:
        why.setdefault(edge.entry, []).append(edge)
    for entry in story.entries:
        changed = f", {amount(entry.revisions, 'revision')}" if entry.revisions else ""
        yield ""
        yield f"entry {entry.id}  {outlets[entry.source].wish.title}: {entry.item.title}"
        yield f"  {entry.item.link or 'without a link'}"
        yield f"  first seen {moment(entry.first_seen_at)}{changed}"
        for edge in why.get(entry.id, ()):
            yield f"  joined entry {edge.other} ({certainty(edge.score)}): {because(edge)}"


def base_url(settings: Settings) -> str:
    """Return what begins the addresses of what we print."""
    return settings.base_url or settings.listen.origin()


def _section(slug: str, newsroom: Newsroom) -> str:
    if newsroom.section(slug) is None:
        there = ", ".join(section.slug for section in newsroom.sections)
        raise typer.BadParameter(
            f"there is no section {slug!r}; there are {there}", param_hint="--section"
        )
    return slug


def _language(text: str) -> str:
    tag = language_tag(text)
    if tag is None:
        raise typer.BadParameter(
            f"{text!r} is not a language tag; write it as en or zh-Hans", param_hint="--language"
        )
    return tag


def _words(text: str) -> tuple[str, ...]:
    words = query(text)
    if not words:
        raise typer.BadParameter(
            f"{text!r} has no word or number in it that could be looked for", param_hint="--words"
        )
    return tuple(words)


def _tellers(story: Story, outlets: Outlets) -> str:
    first, *others = [outlet.wish.key for outlet in told_by(story, outlets)]
    return f"{first} +{len(others)}" if others else first

"""Which feeds there are, and which of them an article touches. Pure."""

from collections.abc import Iterable

from feedserver.model.feed import ALL, FeedName
from feedserver.model.site import Newsroom


def feeds_of(newsroom: Newsroom, sections: Iterable[str]) -> set[FeedName]:
    """Return the feeds that may hold an article of these sections."""
    home = {section.slug for section in newsroom.sections if section.everything}
    return {ALL, *map(FeedName, {*sections, *home})}


def all_feeds(newsroom: Newsroom) -> set[FeedName]:
    """Return every feed of the newsroom."""
    return {ALL, *(FeedName(section.slug) for section in newsroom.sections)}

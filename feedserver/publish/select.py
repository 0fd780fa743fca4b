"""Which articles a feed holds, and in what order. Pure.

A reader who asks twice a day must miss nothing, so a feed holds all of the last two days, and no
fewer articles than its length where there are so many.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from feedserver.model.article import ArticleId, ArticleState, Listed
from feedserver.model.site import Section
from feedserver.publish.items import GONE

WINDOW: Final = timedelta(days=2)
"""Everything published within it is held, however much that is."""

RETRACTED_STAYS: Final = timedelta(days=7)
"""How long the notice of a retraction is held, so that readers overwrite what they have."""

SITE_LENGTH: Final = 50
"""Fewest articles in the site's own feed."""


def select(
    listed: Iterable[Listed], section: Section | None, *, now: datetime
) -> tuple[ArticleId, ...]:
    """Return the articles of a section's feed, or of the site's (``None``).

    Pinned ones stand first, in the order of the pins; all others newest published first. A section
    that shows everything (Home) holds what was placed in it, and then the newest of all. What was
    corrected or retracted lately is held however old it is, so that it reaches who has it.
    """
    shown = sorted({a.id: a for a in listed if _is_shown(a, now)}.values(), key=_newest_first)
    if section is None:
        return _ids(_enough(shown, held=(), length=SITE_LENGTH, now=now))
    placed = [article for article in shown if section.slug in article.sections]
    pinned = _pinned(placed if not section.everything else shown, section.pins)
    held = _enough(placed, held=pinned, length=section.length, now=now)
    if section.everything:
        held = _enough(shown, held=held, length=section.length, now=now)
    rest = sorted(held[len(pinned) :], key=_newest_first)
    return _ids((*pinned, *rest))


def _is_shown(article: Listed, now: datetime) -> bool:
    gone = article.state in GONE and article.updated_at + RETRACTED_STAYS <= now
    return article.published_at <= now and not gone


def _newest_first(article: Listed) -> tuple[float, int]:
    return -article.published_at.timestamp(), -article.id


def _pinned(articles: Sequence[Listed], pins: Sequence[str]) -> list[Listed]:
    """Return the pinned articles, each once; a retracted one is not held up for all to see."""
    by_name = {str(article.id): article for article in articles}
    by_name |= {article.external_id: article for article in articles if article.external_id}
    found = [by_name[pin] for pin in pins if pin in by_name]
    return [article for article in dict.fromkeys(found) if article.state not in GONE]


def _enough(
    articles: Sequence[Listed], *, held: Sequence[Listed], length: int, now: datetime
) -> list[Listed]:
    """Return what is held and, newest first, what must be and what there is room for."""
    enough = {article.id: article for article in held}
    for article in articles:
        if len(enough) < length or _must_be_held(article, now):
            enough.setdefault(article.id, article)
    return list(enough.values())


def _must_be_held(article: Listed, now: datetime) -> bool:
    if article.state in GONE:
        return True
    corrected = article.state is ArticleState.CORRECTED
    return (article.updated_at if corrected else article.published_at) > now - WINDOW


def _ids(articles: Iterable[Listed]) -> tuple[ArticleId, ...]:
    return tuple(article.id for article in articles)

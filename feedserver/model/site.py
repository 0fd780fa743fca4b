"""The newsroom as its folder describes it: the site, its sections, its rules."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from feedserver.model.source import SourceWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The news site as a whole.

    Attributes:
        link: The site's home page, an absolute URL.
        rights: Copyright line of every feed.
        contact: E-mail address that feeds and our User-Agent name.
        authority: Host and date of the permanent ids: ``tag:AUTHORITY:article/7`` (RFC 4151).
    """

    title: str
    description: str
    link: str
    languages: tuple[str, ...]
    time_zone: ZoneInfo
    rights: str
    contact: str
    contact_name: str
    authority: str
    logo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the site, with feeds of its own.

    Attributes:
        length: Fewest items that its feeds hold, where there are so many.
        pins: External ids or numbers of articles that stand first.
        everything: Whether the newest of all sections fill it up (Home).
        retired: It is no longer published; its feeds answer 410.
        moved_to: Its feeds redirect to the section of this slug.
    """

    slug: str
    title: str
    description: str
    language: str
    length: int = 50
    pins: tuple[str, ...] = ()
    everything: bool = False
    retired: bool = False
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Offer the stories of a source or of a category to a section.

    Attributes:
        name: As shown wherever it acted.
        source: Key of the source that it is about; ``None`` for all.
        category: Category that it is about, compared without case; ``None`` for all.
    """

    name: str
    section: str
    source: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Everything that the folder says, checked as a whole."""

    site: Site
    sections: tuple[Section, ...]
    sources: tuple[SourceWish, ...] = ()
    rules: tuple[Rule, ...] = field(default=())

    @property
    def published(self) -> tuple[Section, ...]:
        """The sections that readers find: not those that were retired or have moved."""
        return tuple(
            section for section in self.sections if not section.retired and section.moved_to is None
        )

    def section(self, slug: str) -> Section | None:
        """Return the section of that slug, if there is one."""
        return next((section for section in self.sections if section.slug == slug), None)

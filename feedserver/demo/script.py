"""What the demo plays: outlets, the events that they tell, and what our own newsroom does.

Moments are offsets from the start of the demo: negative ones are history, played in seconds;
positive ones happen while somebody watches.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from feedserver.model.article import Author, Pick
from feedserver.model.site import Rule
from feedserver.model.source import Kind, RightsClass

HISTORY = timedelta(hours=48)
"""How far back the script begins."""


class Syntax(StrEnum):
    """The XML that an outlet's feed is written in."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    """RSS 1.0."""


class Quirk(StrEnum):
    """What an outlet's feed lacks or does in its own way (real feeds do all of these)."""

    NO_GUIDS = "no-guids"
    NO_DATES = "no-dates"
    INLINE_IMAGES = "inline-images"
    """Pictures stand as ``<img>`` in the text and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many requests for its feed an outlet answers within how many seconds."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A news outlet of the demo's outside world.

    Attributes:
        path: Of its article pages; ``{slug}`` stands for the article's slug.
        window: How many items its feed holds.
        full_text: Whether the feed carries whole articles or summaries alone.
        tracking: Query that its feed adds to each link.
        charset: Of its feed.
        closed_at: From then on it answers 410 to everything.
        patience: Beyond it the feed answers 429; ``None`` for an outlet that answers always.
    """

    key: str
    title: str
    description: str
    host: str
    owner: str
    country: str
    language: str
    kind: Kind
    syntax: Syntax
    section: str | None = None
    rights: RightsClass = RightsClass.EXCERPT
    path: str = "/news/{slug}"
    window: int = 20
    full_text: bool = False
    tracking: str = ""
    charset: str = "utf-8"
    quirks: frozenset[Quirk] = frozenset()
    closed_at: timedelta | None = None
    patience: Patience | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, drawn by :mod:`feedserver.demo.pictures`.

    Attributes:
        name: ``SCENE-anything``; the whole name decides the colours, the scene the shapes.
    """

    name: str
    caption: str
    credit: str
    alt: str
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to a published text. Fields left out stay as they were."""

    at: timedelta
    headline: str | None = None
    summary: str | None = None
    body: str | None = None
    slug: str | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One outlet's article about one event.

    Attributes:
        event: Key of the event, given by where the telling stands.
        body: Paragraphs between blank lines; HTML as it stands where ``markup`` is set.
        markup: Whether headline and body are HTML.
        reprints: The outlet whose text about this event it repeats word for word.
        leads_to_original: Its link is that outlet's page and not one of its own.
        tracking: Query added to the link, beside the outlet's own.
    """

    outlet: str
    at: timedelta
    event: str = ""
    slug: str = ""
    headline: str = ""
    summary: str = ""
    body: str = ""
    markup: bool = False
    byline: str = ""
    categories: tuple[str, ...] = ()
    picture: Picture | None = None
    tracking: str = ""
    reprints: str | None = None
    leads_to_original: bool = False
    edits: tuple[Edit, ...] = ()

    @property
    def name(self) -> str:
        """What the script calls it: ``EVENT/OUTLET``."""
        return f"{self.event}/{self.outlet}"

    @property
    def changed_at(self) -> timedelta:
        """Its last change, or its publication when there was none."""
        return self.edits[-1].at if self.edits else self.at

    def as_of(self, elapsed: timedelta) -> "Telling":
        """Return it as it reads at a moment, with the edits made by then."""
        made = tuple(edit for edit in self.edits if edit.at <= elapsed)
        text = replace(self, edits=made)
        for edit in made:
            text = replace(
                text,
                headline=text.headline if edit.headline is None else edit.headline,
                summary=text.summary if edit.summary is None else edit.summary,
                body=text.body if edit.body is None else edit.body,
                slug=text.slug if edit.slug is None else edit.slug,
                tracking=text.tracking if edit.tracking is None else edit.tracking,
            )
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, and who told it."""

    key: str
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArticle:
    """What our newsroom's CMS sends. The same id again, later, is a change of that article."""

    external_id: str
    at: timedelta
    sections: tuple[str, ...]
    title: str
    summary: str
    html: str
    authors: tuple[Author, ...]
    language: str = "en"
    tags: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPick:
    """A pick that a curator makes.

    Attributes:
        telling: ``EVENT/OUTLET``, the lead; it was published before ``at``.
        pick: As it is asked for, but for ``lead``: an entry's number is known only when it is read.
    """

    at: timedelta
    telling: str
    pick: Pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything that the demo plays.

    Attributes:
        rules: Offer what the outlets file under a category to a section.
    """

    outlets: tuple[Outlet, ...] = ()
    rules: tuple[Rule, ...] = ()
    events: tuple[Event, ...] = ()
    articles: tuple[OwnArticle, ...] = ()
    picks: tuple[PlannedPick, ...] = ()

    @property
    def tellings(self) -> tuple[Telling, ...]:
        """Every article of every outlet, in order of publication."""
        tellings = (telling for event in self.events for telling in event.tellings)
        return tuple(sorted(tellings, key=lambda telling: telling.at))

    def outlet(self, key: str) -> Outlet:
        """Return the outlet of that key; a key that is not there is a ``KeyError``."""
        return {outlet.key: outlet for outlet in self.outlets}[key]

    def telling(self, name: str) -> Telling:
        """Return the telling called ``EVENT/OUTLET``; one that is not there is a ``KeyError``."""
        return {telling.name: telling for telling in self.tellings}[name]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture that the outlets and our own articles show."""
        told = tuple(telling.picture for telling in self.tellings if telling.picture is not None)
        return told + tuple(picture for article in self.articles for picture in article.pictures)

"""What a feed says of an article. Pure.

Everything that an item must show whatever its format is decided here: the credit of a picked
article, the note on a correction, the notice that takes the place of a retracted text. A reader
never acts on silence, and overwrites an item that comes again under its id; so a retracted article
stays the same item, with nothing of its old text left in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from feedserver.formats.address import web_address
from feedserver.formats.attachment import typed
from feedserver.formats.characters import scrubbed
from feedserver.model.article import (
    AlsoCovered,
    Article,
    ArticleState,
    Attribution,
    Author,
    Content,
)
from feedserver.model.entry import Image
from feedserver.model.feed import Category, FeedItem
from feedserver.model.site import Section, Site
from feedserver.publish.wording import Wording, wording

LONGEST_TITLE: Final = 120
"""Characters of a title that we make ourselves from a summary or a note."""

GONE: Final = frozenset({ArticleState.RETRACTED, ArticleState.WITHDRAWN})
"""States in which nothing of an article's text may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where articles are published.

    Attributes:
        sections: All sections of the site; an article names them by slug.
        base_url: Under which we serve, without a slash at its end.
    """

    site: Site
    sections: tuple[Section, ...]
    base_url: str


def feed_item(article: Article, place: Place) -> FeedItem:
    """Return what every feed that holds the article says of it."""
    # Scrubbed first, since a title of nothing but controls is no title.
    content = _safe(scrubbed(article.content), place.site)
    article = replace(article, content=content, note=scrubbed(article.note))
    words = wording(_language(article, place))
    if article.state in GONE:
        return _notice(article, place, words)
    return _telling(article, place, words)


def _telling(article: Article, place: Place, words: Wording) -> FeedItem:
    content = article.content
    credit = _credit(content, words)
    credit_html = _linked(credit, content.source.link if content.source else None)
    title = _title(content, words)
    return FeedItem(
        guid=article.guid,
        atom_id=article.atom_id,
        title=title,
        summary=content.summary,
        summary_html=paragraphs(content.summary) + credit_html,
        html="".join(
            (
                _note(article, words),
                content.html or paragraphs(content.summary or title),
                credit_html,
                _also(content.also, words),
            )
        ),
        link=content.link or _our_page(article, place),
        language=content.language,
        published_at=article.published_at,
        updated_at=article.updated_at,
        state=article.state,
        note=article.note,
        authors=content.authors or (_publisher(content.source, place.site),),
        categories=(*_sections(article, place), *_tags(content, place.site)),
        images=content.images,
        rights=content.rights,
        credit=credit,
        source=content.source,
        also=content.also,
    )


def _notice(article: Article, place: Place, words: Wording) -> FeedItem:
    """Return the editor's note under the article's identity. A picked one leads to our page."""
    retracted = article.state is ArticleState.RETRACTED
    label = words.retracted if retracted else words.withdrawn
    notice = article.note or (words.retraction_notice if retracted else words.withdrawal_notice)
    own = article.content.source is None
    return FeedItem(
        guid=article.guid,
        atom_id=article.atom_id,
        title=shortened(f"{label}{words.colon}{one_line(notice)}"),
        summary=notice,
        summary_html=paragraphs(notice),
        html=paragraphs(notice),
        link=(own and article.content.link) or _our_page(article, place),
        language=article.content.language,
        published_at=article.published_at,
        updated_at=article.updated_at,
        state=article.state,
        note=notice,
        authors=(_publisher(None, place.site),),
        categories=tuple(_sections(article, place)),
    )


def one_line(text: str) -> str:
    """Return the text with each run of white space as one blank."""
    return " ".join(text.split())


def shortened(text: str) -> str:
    """Return a line of at most :data:`LONGEST_TITLE` characters, cut between words if it can be."""
    if len(text) <= LONGEST_TITLE:
        return text
    whole, blank, _ = text[:LONGEST_TITLE].rpartition(" ")
    return (whole if blank else text[: LONGEST_TITLE - 1]) + "…"


def paragraphs(text: str) -> str:
    """Return plain text as HTML, a paragraph for each line that says something."""
    return "".join(f"<p>{escape(line)}</p>" for line in map(one_line, text.splitlines()) if line)


def _title(content: Content, words: Wording) -> str:
    given = one_line(content.title)
    return given or shortened(one_line(content.summary)) or words.untitled


def _credit(content: Content, words: Wording) -> str:
    if content.credit or content.source is None:
        return one_line(content.credit)
    return f"{words.source}{words.colon}{content.source.title}"


def _note(article: Article, words: Wording) -> str:
    labels = {ArticleState.CORRECTED: words.correction, ArticleState.UPDATED: words.update}
    label = labels.get(article.state)
    if label is None or not article.note:
        return ""
    return f"<p><strong>{label}{words.colon}</strong>{escape(one_line(article.note))}</p>"


def _linked(line: str, link: str | None) -> str:
    if not line:
        return ""
    return f"<p>{_anchor(line, link) if link else escape(line)}</p>"


def _also(also: Iterable[AlsoCovered], words: Wording) -> str:
    lines = [f"<li>{_anchor(a.title or a.outlet, a.link)} ({escape(a.outlet)})</li>" for a in also]
    if not lines:
        return ""
    return f"<p>{words.also_covered}{words.colon.rstrip()}</p><ul>{''.join(lines)}</ul>"


def _anchor(text: str, link: str) -> str:
    return f'<a href="{escape(link)}">{escape(text)}</a>'


def _publisher(source: Attribution | None, site: Site) -> Author:
    """Return whom an article without a byline is by: the outlet, or the site."""
    return Author(name=source.title if source else site.title)


def _our_page(article: Article, place: Place) -> str:
    return f"{place.base_url}/articles/{article.id}"


def _language(article: Article, place: Place) -> str:
    """Return the language of our words: the article's, its main section's, or the site's."""
    sections = (s.language for s in place.sections if s.slug in article.sections[:1])
    return article.content.language or next(sections, place.site.languages[0])


def _sections(article: Article, place: Place) -> Iterator[Category]:
    titles = {section.slug: section.title for section in place.sections}
    for slug in article.sections:
        yield Category(
            term=slug,
            label=titles.get(slug, slug),
            scheme=f"tag:{place.site.authority}:sections",
        )


def _tags(content: Content, site: Site) -> Iterator[Category]:
    for tag in filter(None, map(one_line, content.tags)):
        yield Category(term=tag, label=tag, scheme=f"tag:{site.authority}:tags")


def _safe(content: Content, site: Site) -> Content:
    """Return the content with addresses of the web only, and nothing that leads nowhere else."""
    source = content.source
    return replace(
        content,
        link=web_address(content.link),
        source=source and _safe_source(source, site),
        also=tuple(_leading(content.also)),
        images=tuple(_shown(content.images)),
        authors=tuple(
            replace(author, url=web_address(author.url))
            for author in content.authors
            if one_line(author.name)
        ),
    )


def _safe_source(source: Attribution, site: Site) -> Attribution:
    """Keep the credit even where the feed has no address on the web: ours then identifies it."""
    return replace(
        source,
        title=one_line(source.title) or source.key,
        feed_url=web_address(source.feed_url) or f"tag:{site.authority}:source/{source.key}",
        link=web_address(source.link),
    )


def _leading(also: Iterable[AlsoCovered]) -> Iterator[AlsoCovered]:
    for telling in also:
        if link := web_address(telling.link):
            yield replace(telling, link=link, title=one_line(telling.title))


def _shown(images: Iterable[Image]) -> Iterator[Image]:
    for image in images:
        if url := web_address(image.url):
            yield typed(replace(image, url=url))

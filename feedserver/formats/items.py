"""One item of a feed: feedparser's view of it, made into ours."""

import html as entities
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from feedserver.formats import raw as _raw
from feedserver.formats.characters import scrub
from feedserver.formats.dates import has_zone, moment
from feedserver.formats.languages import language_tag
from feedserver.formats.links import canonical
from feedserver.formats.media import enclosures, images
from feedserver.formats.raw import Raw
from feedserver.formats.sanitize import harmless, safe_url
from feedserver.formats.text import fold, one_line, storable
from feedserver.model.entry import Item, Received

LONGEST_LINE = 1_000
"""Characters of a headline, a name or a category."""

LONGEST_TEXT = 1 << 20
"""Characters of a summary or a content as received."""

LONGEST_GUID = 2_000
"""Characters; half of a longer one would stand for other items too, so none of it is kept."""

MOST_CATEGORIES = 100

_TEXTUAL = {"text/plain", "text/html", "application/xhtml+xml", ""}


def read_item(item: Raw, *, url: str, repairs: Counter[str]) -> Item | None:
    """Return an item, or ``None`` when it has nothing that could be told from another item.

    Args:
        item: As feedparser read it.
        url: Address of the document, which relative addresses are relative to.
        repairs: Counts what had to be mended.
    """
    base = _base(item, url)
    summary, content = _texts(item)
    link = _link(item, base, repairs)
    kept_summary, kept_content = (_html(text, base, repairs) for text in (summary, content))
    read = Item(
        guid=_guid(item, repairs),
        link=link,
        canonical=canonical(link) if link else None,
        title=_line(_raw.text(item, "title"), repairs),
        summary=kept_summary,
        content=kept_content,
        author=_line(_author(item), repairs),
        language=_language(item),
        published_at=_date(item, "published", repairs),
        updated_at=_date(item, "updated", repairs),
        categories=_categories(item, repairs),
        images=images(item, kept_content + kept_summary, base),
        enclosures=enclosures(item, base),
        received=_received(item, summary=_value(summary), content=_value(content)),
    )
    return read if _tells(read) else None


def _tells(item: Item) -> bool:
    return any((item.guid, item.link, item.title, item.summary, item.content))


def _base(item: Raw, url: str) -> str:
    """Return the innermost ``xml:base`` around the item's texts; feedparser has resolved it."""
    details = (_raw.part(item, name) for name in ("summary_detail", "title_detail"))
    bases = (safe_url(_raw.text(detail, "base"), url) for detail in details)
    return next((base for base in bases if base), url)


def _texts(item: Raw) -> tuple[Raw, Raw]:
    """Return summary and content, each with its type.

    Where there is no summary feedparser gives the content twice; the item has then none.
    """
    summary: Raw = {"value": _raw.text(item, "summary"), "type": _summary_type(item)}
    contents = [one for one in _raw.parts(item, "content") if _raw.text(one, "type") in _TEXTUAL]
    content = max(contents, key=lambda one: len(_value(one)), default={})
    return ({} if _value(summary) == _value(content) else summary), content


def _summary_type(item: Raw) -> str:
    detail = _raw.part(item, "summary_detail")
    # Of another text (a media:description) when its value is not the summary's.
    own = _raw.text(detail, "value") == _raw.text(item, "summary")
    return _raw.text(detail, "type") if own else "text/html"


def _value(text: Raw) -> str:
    return _raw.text(text, "value")


def _html(text: Raw, base: str, repairs: Counter[str]) -> str:
    value = _bounded(_value(text), LONGEST_TEXT, repairs)
    if _raw.text(text, "type") == "text/plain":
        value = entities.escape(value, quote=False)
    return harmless(value, safe_url(_raw.text(text, "base"), base) or base)


def _link(item: Raw, base: str, repairs: Counter[str]) -> str | None:
    """Return where the text can be read.

    FeedBurner puts a counting address of its own in ``link`` and keeps the outlet's beside it.
    """
    found = [_raw.text(item, "feedburner_origlink"), _link_or_guid(item)]
    found += [
        _raw.text(link, "href")
        for link in _raw.parts(item, "links")
        if _raw.text(link, "rel") == "alternate"
    ]
    links = (safe_url(address, base) for address in found if address)
    link = next((link for link in links if link), None)
    if link is None and any(found):
        repairs["link refused"] += 1
    return link


def _link_or_guid(item: Raw) -> str:
    """Return the item's link; where it has none, feedparser gives its guid, an address or not."""
    link = _raw.text(item, "link")
    return "" if link == _raw.text(item, "id") and "://" not in link else link


def _guid(item: Raw, repairs: Counter[str]) -> str | None:
    guid = fold(scrub(_raw.text(item, "id")))
    if len(guid) > LONGEST_GUID:
        repairs["guid too long"] += 1
        return None
    return guid or None


def _author(item: Raw) -> str:
    names = [_raw.text(author, "name") for author in _raw.parts(item, "authors")]
    return ", ".join(dict.fromkeys(filter(None, names))) or _raw.text(item, "author")


def _language(item: Raw) -> str | None:
    """Return the item's own language, or the one that ``xml:lang`` gives its title."""
    detail = _raw.part(item, "title_detail")
    return language_tag(_raw.text(item, "language") or _raw.text(detail, "language"))


def _date(item: Raw, name: str, repairs: Counter[str]) -> datetime | None:
    written = _raw.text(item, name)
    if not written.strip():
        return None
    found = moment(written)
    if found is None:
        repairs["date unreadable"] += 1
    elif not has_zone(written):
        repairs["date without a zone"] += 1
    return found


def _categories(item: Raw, repairs: Counter[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _terms(item, repairs))))[:MOST_CATEGORIES]


def _terms(item: Raw, repairs: Counter[str]) -> Iterator[str]:
    for tag in _raw.parts(item, "tags"):
        yield _line(_raw.text(tag, "label") or _raw.text(tag, "term"), repairs)


def _received(item: Raw, *, summary: str, content: str) -> Received:
    return Received(
        title=storable(_raw.text(item, "title"))[:LONGEST_TEXT],
        summary=storable(summary)[:LONGEST_TEXT],
        content=storable(content)[:LONGEST_TEXT],
    )


def _line(text: str, repairs: Counter[str]) -> str:
    return _bounded(one_line(text), LONGEST_LINE, repairs)


def _bounded(text: str, most: int, repairs: Counter[str]) -> str:
    if len(text) > most:
        repairs["text cut"] += 1
    return text[:most]

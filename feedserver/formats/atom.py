"""Atom 1.0 (RFC 4287)."""

from functools import partial

from feedserver.formats import xml
from feedserver.formats.attachment import attachments
from feedserver.formats.characters import scrubbed
from feedserver.model.article import Attribution
from feedserver.model.feed import FeedHead, FeedItem

TAIL = b"</feed>"
SEPARATOR = b""


def head(head: FeedHead) -> bytes:
    """Return the document up to its first entry; :data:`TAIL` ends it."""
    return xml.opening(feed(head).atom_str(xml_declaration=False), closing=TAIL)


def feed(head: FeedHead) -> xml.Feed:
    """Return the feed, with no entries yet."""
    head = scrubbed(head)
    feed = xml.Feed()
    feed.id(head.atom_id)
    feed.title(head.title)
    feed.subtitle(head.description or None)
    feed.updated(head.updated_at)
    feed.author(name=head.publisher, email=head.contact, uri=head.link)
    feed.link(href=head.self_url, rel="self", type="application/atom+xml")
    feed.link(href=head.link, rel="alternate", type="text/html")
    feed.language(head.language)
    feed.rights(head.rights or None)
    feed.logo(head.logo)
    feed.generator(xml.GENERATOR)
    feed.extend(xml.unchanged, namespaces=xml.ATOM_NAMESPACES)
    return feed


def item(item: FeedItem) -> bytes:
    """Return an entry's bytes as they stand in every feed that holds it."""
    return xml.atom_fragment(entry(item))


def entry(item: FeedItem) -> xml.Entry:
    """Return the item as feedgen keeps it."""
    item = scrubbed(item)
    entry = xml.Entry()
    entry.id(item.atom_id)
    entry.title(item.title)
    entry.published(item.published_at)
    entry.updated(item.updated_at)
    entry.author([{"name": a.name, "email": a.email, "uri": a.url} for a in item.authors])
    entry.rights(item.rights or None)
    if item.summary_html:
        entry.summary(item.summary_html, type="html")
    entry.content(item.html, type="html")
    if item.credit:
        entry.contributor(name=item.credit)
    for category in item.categories:
        entry.category(term=category.term, label=category.label, scheme=category.scheme)
    _link(entry, item)
    entry.extend(partial(_finish, item))
    return entry


def _link(entry: xml.Entry, item: FeedItem) -> None:
    """Say what leads where: one alternate, where we have it from, who else tells it, a picture."""
    entry.link(href=item.link, rel="alternate", type="text/html")
    if item.source and item.source.link:
        entry.link(href=item.source.link, rel="via", type="text/html", title=item.source.title)
    for also in item.also:
        entry.link(href=also.link, rel="related", type="text/html", title=also.title)
    for attachment in attachments(item.images)[:1]:
        size = str(attachment.length) if attachment.length else None
        entry.link(href=attachment.url, rel="enclosure", type=attachment.type, length=size)


def _finish(item: FeedItem, element: xml.Element) -> None:
    if item.language:
        element.set(xml.LANG, item.language)
    if item.source:
        _add_source(item.source, element)
    for image in item.images:
        xml.add_image(element, image)


def _add_source(source: Attribution, entry: xml.Element) -> None:
    """Keep of the feed it came from what a reader needs (section 4.2.11).

    We know that feed by its address, so that is its id here.
    """
    element = xml.child(entry, "source")
    if source.language:
        element.set(xml.LANG, source.language)
    xml.child(element, "id", source.feed_url)
    xml.child(element, "title", source.title)
    xml.child(element, "updated", source.updated_at.isoformat())
    xml.child(element, "link", rel="self", href=source.feed_url)
    if source.rights:
        xml.child(element, "rights", source.rights)

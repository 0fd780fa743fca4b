"""RSS 2.0, written by the RSS Advisory Board's best-practices profile."""

from functools import partial

from feedserver.formats import xml
from feedserver.formats.attachment import attachments
from feedserver.formats.characters import scrubbed
from feedserver.model.feed import FeedHead, FeedItem

DOCS = "https://www.rssboard.org/rss-specification"
TAIL = b"</channel></rss>"
SEPARATOR = b""


def head(head: FeedHead) -> bytes:
    """Return the document up to its first item; :data:`TAIL` ends it."""
    return xml.opening(channel(head).rss_str(xml_declaration=False), closing=TAIL)


def channel(head: FeedHead) -> xml.Feed:
    """Return the channel, with no items yet."""
    head = scrubbed(head)
    feed = xml.Feed()
    feed.title(head.title)
    feed.description(head.description or head.title)
    feed.link(href=head.self_url, rel="self", type="application/rss+xml")
    # feedgen takes whichever link came last for the channel's own.
    feed.link(href=head.link, rel="alternate")
    feed.language(head.language)
    feed.copyright(head.rights or None)
    feed.docs(DOCS)
    feed.generator(xml.GENERATOR)
    feed.ttl(head.ttl)
    editor = f"{head.contact} ({head.contact_name})"
    feed.managingEditor(editor)
    feed.webMaster(editor)
    if head.logo:
        feed.image(url=head.logo, title=head.title, link=head.link)
    feed.extend(partial(_finish_channel, head), namespaces=xml.RSS_NAMESPACES)
    return feed


def _finish_channel(head: FeedHead, root: xml.Element) -> None:
    channel = root[0]
    xml.refer(channel.find("title"))
    xml.refer(channel.find("image/title"))
    xml.child(channel, "lastBuildDate", xml.rfc822(head.updated_at))


def item(item: FeedItem) -> bytes:
    """Return an item's bytes as they stand in every feed that holds it."""
    return xml.rss_fragment(entry(item))


def entry(item: FeedItem) -> xml.Entry:
    """Return the item as feedgen keeps it."""
    item = scrubbed(item)
    entry = xml.Entry()
    entry.title(item.title)
    entry.guid(item.guid, permalink=item.guid == item.link)
    entry.link(href=item.link, rel="alternate")
    entry.description(item.summary_html or None)
    entry.content(item.html)
    for category in item.categories:
        entry.category(term=category.term, label=category.label, scheme=category.scheme)
    for attachment in attachments(item.images)[:1]:
        entry.enclosure(attachment.url, length=attachment.length, type=attachment.type)
    if item.source:
        entry.source(url=item.source.feed_url, title=item.source.title)
    entry.extend(partial(_finish_item, item))
    return entry


def _finish_item(item: FeedItem, element: xml.Element) -> None:
    xml.child(element, "pubDate", xml.rfc822(item.published_at))
    if item.updated_at != item.published_at:
        xml.child(element, f"{{{xml.ATOM}}}updated", item.updated_at.isoformat())
    _add_byline(item, element)
    if item.credit:
        xml.child(element, f"{{{xml.DC}}}contributor", item.credit)
    if item.rights:
        xml.child(element, f"{{{xml.DC}}}rights", item.rights)
    if item.language:
        xml.child(element, f"{{{xml.DC}}}language", item.language)
    for also in item.also:
        xml.child(element, f"{{{xml.ATOM}}}link", rel="related", href=also.link, title=also.title)
    for image in item.images:
        xml.add_image(element, image)


def _add_byline(item: FeedItem, element: xml.Element) -> None:
    """Name the authors; ``author`` is for an e-mail address only, and says the same."""
    match item.authors:
        case (only,) if only.email:
            xml.child(element, "author", f"{only.email} ({only.name})")
        case authors:
            for author in authors:
                xml.child(element, f"{{{xml.DC}}}creator", author.name)

"""OPML 2.0, written: the list of our feeds, to be taken into a reader at once."""

from collections.abc import Sequence

from lxml import etree

from feedserver.formats.characters import scrubbed
from feedserver.formats.xml import PROLOG, Element, child, rfc822
from feedserver.model.feed import FeedHead

MEDIA_TYPE = "text/x-opml"


def directory(title: str, heads: Sequence[FeedHead]) -> bytes:
    """Return a subscription list with one line for each feed.

    The heads are of one format, so that nobody subscribes to the same feed twice, and of public
    feeds: the list goes to anybody.
    """
    root = etree.Element("opml", version="2.0")
    head = child(root, "head")
    child(head, "title", scrubbed(title))
    if heads:
        child(head, "dateModified", rfc822(max(feed.updated_at for feed in heads)))
        child(head, "ownerName", scrubbed(heads[0].publisher))
        child(head, "ownerEmail", scrubbed(heads[0].contact))
    body = child(root, "body")
    for feed in heads:
        _add_outline(body, scrubbed(feed))
    return PROLOG + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _add_outline(body: Element, head: FeedHead) -> None:
    child(
        body,
        "outline",
        text=head.title,
        title=head.title,
        description=head.description,
        type="rss",
        xmlUrl=head.self_url,
        htmlUrl=head.link,
        language=head.language,
    )

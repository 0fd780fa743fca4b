"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with our extension ``_feedserver``."""

from collections.abc import Iterable
from typing import Any

import msgspec

from feedserver.formats.attachment import attachments
from feedserver.formats.characters import scrubbed
from feedserver.model.article import ArticleState, Attribution
from feedserver.model.entry import Image
from feedserver.model.feed import FeedHead, FeedItem

VERSION = "https://jsonfeed.org/version/1.1"
TAIL = b"]}"
SEPARATOR = b","

Fields = dict[str, Any]
"""A JSON object. Its values are of many types, as JSON's are."""


def head(head: FeedHead) -> bytes:
    """Return the document up to its first item; :data:`TAIL` ends it."""
    return msgspec.json.encode({**feed(head), "items": []}).removesuffix(TAIL)


def feed(head: FeedHead) -> Fields:
    """Return the feed's object, without its items."""
    head = scrubbed(head)
    return _said(
        version=VERSION,
        title=head.title,
        home_page_url=head.link,
        feed_url=head.self_url,
        description=head.description,
        icon=head.logo,
        authors=[{"name": head.publisher, "url": head.link}],
        language=head.language,
        _feedserver=_said(about=head.about, rights=head.rights, updated=head.updated_at),
    )


def item(item: FeedItem) -> bytes:
    """Return an item's bytes as they stand in every feed that holds it."""
    return msgspec.json.encode(entry(item))


def entry(item: FeedItem) -> Fields:
    """Return the item's object."""
    item = scrubbed(item)
    return {
        "id": item.guid,
        "url": item.link,
        "title": item.title,
        "content_html": item.html,
        **_said(
            external_url=item.source.link if item.source else None,
            summary=item.summary,
            image=item.images[0].url if item.images else None,
            date_published=item.published_at,
            date_modified=item.updated_at,
            authors=[_said(name=author.name, url=author.url) for author in item.authors],
            tags=_once(category.label for category in item.categories),
            language=item.language,
            attachments=_attachments(item.images),
            _feedserver=_extension(item),
        ),
    }


def _extension(item: FeedItem) -> Fields:
    """Say what the format has no name for; ``note`` is the editor's word on the ``state``."""
    return _said(
        state=None if item.state is ArticleState.PUBLISHED else item.state,
        note=item.note,
        source=_source(item.source) if item.source else None,
        credit=item.credit,
        rights=item.rights,
        also=[{"outlet": also.outlet, "title": also.title, "url": also.link} for also in item.also],
        images=[_image(image) for image in item.images],
    )


def _source(source: Attribution) -> Fields:
    return _said(
        title=source.title,
        url=source.link,
        feed_url=source.feed_url,
        updated=source.updated_at,
        language=source.language,
        rights=source.rights,
    )


def _image(image: Image) -> Fields:
    return _said(
        url=image.url,
        mime_type=image.type,
        width=image.width,
        height=image.height,
        size_in_bytes=image.bytes,
        caption=image.caption,
        credit=image.credit,
        alt=image.alt,
        rights=image.rights,
    )


def _attachments(images: Iterable[Image]) -> list[Fields]:
    return [
        _said(url=file.url, mime_type=file.type, size_in_bytes=file.length)
        for file in attachments(images)
    ]


def _once(labels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(labels))


def _said(**fields: object) -> Fields:
    """Leave out what we do not know: a key is there only with a value."""
    return {key: value for key, value in fields.items() if value}

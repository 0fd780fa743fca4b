"""Pictures as files that go with an item, for readers that know nothing of Media RSS."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feedserver.model.entry import Enclosure, Image

TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
"""Media types by the ending of a path. Python's own table depends on the machine."""


def typed(image: Image) -> Image:
    """Return the image with a media type, where it says one or its address shows one."""
    return replace(image, type=image.type or TYPES.get(_suffix(image.url)))


def _suffix(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()


def attachments(images: Iterable[Image]) -> list[Enclosure]:
    """Return the images that may be attached: every format asks for a media type."""
    return [
        Enclosure(url=image.url, type=image.type, length=image.bytes)
        for image in images
        if image.type
    ]

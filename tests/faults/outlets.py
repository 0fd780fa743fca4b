"""Outlets that publish by plan, and remember every edition that they sent."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tests.publisher import Publisher

ITEM = """<item><guid isPermaLink="false">{guid}</guid><title>{text}</title>
<link>https://{page}</link><description>{text}, at length.</description></item>"""
FEED = """<rss version="2.0"><channel><title>{key}</title><link>https://{key}.test/</link>
<description>News.</description>{items}</channel></rss>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A document as an outlet sent it: the text of each item, by guid."""

    etag: str
    texts: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One outlet.

    Attributes:
        texts: For each guid, every text that was published under it, the newest last.
        pages: For each guid, the address of its page without ``https://``.
    """

    key: str
    publisher: Publisher
    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    pages: dict[str, str] = field(default_factory=dict[str, str])
    editions: dict[str, Edition] = field(default_factory=dict[str, Edition])

    @property
    def script(self) -> str:
        return f"http://{self.key}.test/feed"

    @property
    def url(self) -> str:
        return self.publisher.url(self.script)

    def tell(self, name: str, *, page: str | None = None) -> None:
        """Publish a further item."""
        guid = f"{self.key}-{name}"
        self.texts[guid] = [f"{self.key} tells {name}"]
        self.pages[guid] = page or f"{self.key}.test/{name}"
        self._print()

    def correct(self, name: str) -> None:
        """Publish an item with another text."""
        texts = self.texts[f"{self.key}-{name}"]
        texts.append(f"{self.key} tells {name}, corrected {len(texts)} times")
        self._print()

    def withdraw(self, name: str) -> None:
        """Publish an edition without that item, which nobody is to have seen."""
        del self.texts[f"{self.key}-{name}"]
        self._print()

    def _print(self) -> None:
        body, etag = self._document()
        newest = tuple((guid, texts[-1]) for guid, texts in self.texts.items())
        self.editions[etag] = Edition(etag=etag, texts=newest)
        self.publisher.put(self.script, body, headers={"ETag": etag})

    def _document(self) -> tuple[str, str]:
        items = "".join(
            ITEM.format(guid=guid, text=texts[-1], page=self.pages[guid])
            for guid, texts in self.texts.items()
        )
        body = FEED.format(key=self.key, items=items)
        return body, f'"{sha256(body.encode()).hexdigest()[:16]}"'

    def hold(self, until: asyncio.Event) -> None:
        """Send the newest edition not before then to who asks from now until the next edition."""
        body, etag = self._document()
        self.publisher.put(self.script, body, headers={"ETag": etag}, until=until)

    @property
    def vouched(self) -> Iterator[Edition]:
        """Yield the editions that were asked for again by their validators, as already known."""
        for asked in self.publisher.asked(self.script):
            if (etag := asked.headers.get("If-None-Match")) is not None:
                yield self.editions[etag]


def outlets(publisher: Publisher, number: int) -> Sequence[Outlet]:
    """Return that many outlets, each with its first item."""
    made = [Outlet(key=f"outlet{n}", publisher=publisher) for n in range(number)]
    for outlet in made:
        outlet.tell("first")
    return made

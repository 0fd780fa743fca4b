"""The CMS and the curator, who remember what they sent and what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

GOOD = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
PATIENCE = aiohttp.ClientTimeout(total=15)


@dataclass(slots=True, kw_only=True)
class Request:
    """Something that was sent, and how it was answered, if at all.

    Attributes:
        status: ``None`` where the connection ended without an answer.
    """

    status: int | None = None
    body: Any = None

    @property
    def acknowledged(self) -> bool:
        return self.status in GOOD

    @property
    def open(self) -> bool:
        """Whether nobody can know what became of it: no answer, or "not now"."""
        return self.status in {None, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(slots=True, kw_only=True)
class Version(Request):
    """A text of an article."""

    external_id: str
    text: str


@dataclass(slots=True, kw_only=True)
class Picking(Request):
    """A story picked into a section."""

    story: int
    section: str


@dataclass(slots=True, kw_only=True)
class Desk:
    """Sends requests to whichever server is up."""

    session: aiohttp.ClientSession
    versions: dict[str, list[Version]] = field(default_factory=dict[str, list[Version]])
    picks: list[Picking] = field(default_factory=list[Picking])

    async def put(self, server: str, external_id: str) -> Version:
        """Save the next version of an article."""
        before = self.versions.setdefault(external_id, [])
        text = f"{external_id} in version {len(before) + 1}"
        before.append(Version(external_id=external_id, text=text))
        return await self.put_again(server, before[-1])

    async def put_again(self, server: str, version: Version) -> Version:
        """Send a version, be it for the first time or not."""
        body = {"title": version.text, "html": f"<p>{version.text}</p>", "sections": ["us"]}
        url = f"{server}/api/v1/articles/{version.external_id}"
        await self._send("PUT", url, body, version)
        return version

    async def pick(self, server: str, story: int, section: str = "us") -> Picking:
        """Pick a story into a section."""
        self.picks.append(Picking(story=story, section=section))
        return await self.pick_again(server, self.picks[-1])

    async def pick_again(self, server: str, picking: Picking) -> Picking:
        """Send a pick, be it for the first time or not."""
        url = f"{server}/api/v1/stories/{picking.story}/pick"
        await self._send("POST", url, {"sections": [picking.section]}, picking)
        return picking

    async def feed(self, server: str, ending: str) -> bytes | None:
        """Return a feed's bytes, or ``None`` where it is not there yet."""
        async with self.session.get(f"{server}/feeds/{ending}", timeout=PATIENCE) as answer:
            return await answer.read() if answer.status == HTTPStatus.OK else None

    async def ready(self, server: str) -> bool:
        """Tell whether the server wants requests."""
        try:
            async with self.session.get(f"{server}/readyz", timeout=PATIENCE) as answer:
                return answer.status == HTTPStatus.OK
        except aiohttp.ClientError:
            return False

    @property
    def open(self) -> Sequence[Version | Picking]:
        """What has to be sent again, the oldest first."""
        versions = [version for sent in self.versions.values() for version in sent]
        requests: Sequence[Version | Picking] = [*versions, *self.picks]
        return [request for request in requests if request.open]

    async def _send(self, method: str, url: str, body: object, request: Request) -> None:
        try:
            async with self.session.request(method, url, json=body, timeout=PATIENCE) as answer:
                request.body = await answer.json(content_type=None)
                request.status = answer.status
        except (aiohttp.ClientError, ConnectionError):
            request.status = None

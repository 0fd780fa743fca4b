"""What the demo's tests share: the script, a moment, and a way to ask an outlet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import feedparser

from feedserver.demo.reading import read_script
from tests.fakes import FakeClock

SCRIPT = read_script()
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOMENTS = [timedelta(hours=-48), timedelta(hours=-30), timedelta(0), timedelta(hours=1)]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitor:
    """Asks outlets by name, as somebody whose resolver knows them."""

    session: aiohttp.ClientSession
    port: int
    clock: FakeClock

    async def ask(self, host: str, path: str = "/feed.xml", **headers: str) -> Answer:
        sent = {"Host": f"{host}:{self.port}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.get(url, headers=sent) as response:
            lower = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, lower, await response.read())

    def wait_until(self, offset: timedelta) -> None:
        self.clock.moment = START + offset


def read(answer: Answer) -> feedparser.FeedParserDict:
    return feedparser.parse(
        answer.body,
        response_headers=answer.headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )

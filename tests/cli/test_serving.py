"""``feedserver serve`` from its start to its end."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from feedserver.clock import SystemClock
from feedserver.config.networks import Listen
from tests.cli.conftest import Command, reaching, rss
from tests.publisher import HOST, Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that takes requests."""

    process: asyncio.subprocess.Process
    address: str

    async def get(self, path: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.address + path) as response,
        ):
            return response.status, await response.text()

    async def ready(self) -> None:
        """Wait until it welcomes readers."""
        async with asyncio.timeout(30):
            while (await self.get("/readyz"))[0] != 200:
                await a_moment()

    async def stopped(self, number: signal.Signals) -> tuple[int | None, str]:
        """Send a signal; return the exit status and what was still said."""
        self.process.send_signal(number)
        _, err = await self.process.communicate()
        return self.process.returncode, err.decode()


@asynccontextmanager
async def serving(command: Command, *arguments: str) -> AsyncGenerator[Server]:
    """Serve, from the line that says where to the end of the block."""
    async with command.started("serve", *arguments) as process:
        assert process.stderr is not None
        line = await process.stderr.readline()
        while line and json.loads(line)["event"] != "serving":
            line = await process.stderr.readline()
        assert line, "it ended before it served"
        event: dict[str, Any] = json.loads(line)
        yield Server(process=process, address=event["address"])


async def a_moment() -> None:
    """Let real time go by, which a process of its own needs."""
    await SystemClock().sleep(0.05)


async def test_it_polls_shows_feeds_and_ends_in_good_order(
    online: Command, publisher: Publisher
) -> None:
    publisher.put("http://one.test/feed", rss("River floods town"))
    online.follows(one=publisher.url("http://one.test/feed"))

    async with serving(online) as server:
        await server.ready()
        status, feed = await server.get("/feeds/all.atom")
        stories = await poll_until_filed(online)
        ended, said = await server.stopped(signal.SIGTERM)

    assert status == 200
    assert server.address in feed, "links begin with the port that was found free"
    assert stories == ["River floods town"]
    assert ended == 0
    events = [json.loads(line)["event"] for line in said.splitlines()]
    assert "stopping" in events, "a log has nothing in it that is no log line"


async def poll_until_filed(command: Command) -> list[str]:
    async with asyncio.timeout(30):
        while True:
            stories = (await command.good("stories", "list", "--json")).records
            if stories:
                return [story["title"] for story in stories]


async def test_a_poll_under_way_ends_before_the_server_does(
    online: Command, publisher: Publisher
) -> None:
    answer = asyncio.Event()
    publisher.put("http://slow.test/feed", rss("Late news"), until=answer)
    online.follows(slow=publisher.url("http://slow.test/feed"))

    async with serving(online) as server:
        async with asyncio.timeout(30):
            while not publisher.asked("http://slow.test/feed"):
                await a_moment()
        async with asyncio.TaskGroup() as group:
            stopping = group.create_task(server.stopped(signal.SIGINT))
            answer.set()
        ended, _ = stopping.result()

    [source] = (await online.good("sources", "list", "--json")).records
    assert ended == 0
    assert source["state"] == "working"


async def test_a_second_server_on_a_file_is_refused_with_advice(
    bare: Command, sqlite_url: str
) -> None:
    command = bare.given(database=sqlite_url, listen="127.0.0.1:0")
    async with serving(command) as server:
        second = await command("serve")
        assert server.process.returncode is None

    assert second.status == 1
    assert f"already served by process {server.process.pid}" in second.err
    assert "or use PostgreSQL" in second.err
    assert "Traceback" not in second.err


async def test_several_servers_share_a_database_by_their_roles(
    bare: Command, postgres_url: str, publisher: Publisher
) -> None:
    publisher.put("http://one.test/feed", rss("River floods town"))
    bare.follows(one=publisher.url("http://one.test/feed"))
    command = reaching(bare.given(database=postgres_url), publisher)

    async with serving(command, "--roles", "web") as web:
        await web.ready()
        assert not publisher.requests
        async with serving(command, "--roles", "poll"):
            assert await poll_until_filed(command) == ["River floods town"]


async def test_roles_need_a_database_that_can_be_shared(bare: Command, sqlite_url: str) -> None:
    done = await bare.given(database=sqlite_url)("serve", "--roles", "poll")
    odd = await bare.given(database=sqlite_url)("serve", "--roles", "poll,wbe")

    assert (done.status, odd.status) == (2, 2)
    assert "FEEDSERVER_DATABASE=postgresql://" in done.err
    assert "'wbe' is not a role" in odd.err


async def test_a_port_in_use_is_told_in_a_sentence(bare: Command, publisher: Publisher) -> None:
    listen = Listen(host=HOST, port=publisher.port)

    done = await bare.given(listen=str(listen))("serve")

    assert done.status == 1
    assert f"FEEDSERVER_LISTEN={listen} is in use by another program" in done.err
    assert "Traceback" not in done.err


async def test_every_mistake_in_settings_and_folder_is_told_at_once(bare: Command) -> None:
    (bare.folder / "feeds" / "site.toml").write_text('title = ""')

    done = await bare.given(keep_attempts="30", listn="x")("serve")

    assert done.status == 1
    assert 'FEEDSERVER_KEEP_ATTEMPTS "30" has no unit' in done.err
    assert 'FEEDSERVER_LISTN is not a setting; did you mean "FEEDSERVER_LISTEN"?' in done.err
    assert "site.toml" in done.err
    assert not list(bare.folder.glob("*.db"))

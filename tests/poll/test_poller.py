"""The poller that runs on: how many at once, what is due, how it stops."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedserver.errors import StoreError
from feedserver.model.source import Source
from feedserver.poll.pipeline import Pipeline, Report
from feedserver.poll.poller import Poller
from feedserver.poll.prepare import Prepared
from feedserver.store.database import Database, Row
from tests.fakes import FakeClock
from tests.poll.rig import InProcess, pipeline, rss
from tests.publisher import Publisher
from tests.store.samples import follow, wish


class Breaking(InProcess):
    """A parser with a fault of ours in it, which one address shows."""

    async def parse(self, document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
        if "broken" in url:
            raise ZeroDivisionError(url)
        return await super().parse(document, url=url, headers=headers)


async def polled(database: Database, number: int) -> None:
    """Return when so many polls are recorded."""
    async with asyncio.timeout(20):
        while len(await attempts(database)) < number:
            await a_moment()


async def attempts(database: Database) -> Sequence[Row]:
    async with database.read() as tx:
        return await tx.all("SELECT at FROM attempt")


async def a_moment() -> None:
    """Let the poller work."""
    await asyncio.sleep(0.01)  # noqa: TID251 - it waits for a real server


async def test_all_that_is_due_is_polled_though_places_are_few(
    database: Database, clock: FakeClock
) -> None:
    async with Publisher.running() as publisher, pipeline(database, clock, publisher) as polls:
        hosts = [f"host{number}" for number in range(10)]
        for host in hosts:
            publisher.put(f"http://{host}.test/", rss("a first"))
        wishes = (wish(host, url=publisher.url(f"http://{host}.test/")) for host in hosts)
        await follow(database, *wishes)
        poller = Poller(database=database, pipeline=polls, at_once=3)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run(stopping))
            poller.wake.set()
            await polled(database, 10)
            stopping.set()
            poller.wake.set()

        assert sorted(request.url for request in publisher.requests) == sorted(
            f"http://{host}.test/" for host in hosts
        )


async def test_a_fault_in_one_poll_ends_no_other(database: Database, clock: FakeClock) -> None:
    async with (
        Publisher.running() as publisher,
        pipeline(database, clock, publisher, Breaking()) as polls,
    ):
        for host in ("broken", "sound"):
            publisher.put(f"http://{host}.test/", rss("a first"))
        wishes = (
            wish(host, url=publisher.url(f"http://{host}.test/")) for host in ("broken", "sound")
        )
        await follow(database, *wishes)
        poller = Poller(database=database, pipeline=polls)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run(stopping))
            poller.wake.set()
            await polled(database, 1)
            stopping.set()
            poller.wake.set()

        assert len(publisher.requests) == 2


async def test_what_is_under_way_ends_before_the_poller_does(
    database: Database, clock: FakeClock
) -> None:
    async with Publisher.running() as publisher, pipeline(database, clock, publisher) as polls:
        answer = asyncio.Event()
        publisher.put("http://slow.test/", rss("a first"), until=answer)
        await follow(database, wish("slow", url=publisher.url("http://slow.test/")))
        poller = Poller(database=database, pipeline=polls)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(poller.run(stopping))
            poller.wake.set()
            while not publisher.requests:
                await a_moment()
            stopping.set()
            poller.wake.set()
            await a_moment()
            assert not running.done()
            answer.set()

        async with database.read() as tx:
            assert len(await tx.all("SELECT id FROM entry")) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable(Pipeline):
    """A pipeline whose database goes away during each poll."""

    asked: list[str]

    async def poll(self, source: Source) -> Report | None:
        self.asked.append(source.wish.key)
        raise StoreError("the server closed the connection")


async def test_a_poll_that_cannot_be_kept_is_left_to_its_lease(
    database: Database, clock: FakeClock
) -> None:
    await follow(database, wish("one", url="https://one.test/"))
    async with Publisher.running() as publisher, pipeline(database, clock, publisher) as polls:
        asked: list[str] = []
        gone = Unreachable(
            database=database, client=polls.client, parser=polls.parser, clock=clock, asked=asked
        )
        poller = Poller(database=database, pipeline=gone)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run(stopping))
            poller.wake.set()
            while not asked:
                await a_moment()
            stopping.set()
            poller.wake.set()

    assert asked == ["one"]

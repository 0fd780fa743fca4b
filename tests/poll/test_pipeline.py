"""One poll after another against a real publisher: what is asked, kept and recorded."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from feedserver.model.attempt import Outcome
from feedserver.model.source import Source, SourceState
from feedserver.poll.pipeline import Pipeline, Report
from feedserver.poll.poller import LEASE
from feedserver.store import attempts, sources
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.poll.rig import pipeline, rss
from tests.publisher import Publisher
from tests.store.samples import follow, wish

ONE = "http://one.test/feed"
TWO = "http://two.test/feed"


@dataclass(frozen=True)
class Scene:
    database: Database
    clock: FakeClock
    publisher: Publisher
    pipeline: Pipeline

    async def follow(self, *addresses: str) -> None:
        wishes = [
            wish(address.partition("//")[2].replace(".test/", "-"), url=self.publisher.url(address))
            for address in addresses
        ]
        await follow(self.database, *wishes)

    async def lease(self) -> list[Source]:
        async with self.database.write() as tx:
            return list(await sources.lease_due(tx, lease=LEASE, limit=9))

    async def poll(self) -> list[Report]:
        """Poll what is due, and go on to when the next may be."""
        reports = [await self.pipeline.poll(source) for source in await self.lease()]
        return [report for report in reports if report is not None]

    async def titles(self) -> list[str]:
        async with self.database.read() as tx:
            return [row["title"] for row in await tx.all("SELECT title FROM entry ORDER BY id")]

    def later(self, **by: float) -> None:
        self.clock.moment += timedelta(**by)


@asynccontextmanager
async def scene(database: Database, clock: FakeClock) -> AsyncGenerator[Scene]:
    async with Publisher.running() as publisher, pipeline(database, clock, publisher) as polls:
        yield Scene(database, clock, publisher, polls)


async def test_a_source_is_polled_when_due_and_not_before(
    database: Database, clock: FakeClock
) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first", "b second"))
        await here.follow(ONE)

        assert [report.attempt.new for report in await here.poll()] == [2]
        assert await here.poll() == []
        here.later(minutes=34)
        assert [report.attempt.outcome for report in await here.poll()] == [Outcome.UNCHANGED]
        assert len(here.publisher.asked(ONE)) == 2


async def test_validators_go_back_byte_for_byte_and_a_304_is_no_news(
    database: Database, clock: FakeClock
) -> None:
    odd = {"ETag": "W/'odd one, not quoted", "Last-Modified": "yesterday, about noon"}
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first"), headers=odd)
        await here.follow(ONE)
        await here.poll()
        here.later(hours=1)
        [again] = await here.poll()

        asked = here.publisher.asked(ONE)[1].headers
        assert asked["If-None-Match"] == odd["ETag"]
        assert asked["If-Modified-Since"] == odd["Last-Modified"]
        assert (again.attempt.status, again.attempt.bytes) == (304, 0)


async def test_the_same_body_is_not_read_again(database: Database, clock: FakeClock) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first"), honest=False)
        await here.follow(ONE)
        await here.poll()
        here.later(hours=1)
        [again] = await here.poll()

        assert again.attempt.outcome is Outcome.UNCHANGED
        assert (again.attempt.status, again.attempt.entries) == (200, 0)


async def test_only_what_is_new_or_changed_is_written(database: Database, clock: FakeClock) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first", "b second"))
        await here.follow(ONE)
        await here.poll()
        here.publisher.put(ONE, rss("c third", "a first, corrected", "b second"))
        here.later(hours=1)
        [second] = await here.poll()

        attempt = second.attempt
        assert (attempt.entries, attempt.new, attempt.revised) == (3, 1, 1)
        assert sorted(await here.titles()) == ["a first, corrected", "b second", "c third"]


async def test_what_left_the_feed_stays_and_is_known_when_it_comes_back(
    database: Database, clock: FakeClock
) -> None:
    async with scene(database, clock) as here:
        reports: list[Report] = []
        for document in (rss("a first", "b second"), rss("b second"), rss("a first", "b second")):
            here.publisher.put(ONE, document)
            if not here.publisher.asked(ONE):
                await here.follow(ONE)
            reports += await here.poll()
            here.later(hours=1)

        assert [report.attempt.new for report in reports] == [2, 0, 0]
        assert sorted(await here.titles()) == ["a first", "b second"]


async def test_a_page_instead_of_a_feed_loses_nothing_and_forgets_the_validators(
    database: Database, clock: FakeClock
) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first"))
        await here.follow(ONE)
        await here.poll()
        here.publisher.put(ONE, "<!doctype html><title>Oops</title><p>We are sorry.")
        here.later(hours=1)
        [failed] = await here.poll()
        here.publisher.put(ONE, rss("a first", "b second"))
        here.later(hours=1)
        [mended] = await here.poll()

        assert failed.attempt.outcome is Outcome.ERROR
        assert "HTML" in failed.attempt.reason
        assert "If-None-Match" not in here.publisher.asked(ONE)[2].headers
        assert mended.attempt.new == 1
        assert mended.source.failures == 0


async def test_a_host_that_asks_for_rest_has_it_for_all_its_feeds(
    database: Database, clock: FakeClock
) -> None:
    second = "http://one.test/second"
    async with scene(database, clock) as here:
        here.publisher.put(ONE, status=429, headers={"Retry-After": "7200"})
        here.publisher.put(second, rss("a first"))
        here.publisher.put(TWO, rss("b second", host="two.test"))
        await here.follow(ONE)
        [throttled] = await here.poll()
        await here.follow(second, TWO)

        assert throttled.source.state is SourceState.THROTTLED
        assert [report.source.url for report in await here.poll()] == [here.publisher.url(TWO)]
        here.later(hours=2, seconds=1)
        assert len(await here.poll()) == 3
        assert len(here.publisher.asked(second)) == 1


async def test_a_late_worker_keeps_nothing(database: Database, clock: FakeClock) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, rss("a first"))
        await here.follow(ONE)
        [early] = await here.lease()
        here.later(hours=1)
        [taken_over] = await here.lease()

        assert await here.pipeline.poll(early) is None
        assert await here.titles() == []
        assert await here.pipeline.poll(taken_over) is not None
        assert await here.titles() == ["a first"]


async def test_every_poll_is_recorded_with_its_reason(database: Database, clock: FakeClock) -> None:
    async with scene(database, clock) as here:
        here.publisher.put(ONE, status=500)
        here.publisher.then(ONE, status=410)
        here.publisher.then(ONE, rss("a first"))
        await here.follow(ONE)
        reports: list[Report] = []
        for _ in range(3):
            reports = await here.poll()
            here.later(days=2)
        async with database.read() as tx:
            kept = await attempts.newest(tx, reports[0].source.id, limit=9)

        assert [one.outcome for one in kept] == [Outcome.OK, Outcome.GONE, Outcome.ERROR]
        assert [one.status for one in kept] == [200, 410, 500]
        assert "500" in kept[2].reason


async def test_an_address_that_is_private_is_blocked_without_a_connection(
    database: Database, clock: FakeClock
) -> None:
    async with scene(database, clock) as here:
        await follow(database, wish("inside", url="http://127.0.0.2/feed"))
        [blocked] = await here.poll()

        assert blocked.attempt.outcome is Outcome.BLOCKED
        assert here.publisher.requests == []

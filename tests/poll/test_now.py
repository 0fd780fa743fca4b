"""Polling because a person asks: who is asked, in what order, and what is left behind."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from feedserver.model.attempt import Outcome
from feedserver.poll.now import BROKE, ELSEWHERE, Errand, interleaved
from feedserver.poll.pipeline import Parser, Report
from feedserver.poll.poller import LEASE
from feedserver.poll.prepare import Prepared
from feedserver.store import sources
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.poll.rig import InProcess, pipeline
from tests.publisher import Publisher
from tests.store.samples import follow, wish

FEED = '<rss version="2.0"><channel><item><title>News</title></item></channel></rss>'


class Faulty:
    """A parser with a fault of ours in it."""

    async def parse(self, document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
        raise ZeroDivisionError(document, url, headers)


@asynccontextmanager
async def errand(
    database: Database,
    clock: FakeClock,
    publisher: Publisher,
    parser: Parser = InProcess(),  # noqa: B008 - holds nothing
) -> AsyncGenerator[Errand]:
    async with pipeline(database, clock, publisher, parser) as polls:
        yield Errand(database=database, pipeline=polls, clock=clock, at_once=4)


async def test_hosts_take_turns(database: Database) -> None:
    order = ("a1", "a2", "a3", "b1", "c1", "c2")
    found = await follow(database, *(wish(key, url=f"https://{key[0]}.test/") for key in order))

    turns = [source.wish.key for source in interleaved(found)]

    assert turns == ["a1", "b1", "c1", "a2", "c2", "a3"]


async def test_a_source_that_another_process_polls_is_skipped_until_it_has_done(
    database: Database, clock: FakeClock
) -> None:
    async with Publisher.running() as publisher, errand(database, clock, publisher) as one:
        publisher.put("http://one.test/", FEED)
        [source] = await follow(database, wish("one", url=publisher.url("http://one.test/")))
        async with database.write() as tx:
            [theirs] = await sources.lease_these(tx, [source.id], lease=LEASE)
        reports: list[Report] = []

        await one.poll_these([source], reports.append, force=True)
        async with database.write() as tx:
            await sources.give_back(tx, [theirs])
        await one.poll_these([source], reports.append)

    first, second = (report.attempt for report in reports)
    assert (first.outcome, first.reason) == (Outcome.SKIPPED, ELSEWHERE)
    assert second.outcome is Outcome.OK


async def test_a_run_that_is_given_up_holds_no_lease(database: Database, clock: FakeClock) -> None:
    async with Publisher.running() as publisher, errand(database, clock, publisher) as one:
        publisher.put("http://one.test/", until=asyncio.Event())
        [source] = await follow(database, wish("one", url=publisher.url("http://one.test/")))
        async with asyncio.TaskGroup() as group:
            polling = group.create_task(one.poll_these([source], no_report))
            while not publisher.asked("http://one.test/"):
                await clock.sleep(0)
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling

        async with database.write() as tx:
            assert await sources.lease_these(tx, [source.id], lease=LEASE)


async def test_a_fault_of_ours_in_one_poll_does_not_end_the_others(
    database: Database, clock: FakeClock
) -> None:
    async with (
        Publisher.running() as publisher,
        errand(database, clock, publisher, parser=Faulty()) as one,
    ):
        publisher.put("http://good.test/", status=404)
        publisher.put("http://bad.test/", FEED)
        urls = [publisher.url(f"http://{name}.test/") for name in ("good", "bad")]
        await follow(database, wish("good", url=urls[0]), wish("bad", url=urls[1]))
        reports: list[Report] = []

        await one.poll_due(reports.append)

    reasons = {report.source.wish.key: report.attempt.reason for report in reports}
    assert reasons["bad"] == BROKE
    assert "404" in reasons["good"]


async def test_polls_that_broke_and_are_due_again_do_not_keep_others_waiting(
    database: Database, clock: FakeClock
) -> None:
    async with (
        Publisher.running() as publisher,
        errand(database, clock, publisher, parser=Faulty()) as one,
    ):
        addresses = [f"http://bad{number}.test/" for number in range(6)]
        for number, address in enumerate(addresses):
            publisher.put(address, FEED)
            overdue = clock.moment - timedelta(hours=9 - number)
            await follow(database, wish(f"bad{number}", url=publisher.url(address)), now=overdue)
        publisher.put("http://good.test/", status=404)
        await follow(database, wish("good", url=publisher.url("http://good.test/")))
        reports: list[Report] = []

        await one.poll_due(reports.append)

        assert [len(publisher.asked(address)) for address in addresses] == [1] * 6
        assert sum("404" in report.attempt.reason for report in reports) == 1


def no_report(report: Report) -> None:
    pytest.fail(f"a poll that nobody answers was reported: {report}")

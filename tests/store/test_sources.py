import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feedserver.model.attempt import Attempt, Outcome
from feedserver.model.source import Source, SourceId, SourceState, Validators
from feedserver.store import attempts, sources
from feedserver.store.database import Database
from tests.fakes import FakeClock
from tests.store.samples import MINUTE, NOW, follow, source, wish


async def lease(
    database: Database, *, limit: int = 10, lasting: timedelta = MINUTE
) -> Sequence[Source]:
    async with database.write() as tx:
        return await sources.lease_due(tx, lease=lasting, limit=limit)


async def save(database: Database, polled: Source) -> bool:
    async with database.write() as tx:
        return await sources.save(tx, polled)


async def found(database: Database, key: str) -> Source:
    async with database.read() as tx:
        return await source(tx, key)


def keys(leased: Sequence[Source]) -> list[str]:
    return [one.wish.key for one in leased]


async def test_a_source_is_kept_as_it_was_wished(database: Database) -> None:
    asked = replace(wish(section="world"), interval=timedelta(minutes=7), verified=True)
    [kept] = await follow(database, asked)
    assert kept == Source(id=kept.id, wish=asked, next_poll_at=NOW, next_poll_reason="never polled")


async def test_a_source_wished_again_keeps_what_was_learned(database: Database) -> None:
    await follow(database, wish())
    [leased] = await lease(database)
    learned = replace(
        leased,
        validators=Validators(etag='W/"1"', last_modified="today", url="https://example.org/f"),
        body_sha256="abc",
        ttl=90 * MINUTE,
        failures=3,
        state=SourceState.GONE,
        gone_since=NOW,
        last_polled_at=NOW + MINUTE,
        last_ok_at=NOW,
        next_poll_at=NOW + 5 * MINUTE,
        next_poll_reason="every 5 min",
    )
    assert await save(database, learned)
    async with database.write() as tx:
        better = replace(wish(), title="Better")
        assert not await sources.add(tx, better, origin="files", now=NOW)
        assert await source(tx, "example") == replace(learned, wish=better)


async def test_a_changed_address_is_asked_at_once_and_forgets_what_was_learned(
    database: Database,
) -> None:
    await follow(database, wish())
    [leased] = await lease(database)
    polled = replace(
        leased,
        validators=Validators(etag="1", url="https://example.example/feed"),
        body_sha256="abc",
        failures=9,
        state=SourceState.GONE,
        gone_since=NOW,
        next_poll_at=NOW + timedelta(days=30),
    )
    assert await save(database, polled)
    [again] = await follow(database, wish(url="https://moved.example/feed"))
    assert again.validators == Validators()
    assert (again.body_sha256, again.failures, again.gone_since) == (None, 0, None)
    assert (again.state, again.host) == (SourceState.NEW, "moved.example")
    assert keys(await lease(database)) == ["example"]


async def test_a_poll_of_the_old_address_is_refused(database: Database) -> None:
    await follow(database, wish())
    [leased] = await lease(database)
    await follow(database, wish(url="https://moved.example/feed"))
    assert not await save(database, leased)


async def test_two_processes_that_follow_the_same_sources_do_not_collide(
    database: Database, other: Database
) -> None:
    wishes = [wish(f"source{number}") for number in range(5)]
    await asyncio.gather(follow(database, *wishes), follow(other, *wishes))
    async with database.read() as tx:
        assert await sources.count_followed(tx) == 5


async def test_sources_that_left_the_files_pause_and_others_stay(database: Database) -> None:
    await follow(database, wish("kept"), wish("left"))
    async with database.write() as tx:
        await sources.add(tx, wish("added"), origin="desk", now=NOW)
        assert await sources.pause_all_but(tx, ["kept"], origin="files") == 1
        assert await sources.pause_all_but(tx, ["kept"], origin="files") == 0
        assert await sources.count_followed(tx) == 2
    assert sorted(keys(await lease(database))) == ["added", "kept"]
    await follow(database, wish("left"))
    assert keys(await lease(database)) == ["left"]


async def test_what_is_due_is_leased_the_most_overdue_first(
    database: Database, clock: FakeClock
) -> None:
    for minutes, key in ((0, "first"), (-2, "overdue"), (3, "later")):
        await follow(database, wish(key), now=NOW + minutes * MINUTE)
    assert keys(await lease(database, limit=1)) == ["overdue"]
    assert keys(await lease(database)) == ["first"]
    clock.moment += 3 * MINUTE
    assert keys(await lease(database, limit=5)) == ["overdue", "first", "later"]


async def test_two_workers_never_have_the_same_source(database: Database, other: Database) -> None:
    await follow(database, *(wish(f"source{number:02}") for number in range(40)))
    both = await asyncio.gather(
        *(lease(worker, limit=3) for _ in range(7) for worker in (database, other))
    )
    taken = [key for leased in both for key in keys(leased)]
    assert all(len(leased) <= 3 for leased in both)
    assert sorted(taken) == sorted(set(taken))
    rest = [key for _ in range(20) for key in keys(await lease(database, limit=3))]
    assert len(taken + rest) == len(set(taken + rest)) == 40


async def test_a_late_worker_is_refused(database: Database, clock: FakeClock) -> None:
    await follow(database, wish())
    [late] = await lease(database)
    clock.moment += MINUTE
    [quick] = await lease(database)
    assert quick.lease == late.lease + 1
    assert not await save(database, replace(late, failures=7))
    assert await save(database, quick)
    assert not await save(database, replace(late, failures=7))
    assert (await found(database, "example")).failures == 0


async def test_a_lease_that_ran_out_but_nobody_took_may_still_be_saved(
    database: Database, clock: FakeClock
) -> None:
    await follow(database, wish())
    [leased] = await lease(database)
    clock.moment += 2 * MINUTE
    assert await save(database, leased)


async def test_what_is_given_back_is_due_at_once(database: Database, clock: FakeClock) -> None:
    await follow(database, wish())
    [late] = await lease(database)
    clock.moment += MINUTE
    leased = await lease(database)
    async with database.write() as tx:
        await sources.give_back(tx, [late])
    assert await lease(database) == []
    async with database.write() as tx:
        await sources.give_back(tx, leased)
    assert keys(await lease(database)) == ["example"]


async def test_a_source_may_be_taken_before_it_is_due_but_not_from_another(
    database: Database,
) -> None:
    [kept] = await follow(database, wish(), now=NOW + timedelta(days=1))
    async with database.write() as tx:
        [leased] = await sources.lease_these(tx, [kept.id, SourceId(99)], lease=MINUTE)
        assert leased.lease == 1
        assert await sources.lease_these(tx, [kept.id], lease=MINUTE) == []


async def test_a_host_at_rest_is_left_alone_with_all_its_feeds(
    database: Database, clock: FakeClock
) -> None:
    await follow(
        database,
        wish("one", url="https://busy.example/1"),
        wish("two", url="https://busy.example/2"),
        wish("port", url="https://busy.example:8443/3"),
    )
    async with database.write() as tx:
        await sources.rest_host(tx, "busy.example", until=NOW + 2 * MINUTE, reason="429")
        await sources.rest_host(tx, "busy.example", until=NOW + MINUTE, reason="shorter")
        assert await sources.rest_of(tx, "busy.example") == (NOW + 2 * MINUTE, "429")
        assert await sources.rest_of(tx, "quiet.example") is None
    assert keys(await lease(database, lasting=timedelta(hours=1))) == ["port"]
    clock.moment += 2 * MINUTE
    assert sorted(keys(await lease(database, lasting=timedelta(hours=1)))) == ["one", "two"]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=3653)])
async def test_a_clock_that_was_set_back_leaves_no_source_leased(
    database: Database, clock: FakeClock, jump: timedelta
) -> None:
    [kept] = await follow(database, wish())
    clock.moment += jump
    assert keys(await lease(database)) == ["example"]
    clock.moment -= jump
    [again] = await lease(database)
    assert again.lease == 2
    clock.moment -= timedelta(seconds=30)
    assert await lease(database) == []
    clock.moment -= jump
    async with database.write() as tx:
        assert len(await sources.lease_these(tx, [kept.id], lease=MINUTE)) == 1


async def test_what_was_put_off_by_a_clock_ten_years_ahead_is_due(database: Database) -> None:
    await follow(database, wish("soon"), now=NOW + timedelta(days=31))
    await follow(database, wish("absurd"), now=NOW + timedelta(days=3653))
    async with database.write() as tx:
        until = NOW + timedelta(days=3653)
        await sources.rest_host(tx, "absurd.example", until=until, reason="429")
    assert keys(await lease(database)) == ["absurd"]
    assert keys(await lease(database)) == []


async def test_sources_are_found_by_key_address_and_number(database: Database) -> None:
    one, two = await follow(database, wish("one"), wish("two"))
    async with database.read() as tx:
        assert await sources.by_url(tx, one.url) == one
        assert await sources.by_url(tx, "https://unknown.example") is None
        assert await sources.by_key(tx, "unknown") is None
        assert await sources.these(tx, [two.id, one.id, SourceId(99)]) == [one, two]
        assert await sources.everyone(tx) == [one, two]


async def test_polls_are_recorded_and_forgotten(database: Database) -> None:
    [kept] = await follow(database, wish())
    polls = [
        Attempt(
            source=kept.id,
            at=NOW + minutes * MINUTE,
            outcome=Outcome.OK,
            status=200,
            entries=9,
            new=2,
            revised=1,
            bytes=4096,
            took=timedelta(milliseconds=120),
            reason="because",
            findings={"date unreadable": 3},
        )
        for minutes in range(5)
    ]
    async with database.write() as tx:
        for poll in polls:
            await attempts.add(tx, poll)
        await attempts.add(tx, replace(polls[0], status=None, reason="the same moment again"))
        assert await attempts.newest(tx, kept.id, limit=2) == [polls[4], polls[3]]
        assert await attempts.prune(tx, before=NOW + 3 * MINUTE) == 3
        assert await attempts.newest(tx, kept.id, limit=9) == [polls[4], polls[3]]

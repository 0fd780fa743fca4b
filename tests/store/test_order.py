"""What several processes do at once has one order: counters, acts, leases; and who may act."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from feedserver.clock import SystemClock
from feedserver.errors import ConflictError
from feedserver.model.access import Act, Scope, Token, TokenId
from feedserver.store import acts, counters, leases, tokens
from feedserver.store.database import Database
from feedserver.store.opening import open_database
from tests.fakes import FakeClock
from tests.store.samples import MINUTE, NOW

ACT = Act(at=NOW, actor="jo", action="pick", subject="story:7", revision=2, detail="article:1")


async def hold(database: Database, holder: str) -> bool:
    async with database.write() as tx:
        return await leases.hold(tx, "filer", holder=holder, lease=MINUTE)


async def test_numbers_become_visible_in_their_order(database: Database, other: Database) -> None:
    """A reader that has seen a number never finds a smaller one later."""
    seen: list[int] = []

    async def act(one: Database) -> None:
        async with one.write() as tx:
            await acts.add(tx, ACT)
            await tx.all("SELECT count(*) AS number FROM act")

    async def watch() -> None:
        while len(seen) < 20:
            async with database.read() as tx:
                there = {act.seq for act in await acts.of(tx, ACT.subject)} - set(seen)
            assert not seen or not there or min(there) > max(seen)
            seen.extend(sorted(there))

    await asyncio.gather(watch(), *(act(one) for one in (database, other) for _ in range(10)))
    assert seen == list(range(1, 21))


async def test_a_block_of_numbers_is_taken_at_once(database: Database) -> None:
    async with database.write() as tx:
        assert await counters.take(tx, "entry", 3) == 1
        assert await counters.take(tx, "entry") == 4
        assert await counters.take(tx, "story") == 1


async def test_numbers_of_a_block_that_failed_are_given_again(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as tx:
            await counters.take(tx, "entry", 10)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.write() as tx:
        assert await counters.take(tx, "entry") == 1


async def test_acts_are_kept_by_subject_in_their_order(database: Database) -> None:
    async with database.write() as tx:
        first = await acts.add(tx, ACT)
        await acts.add(tx, replace(ACT, subject="story:70"))
        last = await acts.add(tx, replace(ACT, action="undo"))
        assert await acts.of(tx, "story:7") == [first, last]
        assert await acts.of(tx, "story:8") == []
    assert (first, last.seq) == (replace(ACT, seq=1), 3)


async def test_a_lease_has_one_holder_until_it_runs_out(
    database: Database, other: Database, clock: FakeClock
) -> None:
    assert await hold(database, "one")
    assert await hold(database, "one")
    assert not await hold(other, "two")
    clock.moment += MINUTE
    assert await hold(other, "two")
    assert not await hold(database, "one")


async def test_a_clock_that_was_set_back_leaves_no_work_to_a_holder_that_died(
    database: Database, clock: FakeClock
) -> None:
    clock.moment += timedelta(days=3653)
    assert await hold(database, "died")
    clock.moment -= timedelta(days=3653)
    assert await hold(database, "lives")
    assert not await hold(database, "late")


async def test_a_lease_is_given_back_by_its_holder_only(database: Database) -> None:
    assert await hold(database, "one")
    for holder, free in (("two", False), ("one", True)):
        async with database.write() as tx:
            await leases.release(tx, "filer", holder=holder)
        assert await hold(database, "three") == free


async def test_of_many_who_want_a_lease_one_has_it(database: Database, other: Database) -> None:
    holders = [f"{number}" for number in range(10)]
    wants = [hold(one, name) for name, one in zip(holders, [database, other] * 5, strict=True)]
    assert sum(await asyncio.gather(*wants)) == 1


async def test_leases_are_timed_by_the_servers_clock(postgres_url: str) -> None:
    wrong = FakeClock()
    async with open_database(postgres_url, clock=wrong) as database, database.read() as tx:
        assert abs(await tx.now() - SystemClock().now()) < timedelta(hours=1)
    async with (
        open_database(postgres_url, clock=wrong, server_time=False) as played,
        played.read() as tx,
    ):
        assert await tx.now() == wrong.now()


async def test_a_token_is_found_by_the_hash_of_its_secret(database: Database) -> None:
    token = Token(
        id=TokenId(0),
        name="CMS",
        scopes=frozenset({Scope.DESK, Scope.ARTICLES}),
        created_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )
    async with database.write() as tx:
        kept = await tokens.add(tx, token, digest="abc")
        bare = await tokens.add(
            tx, replace(token, scopes=frozenset(), expires_at=None), digest="def"
        )
        assert kept == replace(token, id=TokenId(1))
        assert await tokens.by_digest(tx, "abc") == kept
        assert await tokens.by_digest(tx, "ABC") is None
        await tokens.used(tx, kept.id, now=NOW + MINUTE)
        used = replace(kept, last_used_at=NOW + MINUTE)
        assert await tokens.everyone(tx) == [used, bare]


async def test_a_token_ends_once_and_for_good(database: Database) -> None:
    token = Token(id=TokenId(0), name="CMS", scopes=frozenset({Scope.DESK}), created_at=NOW)
    async with database.write() as tx:
        kept = await tokens.add(tx, token, digest="abc")
        ended = replace(kept, revoked_at=NOW + MINUTE)
        assert await tokens.revoke(tx, kept.id, now=NOW + MINUTE) == ended
        assert await tokens.revoke(tx, kept.id, now=NOW + 2 * MINUTE) == ended
        assert await tokens.revoke(tx, TokenId(99), now=NOW) is None
        assert await tokens.by_digest(tx, "abc") == ended


async def test_no_two_tokens_have_one_secret(database: Database) -> None:
    async def add() -> None:
        async with database.write() as tx:
            token = Token(id=TokenId(0), name="CMS", scopes=frozenset(), created_at=NOW)
            await tokens.add(tx, token, digest="abc")

    await add()
    with pytest.raises(ConflictError):
        await add()

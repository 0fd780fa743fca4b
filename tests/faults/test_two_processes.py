"""Two servers on one PostgreSQL: each poll and each pick once, and all of it seen by both."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

import pytest

from feedserver.clock import SystemClock
from feedserver.store.database import Database
from feedserver.store.opening import open_database
from tests.faults.desk import Desk
from tests.faults.orders import COMMITTED, Defect
from tests.faults.rig import Rig
from tests.faults.scene import AFTER_LEASE, HOUR, Scene
from tests.faults.waiting import until

pytestmark = pytest.mark.xdist_group("faults on postgres")

SOURCES = 200
WAVES = 3
SOON = 2.0
"""Seconds within which a change is in the other server's feeds."""

UNFENCED = Defect(texts={"AND lease = :lease": "AND lease >= :lease"})
UNGUARDED = Defect(
    texts={
        "ON CONFLICT (story_id, section) DO NOTHING RETURNING article_id": (
            "ON CONFLICT (story_id, section) DO UPDATE SET article_id = excluded.article_id "
            "RETURNING article_id"
        ),
        "FROM story WHERE id = :id /* for update */": "FROM story WHERE id = :id",
    }
)


@pytest.fixture
async def scene(durable_postgres: str, tmp_path: Path) -> AsyncGenerator[Scene]:
    async with Scene.playing(tmp_path, durable_postgres, seed=2) as scene:
        yield scene


@pytest.fixture
async def other(scene: Scene, tmp_path: Path) -> AsyncGenerator[Rig]:
    """The second server, which is not up yet."""
    rig = scene.rig.second(tmp_path / "other")
    try:
        yield rig
    finally:
        await rig.kill()


async def test_each_due_source_is_asked_once_however_many_servers_poll(
    durable_postgres: str, tmp_path: Path, report: list[str]
) -> None:
    async with Scene.playing(tmp_path, durable_postgres, seed=3, sources=SOURCES) as scene:
        scene.rig.ahead = None  # by the database's own clock, which both share
        other = scene.rig.second(tmp_path / "other")
        try:
            await asyncio.gather(scene.rig.start(), other.start())
            for wave in range(1, WAVES + 1):
                await until(partial(all_polled, scene, wave), within=60, what="all are polled")
                await make_due(durable_postgres) if wave < WAVES else None
            await scene.settle()
        finally:
            await other.kill()
        times = Counter(len(scene.rig.publisher.asked(outlet.script)) for outlet in scene.outlets)
        shares = [polls_of(rig) for rig in (scene.rig, other)]
        report.append(
            f"{SOURCES} sources due {WAVES} times, 2 servers with {shares} polls: "
            f"asked {dict(times)} (times: sources)"
        )
        assert times == {WAVES: SOURCES}
        assert all(shares)


async def all_polled(scene: Scene, times: int) -> bool:
    stored = await scene.stored()
    quiet = all(s.leased_until == 0 and s.next_poll_at > scene.now for s in stored.sources)
    return quiet and len(scene.rig.publisher.requests) >= SOURCES * times


async def make_due(url: str) -> None:
    async with open_database(url, clock=SystemClock()) as database, database.write() as tx:
        await tx.all("UPDATE source SET next_poll_at = 0")


def polls_of(rig: Rig) -> int:
    return sum(line.part == "poll" and line.state == COMMITTED for line in rig.post.journal())


async def test_what_one_server_is_told_is_soon_in_the_others_feeds(
    scene: Scene, other: Rig, report: list[str]
) -> None:
    await asyncio.gather(scene.rig.start(), other.start())
    await scene.settle()
    took: list[float] = []
    for story in sorted(scene.stories):
        picked = await scene.desk.pick(scene.rig.address, story)
        took.append(await shown(scene.desk, other, picked.body["title"]))
        version = await scene.desk.put(other.address, f"article{story}")
        took.append(await shown(scene.desk, scene.rig, version.text))
    report.append(
        f"from the answer to the other server's feeds, {len(took)} picks and articles: "
        f"{min(took):.2f} to {max(took):.2f} s"
    )
    assert max(took) < SOON
    await scene.check()


async def shown(desk: Desk, rig: Rig, title: str) -> float:
    async def is_shown() -> bool:
        bodies = [await desk.feed(rig.address, f"us.{form}") for form in ("atom", "rss", "json")]
        return all(body is not None and title.encode() in body for body in bodies)

    return await until(is_shown, within=10, what=f"{title} is in the feeds")


async def test_what_a_killed_server_had_leased_another_takes_over(scene: Scene, other: Rig) -> None:
    never = asyncio.Event()
    for outlet in scene.outlets:
        scene.rig.publisher.put(outlet.script, until=never)
    await scene.rig.start()
    await until(lambda: all_asked(scene, 1), within=20, what="the first server asks")
    await other.start()
    await scene.rig.kill()
    for outlet in scene.outlets:
        outlet.tell("second")
    await beats(other, 3)
    assert len(scene.rig.publisher.requests) == len(scene.outlets), "asked while leased"

    scene.rig = other
    other.pass_time(AFTER_LEASE)
    await scene.settle()
    await scene.check()
    assert len(scene.rig.publisher.requests) == 2 * len(scene.outlets)


async def all_asked(scene: Scene, times: int) -> bool:
    return all(len(scene.rig.publisher.asked(o.script)) == times for o in scene.outlets)


async def beats(rig: Rig, times: int) -> None:
    """Wait until a server has looked so often for what is due."""
    before = beats_of(rig)

    async def beaten() -> bool:
        return beats_of(rig) >= before + times

    await until(beaten, within=20, what="it looks for what is due")


def beats_of(rig: Rig) -> int:
    return sum(line.part == "lease" and line.state == COMMITTED for line in rig.post.journal())


async def test_what_a_late_server_brings_is_refused(scene: Scene, other: Rig) -> None:
    await late_server(scene, other)
    await scene.settle()
    await scene.check()


async def test_without_the_fence_a_late_server_is_noticed(scene: Scene, other: Rig) -> None:
    scene.rig.defect = UNFENCED
    await late_server(scene, other)
    with pytest.raises(AssertionError, match="late is an entry and was not published"):
        await scene.settle(within=3)


async def late_server(scene: Scene, other: Rig) -> None:
    """Have one server bring an old edition when the other has long stored the next."""
    await scene.rig.start()
    await scene.settle()
    let_go = asyncio.Event()
    for outlet in scene.outlets:
        outlet.tell("late")
        outlet.hold(let_go)
    scene.rig.pass_time(HOUR)
    await until(lambda: all_asked(scene, 2), within=20, what="the first server asks")

    for outlet in scene.outlets:
        outlet.withdraw("late")
    other.ahead = (scene.rig.ahead or 0) + AFTER_LEASE
    await other.start()
    late, scene.rig = scene.rig, other
    await scene.settle()
    polls = polls_of(late)
    let_go.set()

    async def answered() -> bool:
        return polls_of(late) >= polls + len(scene.outlets)

    try:
        await until(answered, within=20, what="the late server brings what it has")
    finally:
        await late.kill()


async def test_two_curators_on_two_servers_pick_a_story_once(scene: Scene, other: Rig) -> None:
    await race(scene, other)
    await scene.check()


async def test_without_lock_and_key_a_second_pick_is_noticed(scene: Scene, other: Rig) -> None:
    scene.rig.defect = other.defect = UNGUARDED
    await race(scene, other)
    with pytest.raises(AssertionError, match="pick"):
        await scene.check()


async def race(scene: Scene, other: Rig) -> None:
    """Have two servers pick the same stories, both past all they look at before they write."""
    await asyncio.gather(scene.rig.start(), other.start())
    await scene.settle()
    servers = (scene.rig.address, other.address)
    async with open_database(scene.rig.database, clock=SystemClock()) as database:
        for story in sorted(scene.stories):
            async with asyncio.TaskGroup() as group, database.write() as tx:
                await tx.all("SELECT value FROM counter WHERE name = 'article' /* for update */")
                for server in servers:
                    group.create_task(scene.desk.pick(server, story))
                await until(lambda: both_wait(database), within=10, what="both want a number")


async def both_wait(database: Database) -> bool:
    async with database.read() as tx:
        rows = await tx.all(
            """
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        )
    return len(rows) >= 2

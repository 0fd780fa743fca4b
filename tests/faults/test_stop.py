"""SIGTERM under load: what is under way ends or is given up, whole; the exit status is 0."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from feedserver.clock import SystemClock
from feedserver.store.opening import open_database
from tests.faults.orders import OPEN, Line
from tests.faults.scene import HOUR, Scene
from tests.faults.waiting import until

PROMISED = 20.0
"""Seconds within which a server that is told to stop has ended."""


async def test_a_server_told_to_stop_ends_its_work_and_nothing_is_half_stored(
    scene: Scene, report: list[str]
) -> None:
    scene.rig.more["FEEDSERVER_POLL_SECONDS"] = "60"  # a poll that outlasts the drain
    await scene.rig.start()
    await scene.settle()
    never = asyncio.Event()
    for outlet in scene.outlets[:2]:
        outlet.tell("kept back")
        outlet.hold(never)
    for outlet in scene.outlets[2:]:
        outlet.tell("sent at once")
    asked = len(scene.rig.publisher.requests)
    scene.rig.pass_time(HOUR)

    async def all_ask() -> bool:
        return len(scene.rig.publisher.requests) >= asked + len(scene.outlets)

    await until(all_ask, within=10, what="all sources are asked")
    took = await stopped_in_the_middle(scene)
    report.append(f"SIGTERM on {scene.kind} with 2 polls hanging, 1 request open: {took:.1f} s")
    assert took < PROMISED
    assert not any(line.state in OPEN for line in last_lines(scene).values())
    await scene.check()

    for outlet in scene.outlets:
        outlet.tell("after")
    scene.rig.pass_time(HOUR)
    await scene.go_on()
    assert await scene.rig.stop() == 0


async def stopped_in_the_middle(scene: Scene) -> float:
    """Stop the server while it waits for the database to save; return how long that took."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group, locked(scene.rig.database):
        saving = group.create_task(scene.desk.put(scene.rig.address, "slow"))
        await until(lambda: begun(scene, "put"), within=10, what="it begins to save")
        started = loop.time()
        scene.rig.process.send_signal(signal.SIGTERM)
        await until(lambda: not_ready(scene), within=2, what="it is not ready")
        assert scene.rig.process.returncode is None
    assert saving.result().acknowledged
    assert await scene.rig.process.wait() == 0, scene.rig.log
    return loop.time() - started


@asynccontextmanager
async def locked(url: str) -> AsyncGenerator[None]:
    """Let nobody else make an article for the length of the block."""
    async with open_database(url, clock=SystemClock()) as database, database.write() as tx:
        await tx.all("SELECT value FROM counter WHERE name = 'article' /* for update */")
        yield


async def begun(scene: Scene, part: str) -> bool:
    return any(line.part == part for line in scene.rig.post.journal())


async def not_ready(scene: Scene) -> bool:
    return not await scene.desk.ready(scene.rig.address)


def last_lines(scene: Scene) -> Mapping[int, Line]:
    """Return the last that was noted of each transaction."""
    return {line.number: line for line in scene.rig.post.take_journal()}

"""PostgreSQL ends connections, or is restarted: we heal at once, and nothing is lost or doubled."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from feedserver.clock import SystemClock
from feedserver.store.opening import open_database
from tests.faults.scene import AFTER_LEASE, HOUR, Scene
from tests.faults.waiting import looks, until
from tests.postgres import OwnServer

pytestmark = pytest.mark.xdist_group("faults on postgres")

SEED = 20_260_102
ROUNDS, CUTS = 5, 4
HEALED = 5.0


async def test_connections_ended_mid_poll_lose_and_double_nothing(
    durable_postgres: str, tmp_path: Path, report: list[str]
) -> None:
    random = Random(SEED)  # noqa: S311 - chooses moments
    ended, healing = 0, list[float]()
    async with Scene.playing(tmp_path, durable_postgres, seed=SEED) as scene:
        await scene.rig.start()
        await scene.settle()
        for _ in range(ROUNDS):
            await begin_to_poll(scene)
            async with asyncio.TaskGroup() as group:
                group.create_task(scene.write())
                for _ in range(CUTS):
                    await SystemClock().sleep(random.uniform(0, 0.05))
                    ended += await cut(durable_postgres)
            healing.append(await written_again(scene))
            # A lease may have been given out in a commit whose answer never came.
            scene.rig.pass_time(AFTER_LEASE)
            await scene.settle()
            await scene.check()
        report.append(
            f"{ended} connections to PostgreSQL cut, {ROUNDS * CUTS} times mid-poll, seed {SEED}: "
            f"writes went through again after {max(healing):.2f} s at most"
        )
        assert ended >= ROUNDS * CUTS
        assert max(healing) < HEALED


async def test_a_restarted_server_loses_and_doubles_nothing(
    durable_server: OwnServer, durable_postgres: str, tmp_path: Path, report: list[str]
) -> None:
    async with Scene.playing(tmp_path, durable_postgres, seed=SEED) as scene:
        await scene.rig.start()
        await scene.settle()
        for how in ("immediate", "fast"):
            await begin_to_poll(scene)
            await asyncio.to_thread(durable_server.stop, how)
            await scene.write()
            assert await scene.desk.feed(scene.rig.address, "us.atom"), "feeds need no database"
            assert not await scene.desk.ready(scene.rig.address)
            await asyncio.to_thread(durable_server.start)
            await written_again(scene)
            # No lease has run out meanwhile: what was fetched before is saved now.
            took = await scene.settle()
            report.append(f"PostgreSQL stopped ({how}) and started: all done after {took:.2f} s")
            assert took < HEALED
            await scene.check()


async def begin_to_poll(scene: Scene) -> None:
    """Let all be due, and wait until the server is at it."""
    before = len(scene.rig.publisher.requests)
    scene.news()
    scene.rig.pass_time(HOUR)
    async for _ in looks(10, "it polls"):
        if len(scene.rig.publisher.requests) > before:
            return


async def cut(url: str) -> int:
    """End all connections to the database but our own; return how many there were."""
    async with open_database(url, clock=SystemClock()) as database, database.read() as tx:
        rows = await tx.all(
            """
            SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        )
    return len(rows)


async def written_again(scene: Scene) -> float:
    """Wait until writes go through again, and return how many seconds that took."""

    async def written() -> bool:
        await scene.send_again()
        return not scene.desk.open

    return await until(written, within=20, what="writes go through")

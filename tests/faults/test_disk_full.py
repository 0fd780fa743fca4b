"""On a full disk writes are refused with a sentence and feeds served; it heals by itself."""

import resource
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from tests.faults.desk import Desk
from tests.faults.rig import Rig
from tests.faults.scene import AFTER_LEASE, FEEDS, HOUR, Scene

ROOM = 64 * 1024
"""Bytes that a file may still have: the log fits, a write-ahead log does not."""


async def test_on_a_full_disk_writes_are_refused_and_feeds_are_served(
    durable_sqlite: str, tmp_path: Path
) -> None:
    async with Scene.playing(tmp_path, durable_sqlite, seed=5) as scene:
        scene.rig.more["FEEDSERVER_LOG"] = "json"
        await scene.rig.start()
        await scene.settle()
        await scene.desk.put(scene.rig.address, "before")
        with full_disk(scene.rig):
            scene.news()
            scene.rig.pass_time(HOUR)
            refused = await fill(scene.desk, scene.rig)
            assert "try again" in refused["detail"]
            for ending in FEEDS:
                assert await scene.desk.feed(scene.rig.address, ending)
        scene.rig.pass_time(AFTER_LEASE)
        await scene.send_again()
        await scene.settle()
        await scene.check()
        assert await scene.rig.stop() == 0


@contextmanager
def full_disk(rig: Rig) -> Generator[None]:
    """Let no file of the server grow beyond a small size (it is told as on a full disk)."""
    _, hard = resource.prlimit(rig.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(rig.process.pid, resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.prlimit(rig.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


async def fill(desk: Desk, rig: Rig) -> dict[str, str]:
    """Save articles until one is refused; return what is said then."""
    for number in range(50):
        version = await desk.put(rig.address, f"filling{number}")
        if not version.acknowledged:
            assert version.status == HTTPStatus.SERVICE_UNAVAILABLE
            said: dict[str, str] = version.body
            return said
    raise AssertionError("the disk was never full")

"""A parser process that hangs or dies costs one poll of one source, and is replaced."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from feedserver.clock import SystemClock
from feedserver.store.opening import open_database
from tests.faults.rig import Rig
from tests.faults.scene import HOUR, Scene
from tests.faults.waiting import until


@pytest.mark.parametrize(
    ("blow", "reason"),
    [
        (signal.SIGKILL, "the parser process died (SIGKILL)"),
        (signal.SIGSTOP, "reading took longer than 10 s"),
    ],
)
async def test_a_parser_that_is_killed_or_hangs_costs_one_poll(
    durable_sqlite: str, tmp_path: Path, blow: signal.Signals, reason: str
) -> None:
    async with Scene.playing(tmp_path, durable_sqlite, seed=7) as scene:
        await scene.rig.start()
        await scene.settle()
        (child,) = children(scene.rig)
        # It is stopped first, so that the blow falls while it has a document before it.
        os.kill(child, signal.SIGSTOP)
        scene.news()
        scene.rig.pass_time(HOUR)
        await until(lambda: given_work(scene), within=10, what="the sources are asked")
        os.kill(child, blow)
        await until(lambda: failed(scene, reason), within=20, what=f"it is recorded: {reason}")
        await scene.check()

        scene.rig.pass_time(HOUR)
        await scene.settle()
        await scene.check()
        assert children(scene.rig) != [child]


async def test_parsers_end_with_a_server_that_is_killed(
    durable_sqlite: str, tmp_path: Path
) -> None:
    async with Scene.playing(tmp_path, durable_sqlite, seed=8) as scene:
        await scene.rig.start()
        await scene.settle()
        (child,) = children(scene.rig)
        await scene.rig.kill()

        async def gone() -> bool:
            return not Path(f"/proc/{child}").exists()

        await until(gone, within=10, what="the parser has ended")


def children(rig: Rig) -> Sequence[int]:
    pid = rig.process.pid
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


async def given_work(scene: Scene) -> bool:
    return all(len(scene.rig.publisher.asked(outlet.script)) >= 2 for outlet in scene.outlets)


async def failed(scene: Scene, reason: str) -> bool:
    async with (
        open_database(scene.rig.database, clock=SystemClock()) as database,
        database.read() as tx,
    ):
        rows = await tx.all("SELECT reason FROM attempt WHERE outcome = 'error'")
    assert {row["reason"] for row in rows} <= {reason}
    return bool(rows)

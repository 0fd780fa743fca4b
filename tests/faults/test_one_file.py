"""One server to a SQLite file: a second one is refused with advice, and may start after a kill."""

from pathlib import Path

from tests.faults.rig import SERVE
from tests.faults.scene import Scene
from tests.faults.waiting import until


async def test_a_second_server_is_refused_with_advice_until_the_first_has_ended(
    durable_sqlite: str, tmp_path: Path
) -> None:
    async with Scene.playing(tmp_path, durable_sqlite, seed=6) as scene:
        first = scene.rig
        first.program, first.ahead = SERVE, None
        await first.start()
        second = first.second(tmp_path / "second")
        await second.launch()
        assert await second.process.wait() == 1
        assert f"is already served by process {first.process.pid}" in second.log
        assert "give this one another file" in second.log
        assert "Traceback" not in second.log

        await first.kill()
        await second.start()
        scene.rig = second
        assert await scene.desk.ready(second.address) or await until_ready(scene)
        assert await second.stop() == 0


async def until_ready(scene: Scene) -> float:
    return await until(
        lambda: scene.desk.ready(scene.rig.address), within=10, what="the server is ready"
    )

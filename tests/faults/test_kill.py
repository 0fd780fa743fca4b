"""Killed while polling, filing, picking and putting, nothing is lost, doubled or stuck.

Each server is killed at a moment of its own choosing inside a transaction, or after it and before
the answer; its database says so, not the test. Others are killed from outside, whenever.
"""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest

from feedserver.clock import SystemClock
from feedserver.store.opening import open_database
from tests.faults.orders import KILLED, OPEN, Kill, Line, Moment
from tests.faults.scene import HOUR, Scene
from tests.faults.waiting import looks

SEED = 20_260_101

ORDERED = (
    ("lease", Moment.STATEMENT, 1),
    ("lease", Moment.COMMITTING, 0),
    ("poll", Moment.BEGUN, 0),
    *(("poll", Moment.STATEMENT, number) for number in (1, 2, 3, 4, 5, 7, 9)),
    ("poll", Moment.COMMITTING, 0),
    ("file", Moment.STATEMENT, 3),
    ("file", Moment.STATEMENT, 9),
    ("file", Moment.COMMITTING, 0),
    ("put", Moment.BEGUN, 0),
    *(("put", Moment.STATEMENT, number) for number in (1, 2, 4, 6)),
    ("put", Moment.COMMITTING, 0),
    ("put", Moment.COMMITTED, 0),
    ("put", Moment.COMMITTED, 0),
    ("pick", Moment.BEGUN, 0),
    *(("pick", Moment.STATEMENT, number) for number in (3, 7, 10)),
    ("pick", Moment.COMMITTING, 0),
    ("pick", Moment.COMMITTED, 0),
    ("show", Moment.STATEMENT, 2),
)
"""Where to die, in each of the two databases once: at 58 places, not counting the following."""

FROM_OUTSIDE = 4
"""Further kills at any moment. Those count that are found to have hit a transaction."""


@pytest.mark.timeout(400)  # it starts a server more than thirty times
async def test_killed_at_any_moment_nothing_is_lost_or_doubled(
    scene: Scene, report: list[str]
) -> None:
    random = Random(SEED)  # noqa: S311 - chooses where to die
    report.append(f"kill -9 on {scene.kind}, seed {SEED}:")
    hits = 0
    for part, moment, statement in random.sample(ORDERED, len(ORDERED)):
        nth = random.randint(1, 3) if part == "poll" else 1
        kill = Kill(part=part, moment=moment, statement=statement, nth=nth)
        await scene.go_on()
        journal, _ = await scene.die(kill)
        report.append(f"  {part:5} {journal[-1].proof}")
        await check_where(scene, journal[-1], kill)
        hits += 1
    for _ in range(FROM_OUTSIDE):
        await scene.go_on()
        found = await killed_from_outside(scene, after=random.uniform(0, 0.05))
        report.append(f"  from outside: {found or 'between transactions'}")
        hits += bool(found)
    await scene.go_on()
    await scene.check()
    assert await scene.rig.stop() == 0
    report.append(f"  {hits} kills inside a transaction or before its answer")
    assert hits >= len(ORDERED)


async def check_where(scene: Scene, last: Line, kill: Kill) -> None:
    """Have the database itself confirm whether the transaction was open when the process died."""
    assert (last.state, last.part) == (KILLED, kill.part)
    ended = kill.moment is Moment.COMMITTED
    if not scene.on_postgres:
        assert ("database is free" if ended else "database is locked") in last.proof
        return
    async with (
        open_database(scene.rig.database, clock=SystemClock()) as database,
        database.read() as tx,
    ):
        rows = await tx.all(
            "SELECT pg_xact_status(CAST(CAST(:xid AS TEXT) AS xid8)) AS status",
            xid=last.proof.rpartition(" ")[2],
        )
    assert rows[0]["status"] == ("committed" if ended else "aborted")


async def killed_from_outside(scene: Scene, *, after: float) -> str:
    """Kill the server some seconds after it began to poll; return what it was in the middle of."""
    scene.rig.post.take_journal()
    scene.news()
    scene.rig.pass_time(HOUR)
    async for _ in looks(10, "it polls"):
        if any(line.part == "poll" for line in scene.rig.post.journal()):
            break
    async with asyncio.TaskGroup() as group:
        group.create_task(scene.write())
        await SystemClock().sleep(after)
        await scene.rig.kill()
    await scene.check()
    return ", ".join(under_way(scene.rig.post.take_journal()))


def under_way(journal: Sequence[Line]) -> list[str]:
    """Return the transactions that had begun and not ended."""
    last = {line.number: line for line in journal}
    return [f"{line.part} {line.state}" for line in last.values() if line.state in OPEN]

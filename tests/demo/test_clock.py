import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from feedserver.demo.clock import PlayedClock
from tests.fakes import FakeClock

PAST = datetime(2026, 3, 1, tzinfo=UTC)
WALL = datetime(2026, 3, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def test_it_stands_until_it_is_set() -> None:
    wall = FakeClock(WALL)
    clock = PlayedClock(PAST, wall)
    wall.moment += SECOND
    assert clock.now() == PAST
    clock.set_forward(PAST + SECOND)
    assert clock.now() == PAST + SECOND


async def test_it_shows_the_walls_time_when_live() -> None:
    wall = FakeClock(WALL)
    clock = PlayedClock(PAST, wall)
    clock.go_live()
    assert clock.now() == WALL
    wall.moment += SECOND
    assert clock.now() == WALL + SECOND


async def test_it_never_goes_back() -> None:
    wall = FakeClock(WALL)
    clock = PlayedClock(WALL + SECOND, wall)
    with pytest.raises(ValueError, match="never goes back"):
        clock.set_forward(WALL)
    clock.go_live()
    assert clock.now() == WALL + SECOND
    wall.moment += timedelta(minutes=1)
    assert clock.now() == WALL + timedelta(minutes=1)
    wall.moment = PAST
    assert clock.now() == WALL + timedelta(minutes=1)
    with pytest.raises(ValueError, match="live"):
        clock.set_forward(WALL + timedelta(days=1))


async def test_sleepers_wake_when_their_moment_is_played_and_not_before() -> None:
    clock = PlayedClock(PAST, FakeClock(WALL))
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper(60))
        group.create_task(sleeper(3600))
        await _let_others_run()
        assert woken == []
        clock.set_forward(PAST + timedelta(seconds=60))
        await _let_others_run()
        assert woken == [60]
        clock.set_forward(PAST + timedelta(seconds=7200))
    assert woken == [60, 3600]


async def test_what_is_left_of_a_sleep_is_slept_on_the_wall() -> None:
    wall = FakeClock(WALL)
    clock = PlayedClock(WALL - SECOND, wall)
    async with asyncio.TaskGroup() as group:
        group.create_task(clock.sleep(61))
        await _let_others_run()
        clock.go_live()
    assert wall.moment == WALL + timedelta(seconds=60)


async def test_live_it_sleeps_on_the_wall() -> None:
    wall = FakeClock(WALL)
    clock = PlayedClock(PAST, wall)
    clock.go_live()
    await clock.sleep(5)
    assert wall.moment == WALL + timedelta(seconds=5)


async def _let_others_run() -> None:
    wall = FakeClock()
    for _ in range(5):
        await wall.sleep(0)

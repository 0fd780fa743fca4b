"""The heartbeats: APScheduler wakes the parts of the service. The database is the schedule.

Nothing is planned here: which source is due, who holds a lease, what is old enough to go, all that
stands in the store. A beat that is missed costs a moment, and is not made up for.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, timedelta

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

Beat = Callable[[], Awaitable[None]]


@asynccontextmanager
async def beating(beats: Mapping[str, tuple[timedelta, Beat]]) -> AsyncGenerator[None]:
    """Call each of these again and again, as often as it says, for the length of the block.

    A call that still runs when the next is due is not doubled.
    """
    scheduler = AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": AsyncIOExecutor()},
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, (every, beat) in beats.items():
        scheduler.add_job(beat, "interval", seconds=every.total_seconds(), id=name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)

"""``feedserver serve`` as tests kill it: the same parts, with the databases watched.

Run as ``python -m tests.faults.victim``. Settings come from the environment as for ``serve``,
orders from the folder that ``FEEDSERVER_TEST_FAULTS`` names. It prints the address it serves at.
"""

import asyncio
import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from feedserver.clock import Clock, SystemClock
from feedserver.config.folder import read_newsroom
from feedserver.config.settings import Settings
from feedserver.service import Service, open_service
from feedserver.store.opening import POSTGRES, held_by_one_server, sqlite_path
from feedserver.web.serve import serve
from tests.faults.orders import FOLDER, Post
from tests.faults.watched import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedClock:
    """The clock on the wall, put forward as the test's orders say."""

    post: Post
    wall: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.wall.now() + timedelta(seconds=self.post.read().ahead or 0)

    async def sleep(self, seconds: float) -> None:
        await self.wall.sleep(seconds)


async def main() -> None:
    settings = Settings.from_environment(os.environ)
    newsroom = read_newsroom(settings.feeds)
    post = Post(Path(os.environ[FOLDER]))
    clock = OrderedClock(post=post) if post.read().ahead is not None else None
    file = None if settings.database.startswith(POSTGRES) else sqlite_path(settings.database)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    with _held(file):
        async with (
            open_service(settings, newsroom, clock=clock) as opened,
            asyncio.TaskGroup() as group,
        ):
            service = Watch(post=post, file=file).watched(opened)
            group.create_task(
                serve(
                    service,
                    host=settings.listen.host,
                    port=settings.listen.port,
                    open_to_loopback=True,
                    stopping=stopping,
                    started=_tell,
                )
            )
            group.create_task(_hurry(service, clock or SystemClock(), stopping))
            await service.run(stopping)


async def _hurry(service: Service, clock: Clock, stopping: asyncio.Event) -> None:
    """Look for what is due more often than each second, so that tests take less time."""
    while not stopping.is_set():
        service.poller.wake.set()
        await clock.sleep(0.1)


def _held(file: Path | None) -> AbstractContextManager[None]:
    return nullcontext() if file is None else held_by_one_server(file)


def _tell(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())

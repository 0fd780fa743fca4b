"""A newsroom with a feed of 50 items, served as ``feedserver serve`` does, in a process."""

import asyncio
import multiprocessing
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bench.articles import backlog
from bench.cost import cpu_seconds_of
from bench.newsroom import NEWSROOM, SECTION
from bench.server import Server, first_core
from feedserver.cli.logs import set_up
from feedserver.clock import SystemClock
from feedserver.config.settings import LogStyle, Settings
from feedserver.service import open_service
from feedserver.web.serve import serve

PATH = f"/feeds/{SECTION}.atom"


@contextmanager
def serving(database: Path) -> Generator[Server]:
    """Serve a feed for the length of the block."""
    spawn = multiprocessing.get_context("spawn")
    ours, its = spawn.Pipe()
    process = spawn.Process(target=_run, args=(its, str(database)), daemon=True)
    process.start()
    its.close()
    try:
        yield Server(
            url=f"{ours.recv()}{PATH}", cpu_seconds=partial(cpu_seconds_of, process.pid or 0)
        )
    finally:
        process.terminate()
        process.join()


def _run(parent: "Connection[str, None]", database: str) -> None:
    os.sched_setaffinity(0, {first_core()})
    set_up(LogStyle.JSON)
    asyncio.run(_serve(parent, database))


async def _serve(parent: "Connection[str, None]", database: str) -> None:
    clock = SystemClock()
    async with open_service(Settings(database=database), NEWSROOM, clock=clock) as service:
        for sent in backlog(clock.now() - timedelta(hours=1)):
            await service.articles.put(sent, actor="bench")
        await service.shelf.refresh()
        async with asyncio.TaskGroup() as group:
            stopping = asyncio.Event()
            group.create_task(service.shelf.run(stopping))
            await serve(
                service,
                host="127.0.0.1",
                port=0,
                open_to_loopback=False,
                stopping=stopping,
                started=parent.send,
            )

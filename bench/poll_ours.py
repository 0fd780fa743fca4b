"""Poll as ``feedserver serve`` does: the real service, and a clock that skips the half hours."""

import asyncio
import logging
import os
import time
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from bench.cost import cpu_seconds_below, cpu_seconds_of, parent_of
from bench.feeds import ENTRIES, NEW_IN_EDITION, feed
from bench.newsroom import NEWSROOM, wishes
from bench.phases import CHANGED, FIRST, SAME_304, Load
from feedserver.cli.logs import set_up
from feedserver.clock import SystemClock
from feedserver.config.settings import LogStyle, Settings
from feedserver.demo.clock import PlayedClock
from feedserver.model.network import AllowedNetwork, Resolution
from feedserver.service import Service, open_service
from feedserver.store.database import Dialect, Row, one, to_micros

NEW = {FIRST: ENTRIES, CHANGED: NEW_IN_EDITION}
"""Entries that each source brings in a phase; none in the others."""

LONGER_THAN_ANY_WAIT = timedelta(days=2)
LOOK_EVERY = 0.1
"""Seconds between two looks whether all is polled; a look costs about 0.1 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU-seconds.

    Attributes:
        polling: In the program's own process. ``parsers``: in those that read documents.
        filing: Of what was polled, into stories.
        server: Of the database's server, for both; 0 with SQLite, which is in our process.
    """

    polling: float
    parsers: float
    filing: float
    server: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.polling + self.parsers + self.filing + self.server


def measure(load: Load, database: str) -> Mapping[str, Cost]:
    """Return what each phase cost per 1,000 sources: the median of its rounds."""
    with _log_to_nowhere():
        rounds = asyncio.run(_measure(load, database))
    return {phase: _median(costs, load.sources) for phase, costs in rounds.items()}


async def _measure(load: Load, database: str) -> Mapping[str, Sequence[Cost]]:
    rounds: defaultdict[str, list[Cost]] = defaultdict(list)
    clock = PlayedClock(datetime(2025, 3, 2, tzinfo=UTC), SystemClock())
    newsroom = replace(NEWSROOM, sources=wishes(load.sources, load.origin.port))
    async with open_service(_settings(database), newsroom, clock=clock) as service:
        await _start_parsers(service)
        meter = await Meter.of(service)
        for phase in load.phases():
            rounds[phase].append(await _round(service, meter, load.sources))
            await _check(service, phase, load.sources)
            clock.set_forward(clock.now() + LONGER_THAN_ANY_WAIT)
    return rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Reads what has been spent so far.

    Attributes:
        server: Number of the database server's first process, where there is one here.
    """

    parsers: frozenset[int]
    server: int | None

    @classmethod
    async def of(cls, service: Service) -> "Meter":
        """Return the meter of a service whose parsers have been started."""
        return cls(parsers=service.parsers.pids, server=await _server_of(service))

    def read(self) -> tuple[float, float, float]:
        """Return the CPU-seconds of our process, of the parsers, of the database's server."""
        server = 0.0 if self.server is None else cpu_seconds_below(self.server)
        return time.process_time(), sum(map(cpu_seconds_of, self.parsers)), server


async def _round(service: Service, meter: Meter, sources: int) -> Cost:
    before = meter.read()
    await _poll_all(service, sources)
    polled = meter.read()
    await service.filer.file_all()
    filed = meter.read()
    return Cost(
        polling=polled[0] - before[0],
        parsers=polled[1] - before[1],
        filing=filed[0] - polled[0],
        server=filed[2] - before[2],
    )


async def _poll_all(service: Service, sources: int) -> None:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(service.poller.run(stopping))
        service.poller.wake.set()
        while (await _attempts(service))["number"] < sources:  # noqa: ASYNC110 - only SQL knows
            await asyncio.sleep(LOOK_EVERY)
        stopping.set()
        service.poller.wake.set()


async def _check(service: Service, phase: str, sources: int) -> None:
    """Raise if something else was measured than what the phase says."""
    seen = await _attempts(service)
    expected = {
        "number": sources,
        "status": 304 if phase == SAME_304 else 200,
        "new": NEW.get(phase, 0) * sources,
    }
    found = {name: seen[name] for name in expected}
    if found != expected:
        raise RuntimeError(f"{phase}: the polls should come to {expected}, not {found}")


async def _attempts(service: Service) -> Row:
    """Return a summary of the polls at this moment, which lasts for a whole round."""
    async with service.database.read() as tx:
        row = await one(
            tx,
            """
            SELECT count(*) AS number, max(status) AS status, CAST(sum(new) AS BIGINT) AS new
            FROM attempt WHERE at = :now
            """,
            now=to_micros(service.clock.now()),
        )
    if row is None:
        raise RuntimeError("count(*) gave no row")
    return row


async def _start_parsers(service: Service) -> None:
    """Start all parser processes, which live as long as the service."""
    async with asyncio.TaskGroup() as group:
        for source in range(service.settings.parsers):
            group.create_task(
                service.parsers.parse(feed(source, 0), url="https://s.test/", headers={})
            )


async def _server_of(service: Service) -> int | None:
    if service.database.dialect is Dialect.SQLITE:
        return None
    async with service.database.read() as tx:
        row = await one(tx, "SELECT pg_backend_pid() AS pid")
    if row is None or (parent := parent_of(row["pid"])) is None:
        raise RuntimeError("what PostgreSQL costs can be counted on its own machine only")
    return parent


def _settings(database: str) -> Settings:
    return Settings(
        database=database,
        allow_private=(AllowedNetwork(network=ip_network("127.0.0.0/8")),),
        resolve=(Resolution(pattern="*.test", address="127.0.0.1"),),
    )


@contextmanager
def _log_to_nowhere() -> Generator[None]:
    """Have a line for each poll written, as a server does, since its cost counts."""
    with Path(os.devnull).open("w") as nowhere:
        with redirect_stderr(nowhere):
            set_up(LogStyle.JSON)
        try:
            yield
        finally:
            logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def _median(rounds: Sequence[Cost], sources: int) -> Cost:
    """Return the round in the middle, per 1,000 sources."""
    middle = sorted(rounds, key=lambda cost: cost.total)[len(rounds) // 2]
    scale = 1000 / sources
    return Cost(
        polling=middle.polling * scale,
        parsers=middle.parsers * scale,
        filing=middle.filing * scale,
        server=middle.server * scale,
    )

"""Keep sources polled: lease what is due, and never more than a worker can hold."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from feedserver.errors import StoreError
from feedserver.model.attempt import Attempt, Outcome
from feedserver.model.source import Source
from feedserver.poll.pipeline import Pipeline, Report
from feedserver.store import sources
from feedserver.store.database import Database

LEASE = timedelta(minutes=10)
"""Longer than any poll takes: 32 feeds of one host that hangs wait for each other two at a time,
20 s each, and no living worker may lose its lease meanwhile."""

REFRESH_FLOOR = timedelta(minutes=5)
"""A source that was polled so lately is not asked again because a person is impatient."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls sources, several at a time.

    Attributes:
        at_once: Most polls that run at one time.
        wake: Set by whoever knows that a source may be due.
    """

    database: Database
    pipeline: Pipeline
    at_once: int = 32
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll what is due until ``stopping`` is set, then end what is under way."""
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while not stopping.is_set():
                await self.wake.wait()
                self.wake.clear()
                free = self.at_once - len(running)
                leased = () if stopping.is_set() else await self._lease(free)
                for source in leased:
                    task = group.create_task(self._poll(source), name=f"poll {source.wish.key}")
                    running.add(task)
                    task.add_done_callback(running.discard)
                    if len(leased) == free:  # then more is due, and wants the next free place
                        task.add_done_callback(lambda _: self.wake.set())

    async def poll_due(self) -> Sequence[Report]:
        """Poll everything that is due now, and return the reports."""
        reports: list[Report] = []
        while leased := await self._lease(self.at_once):
            await self.poll_leased(leased, reports.append)
        return reports

    async def poll_leased(self, leased: Sequence[Source], tell: Callable[[Report], None]) -> None:
        """Poll these sources, several at a time, and tell each report when it is there."""
        slots = asyncio.Semaphore(self.at_once)

        async def one(source: Source) -> None:
            async with slots:
                if report := await self.pipeline.poll(source):
                    tell(report)

        async with asyncio.TaskGroup() as group:
            for source in leased:
                group.create_task(one(source), name=f"poll {source.wish.key}")

    async def _lease(self, limit: int) -> Sequence[Source]:
        if limit <= 0:
            return ()
        try:
            async with self.database.write() as tx:
                return await sources.lease_due(tx, lease=LEASE, limit=limit)
        except StoreError as error:
            log.warning("no sources leased", error=str(error))
            return ()

    async def _poll(self, source: Source) -> None:
        try:
            report = await self.pipeline.poll(source)
        except StoreError as error:
            # Nothing of it was kept: the lease runs out, and the poll is done again.
            log.warning("poll not kept", source=source.wish.key, error=str(error))
            return
        except Exception:  # a fault of ours in one poll must not end all others
            log.exception("poll broke", source=source.wish.key)
            return
        if report is not None:
            _tell(report)


def skip(source: Source, *, now: datetime, rest: tuple[datetime, str] | None) -> str | None:
    """Return why a person's wish to poll a source now is not granted, or ``None`` if it is.

    A source that was never polled goes at once; a host that asked for rest has it.
    """
    if rest is not None and rest[0] > now:
        return f"its host rests until {rest[0]:%H:%M:%S} UTC: {rest[1]}"
    if source.last_polled_at is None or now - source.last_polled_at >= REFRESH_FLOOR:
        return None
    again = source.last_polled_at + REFRESH_FLOOR
    return f"polled less than 5 min ago; asked again from {again:%H:%M:%S} UTC"


def skipped(source: Source, reason: str, *, now: datetime) -> Report:
    """Return the report of a poll that did not take place."""
    return Report(
        source=source,
        attempt=Attempt(source=source.id, at=now, outcome=Outcome.SKIPPED, reason=reason),
    )


def _tell(report: Report) -> None:
    attempt = report.attempt
    say = log.info if attempt.outcome in {Outcome.OK, Outcome.UNCHANGED} else log.warning
    say(
        "polled",
        source=report.source.wish.key,
        outcome=attempt.outcome.value,
        status=attempt.status,
        entries=attempt.entries,
        new=attempt.new,
        revised=attempt.revised,
        reason=attempt.reason or None,
    )

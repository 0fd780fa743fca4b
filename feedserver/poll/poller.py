"""Keep sources polled: lease what is due, and never more than a worker can hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from feedserver.errors import StoreError
from feedserver.model.attempt import Outcome
from feedserver.model.source import Source
from feedserver.poll.pipeline import Pipeline, Report
from feedserver.store import sources
from feedserver.store.database import Database

LEASE = timedelta(minutes=10)
"""Longer than any poll takes: 32 feeds of one host that hangs wait for each other two at a time,
20 s each, and no living worker may lose its lease meanwhile."""

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

"""Poll because a person asks, in one process: what is due, or certain sources whether due or not.

It may run beside any number of servers, since it leases as they do. Each worker leases one source
when it is free for it, so no lease waits for its turn, and hosts take turns.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

import structlog

from feedserver.clock import Clock
from feedserver.errors import StoreError
from feedserver.model.attempt import Attempt, Outcome
from feedserver.model.source import Source, SourceId
from feedserver.poll.pipeline import Pipeline, Report
from feedserver.poll.poller import LEASE
from feedserver.store import sources
from feedserver.store.database import Database

Tell = Callable[[Report], None]
Next = Callable[[], Awaitable[Source | Report | None]]
"""Gives a source that was leased, or the report of one that is skipped; at the end ``None``."""

REFRESH_FLOOR = timedelta(minutes=5)
"""A source that was polled so lately is not asked again because a person is impatient."""

ELSEWHERE = "another process polls it at this moment"
BROKE = "a fault in this program; the log says more"
LOST = "another process took it over on the way; nothing of this poll was kept"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Polls, several at a time, and tells each report when it is there.

    Attributes:
        at_once: Most polls that run at one time.
    """

    database: Database
    pipeline: Pipeline
    clock: Clock
    at_once: int

    async def poll_due(self, tell: Tell) -> None:
        """Poll everything that is due, each source once.

        Raises:
            StoreError: The database cannot be used; what was told before is kept.
        """
        seen: set[SourceId] = set()

        async def following() -> Source | None:
            again: list[Source] = []
            async with self.database.write() as tx:
                # One whose poll broke is still due, and before all others: look past it.
                while leased := await sources.lease_due(tx, lease=LEASE, limit=1):
                    if leased[0].id not in seen:
                        break
                    again += leased
                await sources.give_back(tx, again)
            seen.update(source.id for source in leased)
            return leased[0] if leased else None

        await self._poll_all(following, tell)

    async def poll_these(
        self, wanted: Sequence[Source], tell: Tell, *, force: bool = False
    ) -> None:
        """Poll these sources whether they are due or not, where manners allow it.

        Args:
            force: Ask also who was asked just now, or asked for rest. For servers of one's own.

        Raises:
            StoreError: The database cannot be used; what was told before is kept.
        """
        waiting = iter(interleaved(wanted))

        async def following() -> Source | Report | None:
            source = next(waiting, None)
            return None if source is None else await self._take(source, force=force)

        await self._poll_all(following, tell)

    async def _take(self, source: Source, *, force: bool) -> Source | Report:
        async with self.database.write() as tx:
            leased = await sources.lease_these(tx, [source.id], lease=LEASE)
            if not leased:
                return skipped(source, ELSEWHERE, now=self.clock.now())
            rest = await sources.rest_of(tx, source.host)
            now = await tx.now()
            reason = None if force else skip(leased[0], now=now, rest=rest)
            if reason is None:
                return leased[0]
            await sources.give_back(tx, leased)
            return skipped(leased[0], reason, now=now)

    async def _poll_all(self, following: Next, tell: Tell) -> None:
        async def work() -> None:
            while (found := await following()) is not None:
                tell(await self._poll(found) if isinstance(found, Source) else found)

        async with asyncio.TaskGroup() as group:
            for number in range(self.at_once):
                group.create_task(work(), name=f"poll worker {number}")

    async def _poll(self, source: Source) -> Report:
        try:
            async with self._returned_if_given_up(source):
                report = await self.pipeline.poll(source)
        except StoreError:
            raise
        except Exception:  # a fault of ours in one poll must not end all others
            log.exception("poll broke", source=source.wish.key)
            now = self.clock.now()
            broke = Attempt(source=source.id, at=now, outcome=Outcome.ERROR, reason=BROKE)
            return Report(source=source, attempt=broke)
        return report or skipped(source, LOST, now=self.clock.now())

    @asynccontextmanager
    async def _returned_if_given_up(self, source: Source) -> AsyncGenerator[None]:
        """Give the lease back when the poll does not come to its end: else all wait for it."""
        try:
            yield
        except BaseException:
            await asyncio.shield(self._give_back(source))
            raise

    async def _give_back(self, source: Source) -> None:
        async with self.database.write() as tx:
            await sources.give_back(tx, [source])


def interleaved(wanted: Iterable[Source]) -> Sequence[Source]:
    """Return the sources in an order in which hosts take turns, so that none waits for another."""
    by_host: defaultdict[str, list[Source]] = defaultdict(list)
    for source in wanted:
        by_host[source.host].append(source)
    rounds = zip_longest(*by_host.values())
    return [source for source in chain.from_iterable(rounds) if source is not None]


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

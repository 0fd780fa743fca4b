"""File entries into stories: the only machine writer of stories."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedserver.clock import Clock
from feedserver.model.entry import EntryId, StoryId
from feedserver.model.story import Candidate, Unfiled
from feedserver.store import filing, leases
from feedserver.store.database import Database, Transaction
from feedserver.stories import exact

AT_ONCE = 200
LEASE = timedelta(seconds=30)

Route = Callable[[Unfiled], Sequence[tuple[str, str]]]
"""The sections that an entry is offered to, each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filer:
    """Takes entries in the order in which they came in and puts each into a story.

    Attributes:
        holder: Name of this process; where several run, one of them holds the lease to file.
    """

    database: Database
    clock: Clock
    route: Route
    holder: str

    async def file_all(self) -> int:
        """File everything that waits; return how many entries that were."""
        total = 0
        while number := await self.file_some():
            total += number
        return total

    async def file_some(self) -> int:
        """File one batch, whole or not at all; return how many entries it had.

        Zero also means that another process is at it.
        """
        async with self.database.read() as tx:
            if not await filing.anything_waits(tx):
                return 0
        async with self.database.write() as tx:
            if not await leases.hold(tx, "filer", holder=self.holder, lease=LEASE):
                return 0
            now = self.clock.now()
            waiting = await filing.unfiled(tx, limit=AT_ONCE)
            if waiting:
                await self._file(tx, waiting, now)
            return len(waiting) + await _join_twins(tx, now)

    async def _file(self, tx: Transaction, waiting: Sequence[Unfiled], now: datetime) -> None:
        candidates: defaultdict[EntryId, list[Candidate]] = defaultdict(list)
        for candidate in await filing.candidates(
            tx, upto=waiting[-1].entry, titles_within=exact.TITLES_WITHIN
        ):
            candidates[candidate.entry].append(candidate)
        filed: dict[EntryId, StoryId] = {}
        for entry in waiting:
            if entry.story is not None:
                await filing.refiled(tx, entry.entry, now=now)
                await filing.grown(tx, entry.story, last_seen_at=entry.first_seen_at)
                continue
            placement = exact.place(entry, candidates[entry.entry], filed, now=now)
            filed[entry.entry] = await self._put(tx, entry, placement, now)

    async def _put(
        self, tx: Transaction, entry: Unfiled, placement: exact.Placement, now: datetime
    ) -> StoryId:
        story = placement.story or await filing.open_story(tx, entry)
        await filing.put_in(tx, story, entry, now=now)
        await filing.offer(tx, story, self.route(entry))
        for edge in placement.edges:
            await filing.add_edge(tx, edge)
        if placement.story is not None:
            await filing.grown(tx, story, last_seen_at=entry.first_seen_at)
        return story


async def _join_twins(tx: Transaction, now: datetime) -> int:
    """Join the stories of entries that are one thing, unless a person has acted on the later.

    Returns:
        How many were looked at.
    """
    for looked_at in range(AT_ONCE):
        twins = await filing.next_twins(tx)
        if twins is None:
            return looked_at
        await filing.add_edge(tx, exact.join_twins(twins, now=now))
        await filing.twins_done(tx, twins, now=now)
        if twins.story != twins.other_story and not await filing.touched(tx, twins.story):
            await filing.merge(tx, twins.story, into=twins.other_story)
    return AT_ONCE

"""How many requests may be under way at once: to one host, and in all."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Queue:
    """Those who want something of one host, in order."""

    turn: asyncio.Semaphore
    members: int = 0


@dataclass(slots=True)
class Places:
    """Gives out places, first come first served; a host that nobody asks takes no memory."""

    per_host: int
    in_all: asyncio.Semaphore
    _queues: dict[str, _Queue] = field(default_factory=dict[str, _Queue])

    @asynccontextmanager
    async def at(self, host: str) -> AsyncGenerator[None]:
        """Wait for a place at that host, and keep it for the length of the block."""
        queue = self._queues.setdefault(host, _Queue(asyncio.Semaphore(self.per_host)))
        queue.members += 1
        try:
            # The host's turn comes first: who waits for a slow host holds nobody else up.
            async with queue.turn, self.in_all:
                yield
        finally:
            queue.members -= 1
            if not queue.members:
                del self._queues[host]

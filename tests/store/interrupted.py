"""Cancel a coroutine at one exact place: where it waits for the n-th time.

``asyncio`` cancels a task in two ways. Mostly the task still waits, and what it waits for is told.
But it may also be that this has just ended well, and the task had no turn yet: then the result is
lost. Both are tried at every place.
"""

import asyncio
from collections.abc import Coroutine, Generator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Interrupted:
    """Runs a coroutine and cancels it on the way.

    Attributes:
        waiting: The waits (from 0) in which it is cancelled while they last.
        woken: The waits after which it is cancelled although they ended well.
        waits: How many there were.
    """

    work: Coroutine[Any, Any, object]
    waiting: frozenset[int] = frozenset()
    woken: frozenset[int] = frozenset()
    waits: int = field(default=0, init=False)

    async def run(self) -> bool:
        """Run the coroutine, and tell whether it was cancelled."""
        task = asyncio.ensure_future(self._stepped())  # noqa: TID251 - awaited in the next line
        await asyncio.wait([task])
        if task.cancelled():
            return True
        task.result()
        return False

    async def _stepped(self) -> None:
        await _Awaitable(self._steps(asyncio.current_task()))

    def _steps(self, task: "asyncio.Task[Any] | None") -> Generator[Any, Any, None]:
        assert task is not None
        thrown: BaseException | None = None
        while True:
            try:
                awaited = self.work.throw(thrown) if thrown else self.work.send(None)
            except StopIteration:
                return
            thrown, place = None, self.waits
            self.waits += 1
            if place in self.waiting:
                task.cancel()
            try:
                yield awaited
            except asyncio.CancelledError as cancelled:
                thrown = cancelled
            if place in self.woken and thrown is None:
                thrown = asyncio.CancelledError()


@dataclass
class _Awaitable:
    steps: Generator[Any, Any, None]

    def __await__(self) -> Generator[Any, Any, None]:
        return self.steps

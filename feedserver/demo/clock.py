"""A clock that plays the past quickly and then becomes the one on the wall."""

import asyncio
from datetime import datetime, timedelta

from feedserver.clock import Clock


class PlayedClock:
    """Stands where it is set until it goes live, and never goes back.

    Whoever sleeps by it wakes when it is set past the end of that sleep; what is left of a sleep
    when it goes live is slept on the wall's clock.
    """

    def __init__(self, moment: datetime, wall: Clock) -> None:
        self._moment = moment
        self._wall = wall
        self._live = False
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the moment that is played, in UTC."""
        if self._live:
            self._moment = max(self._moment, self._wall.now())
        return self._moment

    async def sleep(self, seconds: float) -> None:
        """Return after that many played seconds."""
        end = self.now() + timedelta(seconds=seconds)
        # Others run even when nothing is left to sleep, as with asyncio.sleep(0).
        await self._wall.sleep(0)
        while not self._live and self._moment < end:
            await self._moved.wait()
        left = (end - self.now()).total_seconds()
        if left > 0:
            await self._wall.sleep(left)

    def set_forward(self, moment: datetime) -> None:
        """Make it that moment.

        Raises:
            ValueError: It is later already, or the clock is live.
        """
        if self._live:
            raise ValueError(f"the clock is live; it cannot be set to {moment.isoformat()}")
        if moment < self._moment:
            raise ValueError(
                f"the clock shows {self._moment.isoformat()} and never goes back; "
                f"{moment.isoformat()} is earlier"
            )
        self._moment = moment
        self._wake()

    def go_live(self) -> None:
        """Show the wall's time from now on; stand until it has caught up, where it is behind."""
        self._live = True
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

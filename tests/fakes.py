"""The seams of the package, each with a fake: here, time."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class FakeClock:
    """A clock that a test sets by hand, and that waits for nothing.

    Attributes:
        moment: What time it is. A sleep moves it on by as much as was asked for.
    """

    moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)  # noqa: TID251 - lets the others run, as a true sleep would

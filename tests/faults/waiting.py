"""Wait for what another process does."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from feedserver.clock import SystemClock

LOOK_EVERY = 0.02


async def looks(within: float, what: str) -> AsyncGenerator[float]:
    """Yield the seconds that have passed, again and again, until the caller breaks off.

    Raises:
        AssertionError: ``within`` seconds were not enough.
    """
    loop, clock = asyncio.get_running_loop(), SystemClock()
    start = loop.time()
    while (passed := loop.time() - start) < within:
        yield passed
        await clock.sleep(LOOK_EVERY)
    raise AssertionError(f"within {within} s it did not happen that {what}")


async def until(holds: Callable[[], Awaitable[bool]], *, within: float, what: str) -> float:
    """Wait until something holds, and return how many seconds that took."""
    async for passed in looks(within, what):
        if await holds():
            return passed
    raise AssertionError("looks() ends by an error alone")


async def until_clear(complaints: Callable[[], Awaitable[list[str]]], *, within: float) -> float:
    """Wait until there is nothing to complain about any more.

    Raises:
        AssertionError: There still was, with the complaints.
    """
    left: list[str] = []

    async def clear() -> bool:
        left[:] = await complaints()
        return not left

    try:
        return await until(clear, within=within, what="nothing is amiss")
    except AssertionError as error:
        raise AssertionError("\n".join([str(error), *left])) from None

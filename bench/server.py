"""A server under load, as whoever measures sees it."""

import os
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server of one feed.

    Attributes:
        url: Of the feed.
        cpu_seconds: Returns what its processes have spent so far.
    """

    url: str
    cpu_seconds: Callable[[], float]


def first_core() -> int:
    """Return the core that servers run on."""
    return min(os.sched_getaffinity(0))


def last_core() -> int:
    """Return the core that the load comes from: another one, where there is another."""
    return max(os.sched_getaffinity(0))

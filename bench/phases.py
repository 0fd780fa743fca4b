"""What a poller goes through, the same for each: first polls, then three kinds of repeated ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.feeds import ENTRIES, NEW_IN_EDITION
from bench.origin import Origin

FIRST, SAME_304, SAME_200, CHANGED = "first poll", "304", "200, same body", "2 new of 20"
PHASES = (FIRST, SAME_304, SAME_200, CHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is to be polled.

    Attributes:
        rounds: How often the repeated polls are repeated; the median counts.
    """

    origin: Origin
    sources: int
    rounds: int

    def url(self, source: int) -> str:
        """Return the address of a source for who polls by addresses alone."""
        return f"http://127.0.0.1:{self.origin.port}/{source}/feed.xml"

    @property
    def entries_at_the_end(self) -> int:
        """How many entries each source has brought after all phases."""
        return ENTRIES + self.rounds * NEW_IN_EDITION

    def phases(self) -> Iterator[str]:
        """Yield the name of each phase when all sources are to be polled once."""
        self.origin.show(0, honest=True)
        yield FIRST
        for _ in range(self.rounds):
            yield SAME_304
        self.origin.show(0, honest=False)
        for _ in range(self.rounds):
            yield SAME_200
        for edition in range(1, self.rounds + 1):
            self.origin.show(edition, honest=True)
            yield CHANGED

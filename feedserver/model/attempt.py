"""What one poll of one source came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from feedserver.model.source import SourceId


class Outcome(StrEnum):
    """How a poll ended."""

    OK = "ok"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    ERROR = "error"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The record of one poll.

    Attributes:
        status: HTTP status of the last answer; ``None`` where there was none.
        entries: Items in the document. ``new`` and ``revised``: how many of them were.
        bytes: Length of the decoded body.
        reason: In words, why it ended so.
        findings: What was repaired or left out of the document, and how often.
    """

    source: SourceId
    at: datetime
    outcome: Outcome
    status: int | None = None
    entries: int = 0
    new: int = 0
    revised: int = 0
    bytes: int = 0
    took: timedelta = timedelta(0)
    reason: str = ""
    findings: Mapping[str, int] = field(default_factory=dict[str, int])

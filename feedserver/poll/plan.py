"""Decide what a poll means: when to ask again, what to remember, what to record. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedserver.errors import (
    BlockedError,
    FeedServerError,
    FetchError,
    GoneError,
    ParseError,
    ThrottledError,
)
from feedserver.model.attempt import Outcome
from feedserver.model.source import Source, SourceState, Validators

FIRST_BACKOFF = timedelta(minutes=15)
REFUSED_BACKOFF = timedelta(hours=6)
LONGEST_BACKOFF = timedelta(days=1)
LONGEST_WISH = timedelta(days=1)
"""How far a publisher's freshness or ttl may put off a poll."""

GONE_FOR_GOOD = timedelta(days=14)
AFTER_GONE = timedelta(days=30)
OUTCOMES = {
    BlockedError: Outcome.BLOCKED,
    ThrottledError: Outcome.THROTTLED,
    GoneError: Outcome.GONE,
}
STATES = {
    BlockedError: SourceState.BLOCKED,
    ThrottledError: SourceState.THROTTLED,
    GoneError: SourceState.GONE,
}
REFUSALS = frozenset({401, 403, 451})


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The source sent a document that could be read.

    Attributes:
        fresh_for: How long HTTP says that the answer stays good (RFC 9111, section 4.2).
        ttl: How long the document itself asks us to wait.
    """

    validators: Validators
    body_sha256: str
    fresh_for: timedelta = timedelta(0)
    ttl: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The source answered 304 Not Modified, or sent the same body again.

    Attributes:
        validators: From this answer; ``None`` where a 304 did not repeat them.
    """

    validators: Validators | None
    fresh_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source could not be fetched or read."""

    error: FeedServerError


Result = Read | Unchanged | Failed


def after_poll(source: Source, result: Result, *, now: datetime, spread: float = 0.0) -> Source:
    """Return the source as it stands after a poll that ended at ``now``.

    A good poll is followed by our own interval, or by the publisher's wish where that is longer
    (at most :data:`LONGEST_WISH`). A failure doubles the wait each time.

    Args:
        spread: From -0.1 to 0.1: the part by which our own waits vary, so that no burst comes up.
    """
    match result:
        case Read(validators=validators, body_sha256=body):
            wait, reason = _own_or_wish(source, result.fresh_for, result.ttl, spread)
            after = replace(source, validators=validators, body_sha256=body)
            return _good(after, wait, reason, now)
        case Unchanged(validators=validators, fresh_for=fresh_for):
            wait, reason = _own_or_wish(source, fresh_for, timedelta(0), spread)
            after = source if validators is None else replace(source, validators=validators)
            return _good(after, wait, reason, now)
        case Failed(error=error):
            return _bad(source, error, now, spread)


def outcome(result: Result) -> Outcome:
    """Return what the record of the poll says."""
    match result:
        case Read():
            return Outcome.OK
        case Unchanged():
            return Outcome.UNCHANGED
        case Failed(error=error):
            return next(
                (o for kind, o in OUTCOMES.items() if isinstance(error, kind)), Outcome.ERROR
            )


def in_words(wait: timedelta) -> str:
    """Return a length of time as a person says it: ``90 min``, ``6 h``, ``2 d``."""
    seconds = round(wait.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{round(seconds / 60)} min" if seconds >= 120 else f"{seconds} s"  # noqa: PLR2004 - two minutes


def _own_or_wish(
    source: Source, fresh_for: timedelta, ttl: timedelta, spread: float
) -> tuple[timedelta, str]:
    own = source.wish.interval
    wish, whose = max((fresh_for, "HTTP says that it stays fresh"), (ttl, "its ttl asks"))
    if min(wish, LONGEST_WISH) > own:
        asked = min(wish, LONGEST_WISH)
        return asked, f"{whose} for {in_words(asked)}"
    return own * (1 + spread), f"every {in_words(own)}"


def _good(source: Source, wait: timedelta, reason: str, now: datetime) -> Source:
    return replace(
        source,
        next_poll_at=now + wait,
        next_poll_reason=reason,
        failures=0,
        state=SourceState.WORKING,
        gone_since=None,
        last_polled_at=now,
        last_ok_at=now,
    )


def _bad(source: Source, error: FeedServerError, now: datetime, spread: float) -> Source:
    failures = source.failures + 1
    gone_since = (source.gone_since or now) if isinstance(error, GoneError) else None
    after = replace(source, failures=failures, last_polled_at=now, gone_since=gone_since)
    if isinstance(error, ParseError):
        # A body that we could not read must not be "unchanged" next time: the feed would stay dead.
        after = replace(after, validators=Validators(), body_sha256=None)
    wait, reason = _rest(error, failures, now - (gone_since or now), spread)
    return replace(
        after,
        next_poll_at=now + wait,
        next_poll_reason=reason,
        state=next(
            (s for kind, s in STATES.items() if isinstance(error, kind)), SourceState.FAILING
        ),
    )


def _rest(
    error: FeedServerError, failures: int, gone_for: timedelta, spread: float
) -> tuple[timedelta, str]:
    """Return how long to leave a source alone after a failure, and why."""
    backoff = _doubled(FIRST_BACKOFF, failures) * (1 + spread)
    match error:
        case ThrottledError(retry_after=timedelta() as asked):
            return asked, f"asked to wait {in_words(asked)}"
        case GoneError():
            wait = AFTER_GONE if gone_for >= GONE_FOR_GOOD else LONGEST_BACKOFF
            return wait, f"gone, asked every {in_words(wait)}"
        case FetchError(status=int() as status) if status in REFUSALS:
            wait = _doubled(REFUSED_BACKOFF, failures)
            return wait, f"refused with {status}, asked again after {in_words(wait)}"
        case _:
            times = "once" if failures == 1 else f"{failures} times in a row"
            return backoff, f"failed {times}, asked again after {in_words(backoff)}"


def _doubled(first: timedelta, failures: int) -> timedelta:
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(doubled, LONGEST_BACKOFF)

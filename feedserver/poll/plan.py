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
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
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
        case Read(validators=validators, body_sha256=body, ttl=ttl):
            after = replace(source, validators=validators, body_sha256=body, ttl=ttl)
            return _good(after, result.fresh_for, now, spread)
        case Unchanged(validators=validators):
            after = replace(source, validators=validators or source.validators)
            return _good(after, result.fresh_for, now, spread)
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
    """Return a length of time as a person says it: ``90 s``, ``90 min``, ``6 h``, ``2 d``."""
    seconds = round(wait.total_seconds())
    for size, unit in UNITS:
        if seconds >= size and (seconds % size == 0 or seconds >= 10 * size):
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} s"


def _own_or_wish(source: Source, fresh_for: timedelta, spread: float) -> tuple[timedelta, str]:
    interval = source.wish.interval
    own = interval * (1 + spread)
    wish, whose = max((fresh_for, "HTTP says that it stays fresh"), (source.ttl, "its ttl asks"))
    asked = min(wish, LONGEST_WISH)
    if asked > own:
        return asked, f"{whose} for {in_words(asked)}"
    return own, f"every {in_words(interval)}"


def _good(source: Source, fresh_for: timedelta, now: datetime, spread: float) -> Source:
    wait, reason = _own_or_wish(source, fresh_for, spread)
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
    # A failure of another kind says nothing of whether the document came back.
    gone_since = (source.gone_since or now) if isinstance(error, GoneError) else source.gone_since
    after = replace(source, failures=failures, last_polled_at=now, gone_since=gone_since)
    if isinstance(error, ParseError):
        # A body that we could not read must not be "unchanged" next time: the feed would stay dead.
        after = replace(after, validators=Validators(), body_sha256=None)
    wait, reason = _rest(after, error, now, spread)
    return replace(
        after,
        next_poll_at=now + wait,
        next_poll_reason=reason,
        state=next(
            (s for kind, s in STATES.items() if isinstance(error, kind)), SourceState.FAILING
        ),
    )


def _rest(
    source: Source, error: FeedServerError, now: datetime, spread: float
) -> tuple[timedelta, str]:
    """Return how long to leave a source alone after a failure, and why."""
    failures = source.failures
    match error:
        case ThrottledError(retry_after=timedelta() as asked):
            # Asked back sooner than we would come anyway, we come when we would.
            wait = max(asked, source.wish.interval * (1 + spread))
            return wait, f"asked to wait {in_words(asked)}, asked again after {in_words(wait)}"
        case GoneError():
            gone_for = now - (source.gone_since or now)
            wait = AFTER_GONE if gone_for >= GONE_FOR_GOOD else LONGEST_BACKOFF
            return wait, f"gone, asked every {in_words(wait)}"
        case FetchError(status=int() as status) if status in REFUSALS:
            wait = _doubled(REFUSED_BACKOFF, failures) * (1 + spread)
            return wait, f"refused with {status}, asked again after {in_words(wait)}"
        case _:
            wait = _doubled(FIRST_BACKOFF, failures) * (1 + spread)
            times = "once" if failures == 1 else f"{failures} times in a row"
            return wait, f"failed {times}, asked again after {in_words(wait)}"


def _doubled(first: timedelta, failures: int) -> timedelta:
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(doubled, LONGEST_BACKOFF)

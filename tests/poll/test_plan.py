from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.errors import (
    BlockedError,
    FeedServerError,
    FetchError,
    GoneError,
    ParseError,
    ThrottledError,
    TooLargeError,
)
from feedserver.model.attempt import Outcome
from feedserver.model.source import (
    Kind,
    Source,
    SourceId,
    SourceState,
    SourceWish,
    Validators,
)
from feedserver.poll.plan import Failed, Read, Result, Unchanged, after_poll, in_words, outcome

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OLD = Validators(etag='"old"', last_modified="yesterday", url="https://example.org/feed")
NEW = Validators(etag='"new"', url="https://example.org/feed")
SOURCE = Source(
    id=SourceId(1),
    wish=SourceWish(
        key="example",
        title="Example",
        url="https://example.org/feed",
        owner="Example Ltd",
        country="GB",
        language="en",
        kind=Kind.NATIONAL,
        interval=30 * MINUTE,
    ),
    next_poll_at=NOW,
    validators=OLD,
    body_sha256="old",
)


def read(*, fresh_for: timedelta = timedelta(0), ttl: timedelta = timedelta(0)) -> Read:
    return Read(validators=NEW, body_sha256="new", fresh_for=fresh_for, ttl=ttl)


def failed(error: FeedServerError) -> Failed:
    return Failed(error=error)


@pytest.mark.parametrize(
    ("result", "wait", "reason"),
    [
        (read(), 30 * MINUTE, "every 30 min"),
        (read(fresh_for=10 * MINUTE), 30 * MINUTE, "every 30 min"),
        (read(fresh_for=HOUR), HOUR, "HTTP says that it stays fresh for 1 h"),
        (read(ttl=HOUR), HOUR, "its ttl asks for 1 h"),
        (read(fresh_for=HOUR, ttl=2 * HOUR), 2 * HOUR, "its ttl asks for 2 h"),
        (read(fresh_for=30 * DAY), DAY, "HTTP says that it stays fresh for 1 d"),
        (read(ttl=365 * DAY), DAY, "its ttl asks for 1 d"),
        (Unchanged(validators=None), 30 * MINUTE, "every 30 min"),
        (Unchanged(validators=None, fresh_for=HOUR), HOUR, "HTTP says that it stays fresh for 1 h"),
        (failed(FetchError("x")), 15 * MINUTE, "failed once, asked again after 15 min"),
        (failed(FetchError("x", status=404)), 15 * MINUTE, "failed once, asked again after 15 min"),
        (failed(FetchError("x", status=403)), 6 * HOUR, "refused with 403, asked again after 6 h"),
        (failed(ParseError("x")), 15 * MINUTE, "failed once, asked again after 15 min"),
        (failed(GoneError("x", status=410)), DAY, "gone, asked every 1 d"),
        (
            failed(ThrottledError("x", retry_after=7 * DAY)),
            7 * DAY,
            "asked to wait 7 d, asked again after 7 d",
        ),
        (
            failed(ThrottledError("x", retry_after=timedelta(0))),
            30 * MINUTE,
            "asked to wait 0 s, asked again after 30 min",
        ),
        (failed(ThrottledError("x")), 15 * MINUTE, "failed once, asked again after 15 min"),
    ],
)
def test_a_poll_says_when_the_next_is_and_why(result: Result, wait: timedelta, reason: str) -> None:
    after = after_poll(SOURCE, result, now=NOW)
    assert (after.next_poll_at - NOW, after.next_poll_reason) == (wait, reason)


@pytest.mark.parametrize(
    ("result", "state", "recorded"),
    [
        (read(), SourceState.WORKING, Outcome.OK),
        (Unchanged(validators=None), SourceState.WORKING, Outcome.UNCHANGED),
        (failed(FetchError("x")), SourceState.FAILING, Outcome.ERROR),
        (failed(TooLargeError("x")), SourceState.FAILING, Outcome.ERROR),
        (failed(ParseError("x")), SourceState.FAILING, Outcome.ERROR),
        (failed(BlockedError("x")), SourceState.BLOCKED, Outcome.BLOCKED),
        (failed(ThrottledError("x")), SourceState.THROTTLED, Outcome.THROTTLED),
        (failed(GoneError("x")), SourceState.GONE, Outcome.GONE),
    ],
)
def test_a_poll_shows_how_a_source_is(
    result: Result, state: SourceState, recorded: Outcome
) -> None:
    assert after_poll(SOURCE, result, now=NOW).state is state
    assert outcome(result) is recorded


@pytest.mark.parametrize(
    ("result", "validators", "body"),
    [
        (read(), NEW, "new"),
        (Read(validators=Validators(), body_sha256="new"), Validators(), "new"),
        (Unchanged(validators=None), OLD, "old"),
        (Unchanged(validators=NEW), NEW, "old"),
        (Unchanged(validators=Validators()), Validators(), "old"),
        (failed(FetchError("x")), OLD, "old"),
        (failed(TooLargeError("x")), OLD, "old"),
        (failed(ParseError("x")), Validators(), None),
    ],
    ids=[
        "a new body's are kept",
        "a new body without any forgets them",
        "a 304 may be silent",
        "a 304 may bring new ones",
        "the same body without any forgets them",
        "a failure keeps them",
        "a body that was too large too",
        "after a body that cannot be read nothing is kept",
    ],
)
def test_validators_belong_to_the_last_body_that_was_read(
    result: Result, validators: Validators, body: str | None
) -> None:
    after = after_poll(SOURCE, result, now=NOW)
    assert (after.validators, after.body_sha256) == (validators, body)


def test_a_documents_ttl_holds_as_long_as_the_document() -> None:
    told = after_poll(SOURCE, read(ttl=2 * HOUR), now=NOW)
    again = after_poll(told, Unchanged(validators=None), now=NOW)
    assert again.next_poll_at == NOW + 2 * HOUR
    assert after_poll(again, read(), now=NOW).next_poll_at == NOW + 30 * MINUTE


@pytest.mark.parametrize(
    ("error", "failures", "wait"),
    [
        (FetchError("x"), 1, 30 * MINUTE),
        (FetchError("x"), 3, 2 * HOUR),
        (FetchError("x"), 6, 16 * HOUR),
        (FetchError("x"), 7, DAY),
        (FetchError("x"), 100_000, DAY),
        (FetchError("x", status=451), 1, 12 * HOUR),
        (FetchError("x", status=401), 2, DAY),
        (ThrottledError("x"), 2, HOUR),
        (ThrottledError("x", retry_after=HOUR), 50, HOUR),
        (GoneError("x"), 5, DAY),
    ],
)
def test_failures_double_the_wait_up_to_a_day(
    error: FeedServerError, failures: int, wait: timedelta
) -> None:
    after = after_poll(replace(SOURCE, failures=failures), failed(error), now=NOW)
    assert after.next_poll_at == NOW + wait
    assert after.failures == failures + 1


def test_a_success_forgets_all_failures() -> None:
    source = replace(SOURCE, failures=9, gone_since=NOW, state=SourceState.GONE)
    after = after_poll(source, Unchanged(validators=None), now=NOW + DAY)
    assert (after.failures, after.gone_since, after.state) == (0, None, SourceState.WORKING)
    assert after.last_ok_at == after.last_polled_at == NOW + DAY


def test_a_failure_is_no_success() -> None:
    source = replace(SOURCE, last_ok_at=NOW)
    after = after_poll(source, failed(FetchError("x")), now=NOW + DAY)
    assert (after.last_ok_at, after.last_polled_at) == (NOW, NOW + DAY)


def test_a_source_that_is_gone_for_two_weeks_is_asked_once_a_month() -> None:
    gone = after_poll(SOURCE, failed(GoneError("x")), now=NOW)
    later = after_poll(gone, failed(GoneError("x")), now=NOW + 13 * DAY)
    assert later.next_poll_at == NOW + 14 * DAY
    unreachable = after_poll(later, failed(FetchError("x")), now=NOW + 14 * DAY)
    last = after_poll(unreachable, failed(GoneError("x")), now=NOW + 15 * DAY)
    assert last.next_poll_at == NOW + 45 * DAY
    assert last.next_poll_reason == "gone, asked every 30 d"


@pytest.mark.parametrize(
    ("result", "wait"),
    [
        (read(), 27 * MINUTE),
        (read(fresh_for=29 * MINUTE), 29 * MINUTE),
        (failed(FetchError("x")), 13.5 * MINUTE),
        (failed(FetchError("x", status=403)), 5.4 * HOUR),
        (failed(ThrottledError("x", retry_after=HOUR)), HOUR),
    ],
)
def test_our_own_waits_vary_and_what_we_were_asked_for_does_not(
    result: Result, wait: timedelta
) -> None:
    assert after_poll(SOURCE, result, now=NOW, spread=-0.1).next_poll_at == NOW + wait


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(0), "0 s"),
        (90 * MINUTE, "90 min"),
        (timedelta(seconds=90), "90 s"),
        (timedelta(seconds=960.4), "16 min"),
        (6 * HOUR, "6 h"),
        (23.7 * HOUR, "24 h"),
        (2 * DAY, "2 d"),
    ],
)
def test_a_length_of_time_in_words(wait: timedelta, words: str) -> None:
    assert in_words(wait) == words


LENGTHS = st.timedeltas(min_value=timedelta(0), max_value=400 * DAY)
ERRORS = st.one_of(
    st.builds(FetchError, st.just("x"), status=st.none() | st.integers(100, 599)),
    st.builds(ThrottledError, st.just("x"), retry_after=st.none() | LENGTHS),
    st.sampled_from([GoneError("x"), BlockedError("x"), ParseError("x")]),
)
RESULTS = st.one_of(
    st.builds(read, fresh_for=LENGTHS, ttl=LENGTHS),
    st.builds(Unchanged, validators=st.none() | st.just(NEW), fresh_for=LENGTHS),
    st.builds(failed, ERRORS),
)
SPREADS = st.floats(-0.1, 0.1)


@given(polls=st.lists(st.tuples(RESULTS, SPREADS, LENGTHS), min_size=1, max_size=20))
def test_the_next_poll_is_always_later_and_failures_only_grow(
    polls: list[tuple[Result, float, timedelta]],
) -> None:
    source, now = SOURCE, NOW
    for result, spread, pause in polls:
        after = after_poll(source, result, now=now, spread=spread)
        assert after.next_poll_at > now
        assert after.next_poll_reason
        grows = isinstance(result, Failed)
        assert after.failures == (source.failures + 1 if grows else 0)
        source, now = after, now + pause


@given(error=ERRORS, fewer=st.integers(0, 50), more=st.integers(0, 50), spread=SPREADS)
def test_who_failed_more_often_never_waits_less(
    error: FeedServerError, fewer: int, more: int, spread: float
) -> None:
    waits = [
        after_poll(replace(SOURCE, failures=n), failed(error), now=NOW, spread=spread).next_poll_at
        for n in sorted((fewer, more))
    ]
    assert waits == sorted(waits)

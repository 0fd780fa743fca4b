from datetime import UTC, datetime, timedelta

import pytest

from feedserver.fetch.caching import (
    NO_VALIDATORS,
    conditions,
    fresh_for,
    refreshed,
    retry_after,
    validators_of,
)
from feedserver.model.source import Validators

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "http://one.test/feed"
LM = "Thu, 01 Jan 2026 11:00:00 GMT"


@pytest.mark.parametrize(
    "etag",
    [
        '"33a64df5"',
        'W/"weak"',
        "unquoted-1",
        '"a,b c\\d"',
        '"abc-gzip"',
        '""',
        '"été"',
        '"tab\there"',
        "0",
    ],
)
def test_an_odd_etag_is_kept_and_sent_back_as_it_came(etag: str) -> None:
    known = validators_of({"etag": etag}, URL)
    assert conditions(known, URL) == {"If-None-Match": etag}


@pytest.mark.parametrize("date", [LM, "2026-07-06T12:00:00Z", "Sat, 16 Nov 2041 19:11:00 GMT", "x"])
def test_a_last_modified_of_any_form_is_sent_back_as_it_came(date: str) -> None:
    known = validators_of({"last-modified": date}, URL)
    assert conditions(known, URL) == {"If-Modified-Since": date}


@pytest.mark.parametrize("etag", ["", '"\udce9t\udce9"', '"a\x00"', '"' + "e" * 5000 + '"'])
def test_an_etag_that_cannot_be_sent_back_whole_is_not_kept(etag: str) -> None:
    assert validators_of({"etag": etag}, URL) == NO_VALIDATORS
    known = validators_of({"etag": etag, "last-modified": LM}, URL)
    assert conditions(known, URL) == {"If-Modified-Since": LM}


def test_an_answer_without_validators_leaves_none() -> None:
    assert validators_of({"content-type": "text/xml"}, URL) == NO_VALIDATORS


def test_validators_are_sent_to_no_other_address() -> None:
    known = validators_of({"etag": '"1"'}, URL)
    assert conditions(known, "http://one.test/feed?page=2") == {}
    assert conditions(Validators(etag='"1"'), URL) == {}


def test_a_304_replaces_what_it_brings_and_leaves_the_rest() -> None:
    known = Validators(etag='"1"', last_modified=LM, url=URL)
    assert refreshed(known, {}) == known
    assert refreshed(known, {"etag": '"2"'}) == Validators(etag='"2"', last_modified=LM, url=URL)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600, immutable"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=31536000000, immutable"}, 86400),
        ({"cache-control": "max-age=" + "9" * 5000}, 86400),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"expires": "Thu, 01 Jan 2026 14:00:00 GMT"}, 7200),
        ({"expires": "Thu, 01 Jan 2026 14:00:00 GMT", "date": LM}, 10800),
        ({"expires": "Thu, 01 Jan 2026 14:00:00 GMT", "date": "today"}, 7200),
        ({"expires": "Thu, 01 Jan 2026 14:00:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"expires": "Fri, 01 Jan 2038 00:00:00 GMT"}, 86400),
    ],
)
def test_freshness_is_what_the_headers_say_up_to_a_day(
    headers: dict[str, str], seconds: int
) -> None:
    assert fresh_for(headers, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta(0)),
        ("Thu, 01 Jan 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Thu, 01 Jan 2026 13:00:00 -0000", timedelta(hours=1)),
        ("99999999999999999999", timedelta(days=7)),
        ("Fri, 01 Jan 2038 00:00:00 GMT", timedelta(days=7)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("soon\udcc3", None),
        ("١٢", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_nonsense_as_nothing(
    text: str, wait: timedelta | None
) -> None:
    assert retry_after(text, NOW) == wait

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.model.feed import ALL, FeedVersion, Format
from feedserver.publish.answers import Answer, answer
from feedserver.publish.documents import finished
from tests.publish.samples import NOW

DOCUMENT = finished(
    b"<feed/>" * 50, FeedVersion(name=ALL, version=3, shown=3, shown_at=NOW), Format.ATOM
)
PLAIN, GZIPPED = f'"{DOCUMENT.etag}"', f'"{DOCUMENT.etag}-gzip"'
URL = "https://feeds.harbour.example/feeds/all.atom"


def asked(*headers: tuple[str, str], method: str = "GET") -> Answer:
    return answer(method, headers, DOCUMENT, self_url=URL)


def test_a_first_request_is_given_the_document_with_all_that_caches_need() -> None:
    given = asked()
    assert given.status == 200
    assert given.body == DOCUMENT.body
    assert given.headers == {
        "ETag": PLAIN,
        "Last-Modified": "Mon, 03 Nov 2025 12:00:00 GMT",
        "Cache-Control": "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400",
        "Vary": "Accept-Encoding, Sec-Fetch-Mode, Sec-Fetch-Dest",
        "Link": f'<{URL}>; rel="self"',
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Content-Length": str(len(DOCUMENT.body)),
    }


@pytest.mark.parametrize("form", Format)
def test_every_format_is_sent_with_its_media_type_and_a_charset(form: Format) -> None:
    version = FeedVersion(name=ALL, version=1, shown=1, shown_at=NOW)
    given = answer("GET", [], finished(b"x", version, form), self_url=URL)
    assert given.headers["Content-Type"] == f"{form.media_type}; charset=utf-8"


def test_a_304_repeats_what_caches_need_and_has_no_body() -> None:
    given = asked(("If-None-Match", PLAIN))
    assert (given.status, given.body) == (304, b"")
    whole = asked().headers
    assert given.headers == {
        name: whole[name] for name in whole if name not in {"Content-Type", "Content-Length"}
    }


def test_head_is_get_without_the_body() -> None:
    assert asked(method="HEAD").headers == asked().headers
    assert asked(method="HEAD").body == b""
    assert asked(("If-None-Match", PLAIN), method="HEAD").status == 304


def test_another_method_is_told_what_is_allowed() -> None:
    given = asked(("If-None-Match", "*"), method="POST")
    assert (given.status, given.headers) == (405, {"Allow": "GET, HEAD"})


@pytest.mark.parametrize(
    "tags",
    [
        PLAIN,
        f"W/{PLAIN}",
        f'"other", {PLAIN}',
        f'"other,with,commas" ,W/"x",{PLAIN}',
        "*",
        " * ",
        ", ".join(['"x"'] * 1000 + [PLAIN]),
    ],
)
def test_if_none_match_is_a_list_of_tags_compared_weakly(tags: str) -> None:
    assert asked(("if-none-match", tags)).status == 304


def test_if_none_match_may_come_on_several_lines() -> None:
    assert asked(("If-None-Match", '"other"'), ("If-None-Match", PLAIN)).status == 304


@pytest.mark.parametrize(
    "tags", ['"other"', DOCUMENT.etag, "", '"', f'"x,{DOCUMENT.etag}"', GZIPPED, f"'{PLAIN[1:-1]}'"]
)
def test_a_tag_of_something_else_gets_the_document(tags: str) -> None:
    assert asked(("If-None-Match", tags)).status == 200


def test_gzip_has_a_strong_tag_of_its_own() -> None:
    gzip = ("Accept-Encoding", "gzip, br")
    given = asked(gzip)
    assert given.headers["ETag"] == GZIPPED
    assert given.headers["Content-Encoding"] == "gzip"
    assert given.headers["Content-Length"] == str(len(DOCUMENT.gzip))
    assert given.body == DOCUMENT.gzip
    assert asked(gzip, ("If-None-Match", GZIPPED)).status == 304
    assert asked(gzip, ("If-None-Match", PLAIN)).status == 200


@pytest.mark.parametrize(
    ("accepted", "gzip"),
    [
        ("gzip", True),
        ("GZIP;Q=1", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0.5, identity;q=0.5", True),
        ("identity;q=0, gzip;q=0.001", True),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("gzip;q=0.5, identity", False),
        ("*;q=0", False),
        ("gzip;q=2", False),
        ("gzip;q=nan", False),
        ("gzip;level=9", False),
    ],
)
def test_gzip_is_sent_where_it_is_as_welcome_as_plain_bytes(accepted: str, gzip: bool) -> None:
    encoded = "Content-Encoding" in asked(("Accept-Encoding", accepted)).headers
    assert encoded is gzip


@pytest.mark.parametrize(
    ("later", "status"), [(timedelta(0), 304), (timedelta(days=9), 304), (timedelta(-1), 200)]
)
def test_if_modified_since_is_asked_where_there_is_no_tag(later: timedelta, status: int) -> None:
    since = ("If-Modified-Since", format_datetime(NOW + later, usegmt=True))
    assert asked(since).status == status


def test_a_tag_decides_and_the_date_beside_it_is_not_asked() -> None:
    since = ("If-Modified-Since", format_datetime(NOW, usegmt=True))
    assert asked(since, ("If-None-Match", '"other"')).status == 200
    old = ("If-Modified-Since", "Mon, 03 Nov 2003 12:00:00 GMT")
    assert asked(old, ("If-None-Match", PLAIN)).status == 304


@pytest.mark.parametrize(
    "date", ["", "yesterday", "0", "Mon, 99 Nov 2025 12:00:00 GMT", "Mon, 03 Nov 9e9 12:00:00 GMT"]
)
def test_what_is_no_date_is_as_if_it_was_not_sent(date: str) -> None:
    assert asked(("If-Modified-Since", date)).status == 200


def test_a_date_without_a_zone_is_read_as_utc() -> None:
    assert asked(("If-Modified-Since", "Mon, 03 Nov 2025 12:00:00 -0000")).status == 304


def test_last_modified_is_the_versions_time_and_advances_with_it() -> None:
    later = FeedVersion(name=ALL, version=4, shown=4, shown_at=NOW + timedelta(seconds=1))
    given = answer("GET", [], finished(b"<new/>", later, Format.ATOM), self_url=URL)
    assert given.headers["ETag"] != asked().headers["ETag"]
    assert given.headers["Last-Modified"] == "Mon, 03 Nov 2025 12:00:01 GMT"
    assert datetime(2025, 11, 3, 12, 0, 1, tzinfo=UTC) == later.shown_at


NAMES = st.sampled_from(["Accept-Encoding", "If-None-Match", "If-Modified-Since", "A-IM"])


@given(st.lists(st.tuples(NAMES, st.text())))
def test_no_header_brings_an_answer_down(headers: list[tuple[str, str]]) -> None:
    assert asked(*headers).status in {200, 304}

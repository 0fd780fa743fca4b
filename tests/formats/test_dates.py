"""Moments as feeds write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.dates import EARLIEST, LATEST, has_zone, moment


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Thu, 28 Jul 2022 16:35:00 +0900", "2022-07-28T07:35"),
        ("Thu, 28 Jul 2022 16:35:00 GMT", "2022-07-28T16:35"),
        ("Thu, 28 Jul 2022 16:35:00 EST", "2022-07-28T21:35"),
        ("Thu, 28 Jul 2022 16:35:00 KST", "2022-07-28T07:35"),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05"),
        ("2022-07-28 16:35 UTC-3", "2022-07-28T19:35"),
        ("2022-07-28T16:35:00Z", "2022-07-28T16:35"),
        ("2022-07-28T16:35:00.25+09:00", "2022-07-28T07:35:00.25"),
        ("2022-07-28T16:35:00+0900", "2022-07-28T07:35"),
        ("2022-07-28 16:35:00 +9", "2022-07-28T07:35"),
        ("2022/7/8 16:35", "2022-07-08T16:35"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40"),
        ("Seg, 24 Set 2018", "2018-09-24"),
        ("24-Set-2018", "2018-09-24"),
        ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15"),
        ("28 août 2022", "2022-08-28"),
        ("3 de octubre de 2022", "2022-10-03"),
        ("Пт, 28 июл 2022 10:00:00 +0300", "2022-07-28T07:00"),
        ("18/05/04 00:00", "2018-05-04"),
        ("28.07.2022 16:35", "2022-07-28T16:35"),
        ("2022年7月28日 16:35", "2022-07-28T16:35"),
        ("2022年7月28日 下午4时35分", "2022-07-28T16:35"),
        ("2022년 7월 28일 (목) 오후 4:35", "2022-07-28T16:35"),
        ("2022. 7. 28. 오전 12:05", "2022-07-28T00:05"),
        ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33"),
        ("Mon, 21 Jan 2008 8:56 am PST", "2008-01-21T16:56"),
        ("28 Jul 2022 16:35 PM", "2022-07-28T16:35"),
        ("Thu Jul 28 16:35:00 2022", "2022-07-28T16:35"),
        ("Thu Jul 28 16:35:00 EDT 2022", "2022-07-28T20:35"),
        ("July 28, 2022", "2022-07-28"),
        ("Fri, 09 Feb 96 23:59:45 +0000", "1996-02-09T23:59:45"),
        ("Fri, 31 Dec 1999 23:59:60 GMT", "2000-01-01"),
        ("Thu, 28 Jul 2022 24:00:00 GMT", "2022-07-29"),
    ],
)
def test_a_date_is_read_in_any_of_its_forms(written: str, iso: str) -> None:
    assert moment(written) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "insert date here",
        "2022",
        "20220728",
        "1658993700",
        "07/08/2022",
        "Sun, 30 Feb 2022 00:00:00 GMT",
        "2022-13-45",
        "Thu, 28 Jul 2022 25:61:00 GMT",
        "0001-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "28 Jul 2022" + " " + "x" * 200,
    ],
)
def test_what_is_no_believable_moment_is_none(written: str) -> None:
    assert moment(written) is None


def test_a_date_says_whether_it_names_its_zone() -> None:
    assert has_zone("2022-07-28T16:35:00Z")
    assert has_zone("Thu, 28 Jul 2022 16:35:00 KST")
    assert not has_zone("2022-07-28 16:35:00")
    assert not has_zone("28-07-2022")


@given(st.text() | st.text("0123456789:-+/. TZamJul年月日"))
def test_a_moment_read_lies_between_the_limits(written: str) -> None:
    found = moment(written)
    assert found is None or (EARLIEST <= found < LATEST and found.tzinfo is UTC)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001 - UTC is added
def test_moments_written_by_the_standards_come_back(when: datetime) -> None:
    when = when.replace(tzinfo=UTC, microsecond=0)
    assert moment(when.isoformat()) == when
    assert moment(when.strftime("%a, %d %b %Y %H:%M:%S GMT")) == when

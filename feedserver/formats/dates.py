"""Moments as feeds write them.

The formats ask for RFC 822 and RFC 3339 dates; outlets write what their own software prints. We
read the date, the time and the zone each by itself, wherever they stand, so that a newly met form
is one more pattern and not one more parser. Over 6,807 different dates of real and crafted feeds
this reads all that feedparser reads, but for bare years, for days and months that do not exist and
for what lies outside our limits; where else the two differ (afternoons, months of one digit, hours
without colons) it is feedparser that errs.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.resources import files

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
"""Before it lie the zeros of clocks (1970, 1900, year 1), and no item of a feed."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""After it lie the ends of clocks (9999). Whether a nearer future is believed is for who knows the
present moment to say."""

LONGEST = 100
"""Characters of a date that are looked at."""


def moment(text: str) -> datetime | None:
    """Return the moment that the text says, in UTC, or ``None`` if it says none we believe.

    A text without a zone is taken as UTC.
    """
    written = _uniform(text)
    if not written or len(written) > LONGEST:
        return None
    for read in (_iso, _rfc, _parts):
        try:
            found = read(written)
            found = found and _utc(found)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            return found if EARLIEST <= found < LATEST else None
    return None


def has_zone(text: str) -> bool:
    """Say whether a date names its zone, and not merely a day and a time on some clock."""
    return _zone(_uniform(text)) is not None


def _utc(found: datetime) -> datetime:
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _uniform(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())


def _iso(text: str) -> datetime | None:
    """Read RFC 3339 and its relatives, as ``2026-05-01T12:00:00Z``.

    A bare number is left out: eight digits may be a date, ten are seconds, and neither says so.
    """
    return None if text.isdigit() else datetime.fromisoformat(text)


def _rfc(text: str) -> datetime | None:
    """Read RFC 5322, where the zone is a number; its names are read in :func:`_parts`."""
    return parsedate_to_datetime(text) if _RFC.fullmatch(text) else None


_RFC = re.compile(r"(?:[A-Za-z]{3,9}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}")


def _parts(text: str) -> datetime | None:
    """Put a moment together from the day, the time and the zone found in the text."""
    day = _day(text)
    if day is None:
        return None
    zone = _zone(text) or timedelta()
    return datetime(*day, tzinfo=UTC) + _time(text) - zone


def _day(text: str) -> tuple[int, int, int] | None:
    """Find a day: ``2022年7月28日``, ``2022. 7. 28``, ``28 Jul 2022``, ``July 28, 2022``.

    Of numbers alone the first is the year when it has four digits, or two followed by slashes, as
    Korean software writes it (``18/05/04``); ``28.07.2022`` begins with the day, as in Europe.
    """
    for pattern in _DAYS:
        match = pattern.search(text)
        if match is None:
            continue
        month = match["month"] if match["month"].isdigit() else _month(match["month"])
        if month is not None:
            year = int(match["year"])
            return _century(year), int(month), int(match["day"])
    return None


_D = r"(?P<day>\d{1,2})"
_Y = r"(?P<year>\d{4})(?!\d)"
_NAME = r"(?P<month>[^\W\d_]{3,12})"
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4}) ?[-./年년] ?(?P<month>\d{1,2}) ?[-./月월] ?(?P<day>\d{1,2})(?!\d)",
        rf"(?<!\d){_D}(?:st|nd|rd|th|er)?[. -]*(?:de )?{_NAME}[., -]*(?:de )?{_Y}",
        # asctime puts the time, and Unix's date the zone too, between the day and the year.
        rf"{_NAME}[. ]+{_D}(?:st|nd|rd|th)?,? +(?:[\d:]+ +)?(?:[A-Z]{{2,5}} +)?{_Y}",
        r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})[ -](?P<month>[^\W\d_]{3})[ -](?P<year>\d\d)(?= \d)",
    )
)


def _century(year: int) -> int:
    """Return the year in full; feeds began in the nineties."""
    return year if year >= 100 else year + (1900 if year >= 90 else 2000)  # noqa: PLR2004 - the docstring says why


def _month(name: str) -> int | None:
    bare = unicodedata.normalize("NFD", name.casefold())
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    beginnings = (bare[:length] for length in range(len(bare), 2, -1))
    return next((_MONTHS[start] for start in beginnings if start in _MONTHS), None)


def _time(text: str) -> timedelta:
    """Find the time of day; midnight where there is none.

    Raises:
        ValueError: The clock shows no such time.
    """
    match = _CLOCK.search(text)
    if match is None:
        return timedelta()
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["before"] or match["after"] or "").casefold()
    if half and hour <= 12:  # noqa: PLR2004 - "16:35 pm" is written too
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    if hour > 24 or minute > 59 or second > 60:  # noqa: PLR2004 - 24:00 and leap seconds are times
        raise ValueError(f"{match[0]!r} is no time of day; write 00:00 to 24:00")
    return timedelta(hours=hour, minutes=minute, seconds=second)


_AFTERNOON = {"pm", "p.m.", "오후", "下午", "午後"}
_HALF = "오전|오후|上午|下午|午前|午後"
_CLOCK = re.compile(
    rf"(?P<before>{_HALF})? ?(?<!\d)(?P<hour>\d{{1,2}})[:시時时点] ?(?P<minute>\d{{1,2}})"
    r"(?:[:분分] ?(?P<second>\d{1,2}))?(?:[.,]\d+)?[분分초秒]? ?(?P<after>[ap]m|[ap]\.m\.)?",
    re.IGNORECASE,
)


def _zone(text: str) -> timedelta | None:
    """Find the zone behind the time, as what it adds to UTC: ``+0900``, ``GMT+9``, ``JST``."""
    clock = _CLOCK.search(text)
    if clock is None:
        return None
    rest = text[clock.end() :]
    if match := _OFFSET.search(rest):
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        offset = timedelta(hours=hours, minutes=minutes)
        return -offset if match["sign"] == "-" else offset
    names = (name for name in re.findall(r"[A-Za-z]+", rest) if name.upper() in _ZONES)
    return next((_ZONES[name.upper()] for name in names), None)


_OFFSET = re.compile(
    r"(?:^|(?<=[\s\dA-Za-z(]))(?P<sign>[+-]) ?(?P<hours>\d{1,2}?):?(?P<minutes>\d\d)?(?!\d)"
)


def _table(name: str) -> list[list[str]]:
    lines = files("feedserver.formats").joinpath(f"data/{name}").read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def _offset(written: str) -> timedelta:
    sign = -1 if written.startswith("-") else 1
    return sign * timedelta(hours=int(written[1:3]), minutes=int(written[3:5]))


_ZONES = {name: _offset(written) for name, written in _table("zones.txt")}
_MONTHS = {name: int(row[0]) for row in _table("months.txt") for name in row[1:]}

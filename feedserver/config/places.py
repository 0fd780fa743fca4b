"""Readers of what is said of people and places: slugs, languages, countries, zones, contacts."""

import re
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from feedserver.config.codes import COUNTRIES, LANGUAGES
from feedserver.config.readers import did_you_mean, line, quoted
from feedserver.model.feed import ALL

RESERVED = frozenset({ALL})
"""Slugs that stand for feeds of another kind."""

_TWO_LETTERS = 2
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(-([0-9a-z]{5,8}|[0-9][0-9a-z]{3}))*)",
    re.IGNORECASE | re.ASCII,
)


def slug(value: str) -> str:
    """Read a short name that can stand in an address."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        near = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
        advice = f"write {quoted(near)}" if near else 'as "us" or "bbc-world"'
        raise ValueError(
            f"{quoted(value)} may hold only a-z, 0-9 and single hyphens between them; {advice}"
        )
    return value


def section_slug(value: str) -> str:
    """Read a section's slug, which may not be one that stands for another feed."""
    if value in RESERVED:
        raise ValueError(
            f"{quoted(value)} is taken: /feeds/{value}.rss is the whole site's feed; "
            "choose another slug"
        )
    return slug(value)


def language(value: str) -> str:
    """Read a language tag (BCP 47: RFC 5646, section 2.1) and return it in its usual case."""
    tag = _LANGUAGE.fullmatch(value.strip())
    if tag is None:
        near = quoted(value.replace("_", "-")) if "_" in value else '"en" or "zh-Hans"'
        raise ValueError(f"{quoted(value)} is not a language tag; write it as {near}")
    code = tag["language"].lower()
    if len(code) == _TWO_LETTERS and code not in LANGUAGES:
        raise ValueError(
            f"{quoted(value)} is not a language of ISO 639-1; "
            'write the language, not the country, as "ja" or "zh-Hans"'
        )
    parts = (code, (tag["script"] or "").title(), (tag["region"] or "").upper())
    return "-".join(part for part in parts if part) + tag["variants"].lower()


def country(value: str) -> str:
    """Read a country's code (ISO 3166-1 alpha-2)."""
    if value not in COUNTRIES:
        near = {"UK": "GB", "EL": "GR"}.get(value.upper(), value.upper())
        advice = quoted(near) if near in COUNTRIES else 'its two capital letters, as "GB" or "CN"'
        raise ValueError(f"{quoted(value)} is not a country of ISO 3166-1; write {advice}")
    return value


def time_zone(value: str) -> ZoneInfo:
    """Read the name of a time zone of the IANA database."""
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: the name of a folder of zones ("America"), or one too long for a file.
        known = available_timezones()
        near = did_you_mean(value, known, otherwise='write one as "America/New_York"')
        advice = near if known else "this machine has none: install tzdata"
        raise ValueError(f"{quoted(value)} is not a time zone; {advice}") from error


def email(value: str) -> str:
    """Read an e-mail address, no more than its shape."""
    if not re.fullmatch(r"[^\s@<>()\",;:]+@[^\s@<>()\",;:]+\.[^\s@<>()\",;:]+", line(value)):
        raise ValueError(
            f'{quoted(value)} is not an e-mail address; write it as "desk@example.org"'
        )
    return value.strip()


def authority(value: str) -> str:
    """Read the owner of permanent ids: a host and a date on which it was ours (RFC 4151)."""
    host, _, day = value.partition(",")
    is_host = re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?", host)
    if not is_host or not _is_day(day):
        raise ValueError(
            f"{quoted(value)} is not a host and a date on which it was yours; "
            'write "example.org,2026" or "example.org,2026-03-31"'
        )
    return value


def _is_day(text: str) -> bool:
    """Tell whether a text is a year, a month or a day, as ``2026``, ``2026-03``, ``2026-03-31``."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True

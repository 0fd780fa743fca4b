"""What an answer's headers say about asking again. Pure; header names are lower case.

Validators are kept byte for byte (RFC 9110, section 8.8), freshness is that of a private cache
(RFC 9111, section 4.2).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from feedserver.model.source import Validators

LONGEST_FRESH = timedelta(hours=24)
"""A publisher's caching may delay us so long; more is a mistake of theirs that would hide news."""

LONGEST_RETRY_AFTER = timedelta(days=7)

LONGEST_VALIDATOR = 4096
"""Characters. Servers refuse longer headers, so a longer one would be answered 431 for ever."""

NO_TIME = timedelta(0)
NO_VALIDATORS = Validators()

# The tab is the one control character that a header may hold. A lone surrogate stands for a byte
# that is not UTF-8: aiohttp cannot send it back, and without it the validator would be another.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d+)', re.ASCII)


def validators_of(headers: Mapping[str, str], url: str) -> Validators:
    """Return what to ask that address with next time, after a 200 with these headers."""
    etag = _sendable(headers.get("etag"))
    last_modified = _sendable(headers.get("last-modified"))
    if not (etag or last_modified):
        return NO_VALIDATORS
    return Validators(etag=etag, last_modified=last_modified, url=url)


def refreshed(kept: Validators, headers: Mapping[str, str]) -> Validators:
    """Return the validators after a 304, which may bring newer ones (RFC 9111, section 3.2)."""
    return replace(
        kept,
        etag=_sendable(headers.get("etag")) or kept.etag,
        last_modified=_sendable(headers.get("last-modified")) or kept.last_modified,
    )


def conditions(known: Validators, url: str) -> dict[str, str]:
    """Return the request headers that ask "has it changed?"; none for another address."""
    if known.url != url:
        return {}
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in pairs.items() if value}


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long the publisher asks us to be content with this answer, up to 24 hours."""
    rules = headers.get("cache-control", "").lower()
    if "no-cache" in rules or "no-store" in rules:
        return NO_TIME
    if found := _MAX_AGE.search(rules):
        wait = _seconds(found[1]) - _seconds(headers.get("age", ""))
    else:
        expires = _moment(headers.get("expires", ""))
        sent = _moment(headers.get("date", "")) or now
        wait = expires - sent if expires else NO_TIME
    return max(NO_TIME, min(wait, LONGEST_FRESH))


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Return how long a ``Retry-After`` asks us to wait, up to 7 days (RFC 9110, section 10.2.3).

    ``None`` where it says nothing that can be meant: words, a negative number, a moment gone by.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(_seconds(text), LONGEST_RETRY_AFTER)
    moment = _moment(text)
    if moment is None or moment < now:
        return None
    return min(moment - now, LONGEST_RETRY_AFTER)


def _sendable(value: str | None) -> str | None:
    if not value or len(value) > LONGEST_VALIDATOR or _UNSENDABLE.search(value):
        return None
    return value


def _seconds(text: str) -> timedelta:
    """Read a count of seconds (RFC 9111, section 1.2.2); nonsense is none, the absurd is capped."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal()):
        return NO_TIME
    # Twelve digits are thirty thousand years; all digits of a longer number may be slow to read.
    return timedelta(seconds=int(text[:12]))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None

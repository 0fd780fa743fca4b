"""From what an operator wrote to a value: the readers that the files and the environment share.

A reader takes what was written and returns the value, or raises :exc:`ValueError` with the rest of
a sentence that begins with the name of the key or setting: ``"5" has no unit; write "5m" or "1h"``.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from yarl import URL

State = TypeVar("State", bound=StrEnum)
Value = TypeVar("Value")
Written = TypeVar("Written")

_SHOWN = 100
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST = timedelta(days=36_500)
_BYTES = {
    "": 1,
    "b": 1,
    "kb": 1_000,
    "mb": 1_000_000,
    "gb": 1_000_000_000,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
}


def quoted(value: object) -> str:
    """Return what was written as an error message shows it: on one line, and not endless."""
    text = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in json.dumps(value, ensure_ascii=False, default=str)
    )
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str, prefix: str = "") -> str:
    """Return advice for a word that is not among the known ones.

    Args:
        prefix: Belongs before every one of them, and is left out of the comparison.
    """
    near = get_close_matches(word, known, n=1)
    return f"did you mean {quoted(prefix + near[0])}?" if near else otherwise


def each(items: Iterable[Written], read: Callable[[Written], Value]) -> tuple[Value, ...]:
    """Read every item, and only then speak of those that are wrong."""
    values, mistakes = list[Value](), list[str]()
    for item in items:
        try:
            values.append(read(item))
        except ValueError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return tuple(values)


def line(value: str) -> str:
    """Read a text of one line."""
    text = value.strip()
    if not text:
        raise ValueError("is empty; write a text")
    if not text.isprintable():
        raise ValueError(f"{quoted(value)} must be one line without control characters")
    return text


def duration(value: object) -> timedelta:
    """Read a length of time, as ``20s``, ``5m``, ``1h`` or ``7d``; at most a hundred years."""
    text = str(value).strip()
    match = re.fullmatch(r"([0-9]{1,9})\s*([smhd]?)", text)
    if match is None:
        raise ValueError(
            f"{quoted(value)} is not a length of time; write a whole number and "
            's, m, h or d, as "5m" or "1h"'
        )
    number, unit = match.groups()
    if not unit:
        raise ValueError(f'{quoted(value)} has no unit; write "5m" or "1h"')
    # Compared as seconds: a timedelta of that many days could not be made.
    if not 0 < int(number) * _UNITS[unit].total_seconds() <= _LONGEST.total_seconds():
        raise ValueError(f'{quoted(value)} is out of range; write "1s" to "{_LONGEST.days}d"')
    return int(number) * _UNITS[unit]


def size(value: str) -> int:
    """Read a number of bytes, as ``500kB``, ``5MiB`` or ``5242880``; 1 kB to 1 GiB."""
    match = re.fullmatch(r"([0-9]{1,12})\s*([A-Za-z]*)", value)
    factor = _BYTES.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise ValueError(
            f'{quoted(value)} is not a number of bytes; write it as "5MiB", "500kB" or "5242880"'
        )
    number = int(match[1]) * factor
    if not _BYTES["kb"] <= number <= _BYTES["gib"]:
        raise ValueError(f'{quoted(value)} is out of range; write "1kB" to "1GiB"')
    return number


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in that range, both ends included."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {quoted(value)}")
        return int(value)

    return read


def one_of(states: type[State]) -> Callable[[str], State]:
    """Return a reader of one of a few words."""

    def read(value: str) -> State:
        if value not in set(states):
            words = ", ".join(quoted(state.value) for state in states)
            raise ValueError(f"{quoted(value)} is unknown; write one of {words}")
        return states(value)

    return read


def web_address(value: str) -> str:
    """Read an absolute http or https address. It is kept as it was written.

    A user and a password have no place in it: the address stands in logs, feeds and OPML.
    """
    text = value.strip()
    try:
        url = URL(text)
        named, whole = bool(url.user or url.password), url.scheme in {"http", "https"} and url.host
    except ValueError:
        named, whole = False, None
    if named:
        raise ValueError(f"{_shown(text)} names a user or a password; leave that part out")
    if not whole or not text.isprintable() or " " in text:
        raise ValueError(
            f'{_shown(text)} is not an absolute web address; write it as "https://example.org/news"'
        )
    return text


def _shown(address: str) -> str:
    """Quote an address without whatever stands before its host's ``@``."""
    return quoted(re.sub(r"//.*@", "//…@", address))

"""What commands print: lines for people, JSON for programs.

Feeds are written by strangers. No character of theirs that moves the cursor, turns the direction of
writing or speaks to the terminal in any other way gets out of here.
"""

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from rich.cells import cell_len, set_cell_size

_BREAK = re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
"""Controls (C0, C1), marks that turn the direction of writing, and what UTF-8 cannot say."""

UNCUT = 10_000
"""Columns where no terminal says how many there are: a file or a pipe is given everything."""


def safe(text: str) -> str:
    """Return the text on one line, with a mark in place of each character that could do harm."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", _BREAK.sub(" ", text))


def width() -> int:
    """Return how many columns a line on stdout may take."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNCUT


def fitted(text: str, columns: int) -> str:
    """Return a line made safe, and cut where it is longer; Chinese takes two columns each."""
    line = safe(text)
    return line if cell_len(line) <= columns else set_cell_size(line, columns - 1).rstrip() + "…"


def show(text: str = "", *, indent: int = 0) -> None:
    """Print a line."""
    print(" " * indent + fitted(text, width() - indent))


def json_line(value: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    """Return a value as one line of JSON, in ASCII: nothing in it can reach the terminal."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=True)


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Print a value as one line of JSON."""
    print(json_line(value))


def show_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their head; where there is too little room, the last column is cut."""
    cells = [[safe(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            set_cell_size(cell, wide) for cell, wide in zip(row[:-1], widths[:-1], strict=True)
        ]
        show("  ".join([*padded, row[-1]]).rstrip())


def moment(value: datetime | None) -> str:
    """Return a moment as lists show it, to the minute."""
    return "never" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def distance(value: datetime, now: datetime) -> str:
    """Return how far a moment is away: ``in 12 min``, ``3 h ago``, ``now``."""
    away = abs(value - now)
    if away < timedelta(seconds=1):
        return "now"
    return f"in {length(away)}" if value > now else f"{length(away)} ago"


def length(time: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down."""
    for size, unit in ((timedelta(days=1), "d"), (timedelta(hours=1), "h")):
        if time >= 2 * size:
            return f"{time // size} {unit}"
    seconds = time.total_seconds()
    return f"{seconds // 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"  # noqa: PLR2004 - two minutes


def amount(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 story``, ``2 stories``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return a number of bytes as a person says it."""
    value = float(number)
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024:  # noqa: PLR2004 - of each unit
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"

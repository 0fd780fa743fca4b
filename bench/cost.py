"""What work cost, in CPU-seconds by the kernel's count, and how it is told."""

import sys
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from os import cpu_count, sysconf
from pathlib import Path
from platform import python_version
from sqlite3 import sqlite_version

_TICKS = sysconf("SC_CLK_TCK")


def cpu_seconds_of(pid: int) -> float:
    """Return what one process has spent so far, with all its threads."""
    # The clock of a process, as clock_getcpuclockid(3) of the C library makes it.
    return time.clock_gettime((~pid << 3) | 2)


def cpu_seconds_below(pid: int) -> float:
    """Return what a process and all its descendants have spent, those that ended included."""
    spent, parents = dict[int, float](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _stat(path)
        except OSError:
            continue  # it ended meanwhile, and its parent has its time
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        spent[number] = sum(map(int, fields[11:15])) / _TICKS
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(spent.get(number, 0.0) for number in family)


def parent_of(pid: int) -> int | None:
    """Return the number of a process's parent; ``None`` if there is no such process here."""
    try:
        return int(_stat(Path(f"/proc/{pid}/stat"))[1])
    except OSError:
        return None


def tell_machine() -> None:
    """Print what the figures depend on besides the program."""
    aiohttp = version("aiohttp")
    print(
        f"{cpu_count()} cores, CPython {python_version()}, SQLite {sqlite_version}, "
        f"aiohttp {aiohttp}, {sys.platform}"
    )


def tell_table(heads: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Print rows in columns; numbers with three figures or so."""
    texts = [list(heads), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for first, *rest in texts:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *cells)))


def _stat(path: Path) -> Sequence[str]:
    """Return a process's fields from its state on, the third of proc(5)."""
    return path.read_text().rpartition(")")[2].split()


def _text(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell:,.0f}" if cell >= 100 else f"{cell:.3g}"

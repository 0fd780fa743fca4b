"""A bar for a person who waits for more than two seconds; nothing of it in a file or a log."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

PATIENCE = 2.0
"""Seconds without a bar."""


class Bar:
    """How far something is. Lines are printed through it, so that they do not tear it."""

    def __init__(self, what: str, total: float | None) -> None:
        self._what = what
        self._total = total
        self._done = 0.0
        self._terminal = _terminal()
        self._shown: Progress | None = None
        self._turn = threading.Lock()
        self._closed = False
        self._patience = threading.Timer(PATIENCE, self._show)
        self._patience.daemon = True
        if self._terminal is not None:
            self._patience.start()

    def advance(self, steps: float = 1) -> None:
        """Say that more is done."""
        self.reach(self._done + steps)

    def reach(self, done: float) -> None:
        """Say how much is done."""
        self._done = done
        if self._shown is not None:
            self._shown.update(self._shown.task_ids[0], completed=done)

    def line(self, text: str) -> None:
        """Print a line to stdout."""
        if self._shown is not None and self._terminal is sys.stdout:
            self._shown.console.print(Text(text), soft_wrap=True)
        else:
            print(text, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._patience.cancel()
        with self._turn:
            self._closed = True
            if self._shown is not None:
                self._shown.stop()

    def _show(self) -> None:
        shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *([MofNCompleteColumn()] if self._total and self._total > 1 else []),
            TimeElapsedColumn(),
            console=Console(file=self._terminal),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        shown.add_task(self._what, total=self._total, completed=int(self._done))
        with self._turn:
            if not self._closed:
                shown.start()
                self._shown = shown


@contextmanager
def bar(what: str, total: float | None = None) -> Generator[Bar]:
    """Show how far something is, for the length of the block."""
    shown = Bar(what, total)
    try:
        yield shown
    finally:
        shown.close()


def _terminal() -> TextIO | None:
    return next((stream for stream in (sys.stdout, sys.stderr) if stream.isatty()), None)

"""Run a command to its exit status. What went wrong is told in our sentences, on stderr.

=====  ===============================================================
0      done; that a source failed, or is skipped, is a result like any
1      not done: the last lines on stderr say why
2      the command was not written as its ``--help`` says
130    ended by Ctrl-C
=====  ===============================================================
"""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

import typer

from feedserver.cli.screen import safe
from feedserver.errors import FeedServerError

Work = Coroutine[Any, Any, bool | None]
"""What a command does; ``False`` says that it found something wrong, and has told what."""


def run(work: Work) -> None:
    """Do the work, and end the process with the status that says how it went."""
    try:
        good = asyncio.run(work)
    except (FeedServerError, BaseExceptionGroup) as error:
        tell(*_sentences(error))
        raise typer.Exit(1) from error
    if good is False:
        raise typer.Exit(1)


def tell(*sentences: str) -> None:
    """Say something to a person: on stderr, so that stdout holds nothing but what was asked for."""
    for sentence in sentences:
        for line in sentence.splitlines():
            print(safe(line), file=sys.stderr)


def _sentences(error: BaseException) -> Iterator[str]:
    """Yield what our errors say, those of tasks included; anything else is a fault, and goes on."""
    match error:
        case FeedServerError():
            yield str(error)
        case BaseExceptionGroup():
            for one in error.exceptions:
                yield from _sentences(one)
        case _:
            raise error

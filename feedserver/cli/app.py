"""The command ``feedserver``."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from feedserver import __version__
from feedserver.cli.commands import articles, check, database, poll, serve, sources, stories, tokens
from feedserver.cli.grouped import PANELS, group

ABOUT = """A newsroom's syndication desk.

It polls outside feeds, files what is new into stories, lets curators pick, and publishes the site's
sections as RSS, Atom and JSON Feed. `feedserver demo` shows it at work.

Settings are environment variables, FEEDSERVER_...; `feedserver check config` tells what holds.
Each command has examples in its own --help.
"""

STATUSES = """\b
Exit status:
  0    done; a source that failed is a result like any other
  1    not done, or something is wrong: stderr says what
  2    the command was not written as its --help says
  130  ended by Ctrl-C
"""

RUN, DESK, KEEP = PANELS

app = group(ABOUT, epilog=STATUSES)
serve.add_to(app, panel=RUN)
poll.add_to(app, panel=RUN)
sources.add_to(app, panel=DESK)
stories.add_to(app, panel=DESK)
articles.add_to(app, panel=DESK)
tokens.add_to(app, panel=KEEP)
check.add_to(app, panel=KEEP)
database.add_to(app, panel=KEEP)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def begin(
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Make output ready for what strangers write, on any terminal."""
    for stream in (sys.stdout, sys.stderr):
        # In a locale that is not UTF-8 a Chinese headline must not end the command.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

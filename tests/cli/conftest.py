"""The command as its users have it: a process of its own, in a folder, with an environment."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.publisher import Publisher

SITE = """
title = "The Test Post"
description = "News for tests."
link = "https://post.example/"
languages = ["en"]
time_zone = "UTC"
rights = "(c) The Test Post"
contact = "desk@post.example"
contact_name = "The desk"
authority = "post.example,2026"
"""

SECTIONS = """
[[section]]
slug = "world"
title = "World"
description = "Everywhere."
language = "en"
"""

SOURCE = """
[[source]]
key = "{key}"
title = "{key}"
url = "{url}"
owner = "{key}"
country = "US"
language = "en"
kind = "wire"
section = "world"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What it printed as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``feedserver`` in a folder of the test's own."""

    folder: Path
    environ: Mapping[str, str]

    def given(self, **settings: str) -> "Command":
        """Return the same with other settings, named without their prefix, in lower case."""
        named = {f"FEEDSERVER_{name.upper()}": value for name, value in settings.items()}
        return replace(self, environ={**self.environ, **named})

    def follows(self, **sources: str) -> None:
        """Let the newsroom's folder list these sources, by key."""
        listed = "".join(SOURCE.format(key=key, url=url) for key, url in sources.items())
        (self.folder / "feeds" / "sources.toml").write_text(listed)

    async def __call__(self, *arguments: str, stdin: bytes = b"") -> Done:
        async with self.started(*arguments) as process:
            out, err = await process.communicate(stdin)
        assert process.returncode is not None
        return Done(status=process.returncode, out=out.decode(), err=err.decode())

    async def good(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Run it, and expect that it says it is done."""
        done = await self(*arguments, stdin=stdin)
        assert done.status == 0, done.err
        return done

    @asynccontextmanager
    async def started(self, *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
        """Start it, and see to it that it does not outlive the block."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "feedserver", *arguments),
            cwd=self.folder,
            env=self.environ,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
def bare(tmp_path: Path) -> Command:
    """The command with a newsroom's folder, and no database yet."""
    (folder := tmp_path / "feeds").mkdir()
    (folder / "site.toml").write_text(SITE)
    (folder / "sections.toml").write_text(SECTIONS)
    (folder / "sources.toml").write_text("")
    (folder / "rules.toml").write_text("")
    root = Path(__file__).parents[2]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONWARNINGS": "error"}
    return Command(folder=tmp_path, environ=environ)


@pytest.fixture
def feedserver(bare: Command, database_url: str) -> Command:
    """The command with an empty database of its schema: SQLite, then PostgreSQL."""
    return bare.given(database=database_url)


@pytest.fixture
def local(bare: Command, sqlite_url: str) -> Command:
    """The command with an empty SQLite file: for what is the same on any database."""
    return bare.given(database=sqlite_url)


@pytest.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with Publisher.running() as running:
        yield running


@pytest.fixture
def online(feedserver: Command, publisher: Publisher) -> Command:
    """The command that reaches the publisher, and nothing else, under every name in ``.test``."""
    return reaching(feedserver, publisher)


def reaching(command: Command, publisher: Publisher) -> Command:
    """Return the command with settings that lead it to a publisher."""
    return command.given(
        resolve="*.test=127.0.0.1",
        allow_private=f"127.0.0.1/32:{publisher.port}",
        listen="127.0.0.1:0",
    )


def rss(*titles: str, host: str = "one.test") -> str:
    """Return a feed with an item for each title."""
    items = "".join(
        f"<item><title>{title}</title><link>http://{host}/{number}</link>"
        f"<guid>http://{host}/{number}</guid></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'

"""The program as its users run it: ``feedserver serve`` as a process, on a folder of a test."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent

SITE = """
title = "The Evening Courier"
description = "News from the harbour."
link = "https://courier.example/"
languages = ["en"]
time_zone = "Europe/Berlin"
rights = "© The Evening Courier"
contact = "desk@courier.example"
contact_name = "The desk"
authority = "courier.example,2026"
"""

SECTION = """
[[section]]
slug = "{slug}"
title = "{slug}"
description = "A section."
language = "en"
"""

SOURCE = """
[[source]]
key = "{key}"
title = "Outlet {key}"
url = "{url}"
owner = "Owner of {key}"
country = "US"
language = "en"
kind = "national"
rights = "excerpt"
section = "world"
"""


def write_folder(folder: Path, sources: Iterable[tuple[str, str]]) -> Path:
    """Write a newsroom's folder with these sources (key and address each)."""
    folder.mkdir()
    (folder / "site.toml").write_text(SITE)
    sections = ("home", "us", "world")
    (folder / "sections.toml").write_text("".join(SECTION.format(slug=slug) for slug in sections))
    (folder / "sources.toml").write_text(
        "".join(SOURCE.format(key=key, url=url) for key, url in sources)
    )
    (folder / "rules.toml").write_text("")
    return folder


@dataclass(frozen=True)
class Server:
    """A running ``feedserver serve``."""

    base: str
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def run(self, *command: str) -> str:
        """Run another command of the program in the same environment; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "feedserver", *command],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


@asynccontextmanager
async def serving(settings: Mapping[str, str], log: Path) -> AsyncGenerator[Server]:
    """Run ``feedserver serve`` until the block ends, on a free port of loopback.

    Args:
        settings: ``FEEDSERVER_…`` names without their prefix.
        log: Where what it prints goes.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    ours = {f"FEEDSERVER_{name}": value for name, value in settings.items()}
    environment = {**os.environ, "FEEDSERVER_LISTEN": listen, **ours}
    with log.open("wb") as out:
        command = [sys.executable, "-m", "feedserver", "serve"]
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            await _ready(f"http://{listen}", process, log)
            yield Server(base=f"http://{listen}", process=process, environment=environment)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 30)


async def _ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()
            with suppress(aiohttp.ClientError):
                async with session.get(f"{base}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)  # noqa: TID251 - another process takes its own time
    raise AssertionError(f"not ready within 30 s: {log.read_text()}")

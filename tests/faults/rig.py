"""A server of its own process, to be killed and started again on the same database."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from tests.faults.orders import FOLDER, Defect, Kill, Line, Orders, Post
from tests.faults.waiting import looks
from tests.publisher import Publisher

ROOT = Path(__file__).parents[2]
SERVE = ("feedserver", "serve")
VICTIM = ("tests.faults.victim",)
UP_WITHIN = 30.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:[1-9]\d*")


@dataclass(slots=True, kw_only=True)
class Rig:
    """Everything that a server is started with, and the server.

    Attributes:
        folder: Holds its orders, its journal and its log.
        program: Module and arguments that Python runs.
        ahead: Seconds that its clock is put forward by; ``None`` for the wall's.
        more: Further settings.
    """

    folder: Path
    database: str
    newsroom: Path
    publisher: Publisher
    program: Sequence[str] = VICTIM
    ahead: float | None = 0.0
    defect: Defect = field(default_factory=Defect)
    more: dict[str, str] = field(default_factory=dict[str, str])
    address: str = ""
    _process: Process | None = None

    @property
    def process(self) -> Process:
        assert self._process is not None, "it was not started"
        return self._process

    @property
    def post(self) -> Post:
        return Post(self.folder)

    @property
    def environment(self) -> Mapping[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        allowed = ", ".join(f"{a.network}:{a.ports[0]}" for a in self.publisher.allow if a.ports)
        return inherited | {
            "FEEDSERVER_DATABASE": self.database,
            "FEEDSERVER_LISTEN": "127.0.0.1:0",
            "FEEDSERVER_FEEDS": str(self.newsroom),
            "FEEDSERVER_RESOLVE": "*.test=127.0.0.1",
            "FEEDSERVER_ALLOW_PRIVATE": allowed,
            "FEEDSERVER_PARSERS": "1",
            "FEEDSERVER_LOG": "text",
            "PYTHONPATH": str(ROOT),
            FOLDER: str(self.folder),
            **self.more,
        }

    async def start(self) -> Self:
        """Start it and wait until it serves."""
        await self.launch()
        async for _ in looks(UP_WITHIN, f"it comes up: {self.log}"):
            if found := ADDRESS.search(self.log):
                self.address = found[0]
                return self
            assert self.process.returncode is None, f"it did not come up: {self.log}"
        raise AssertionError("looks() ends by an error alone")

    async def launch(self) -> None:
        """Start it with a log of its own."""
        self.folder.mkdir(exist_ok=True)
        self.order(kill=None)
        with (self.folder / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self.program,
                cwd=self.folder,
                env=self.environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
            )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def order(self, *, kill: Kill | None) -> None:
        """Tell it what time it is, what to do wrong, and where to die."""
        self.post.order(Orders(ahead=self.ahead, kill=kill, defect=self.defect))

    def pass_time(self, seconds: float, *, kill: Kill | None = None) -> None:
        """Put its clock forward, with an order to die on the way."""
        assert self.ahead is not None, "it goes by the clock on the wall"
        self.ahead += seconds
        self.order(kill=kill)

    async def kill(self) -> None:
        """Kill it, if it was ever started, as the machine does when it has no memory left."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def died(self, *, within: float) -> Sequence[Line]:
        """Wait until it has killed itself, and return its journal."""
        async with asyncio.timeout(within):
            status = await self.process.wait()
        assert status == -signal.SIGKILL, f"it ended with status {status}: {self.log}"
        return self.post.take_journal()

    def second(self, folder: Path) -> "Rig":
        """Return another server to be started on the same database, just as this one."""
        return replace(self, folder=folder, address="", _process=None)

    async def stop(self) -> int:
        """End it as an operator does, and return its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()

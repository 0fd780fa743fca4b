"""Documents, and HTML, are read in processes of their own, which can be killed.

A thread would not do: feedparser is slow in hostile places, and holds the interpreter meanwhile.
Nor would a pool of the standard library: when one of its processes dies, all its work is lost.
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

import feedserver
from feedserver.errors import ParseError
from feedserver.poll.prepare import Prepared
from feedserver.poll.wire import (
    LENGTH,
    OUT_OF_MEMORY,
    READY,
    Answer,
    Cleaned,
    Document,
    Markup,
    Read,
    Refused,
    Task,
    frame,
)

_CHUNK = 1 << 20
"""Bytes of an answer that are read at once."""

_TASK = msgspec.msgpack.Encoder()
_ANSWER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may cost.

    Attributes:
        cpu: Seconds of processor time.
        wall: Seconds until its answer is there.
        memory: Bytes of address space of the process.
        start: Seconds that a new process may take until it is ready.
    """

    cpu: float = 5
    wall: float = 10
    memory: int = 512 << 20
    start: float = 30


class Parsers:
    """A few processes that read documents, and HTML.

    Each is started when it is first needed. One that passes its limits, dies, or is given up on is
    killed, and its place stays empty until the next document needs it; so answers never get mixed
    up, and a stream of bad documents costs one start each and never more than one at a time.

    Use as an asynchronous context manager; at its end all processes have ended.
    """

    def __init__(self, *, count: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._places: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        for _ in range(count):
            self._places.put_nowait(None)
        self._starting = asyncio.Lock()
        self._children: set[_Child] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        children = tuple(self._children)
        for child in children:
            child.kill()
        for child in children:
            await child.ended()

    @property
    def pids(self) -> frozenset[int]:
        """Numbers of the processes that run."""
        return frozenset(child.pid for child in self._children if child.runs)

    async def parse(
        self, document: bytes, *, url: str, headers: Mapping[str, str] | None = None
    ) -> Prepared:
        """Read a document as :func:`feedserver.poll.prepare.prepare` does, within the limits.

        Raises:
            ParseError: It is no feed, or it passed a limit; the text says which.
        """
        cpu = self._limits.cpu
        answer = await self._ask(
            Document(document=document, url=url, headers=dict(headers or {}), cpu=cpu)
        )
        assert isinstance(answer, Read)  # noqa: S101 - it answers what it was asked
        return answer.feed

    async def clean(self, html: str) -> str:
        """Return HTML as :func:`feedserver.formats.sanitize.harmless` does, within the limits.

        Raises:
            ParseError: It passed a limit; the text says which.
        """
        answer = await self._ask(Markup(html=html, cpu=self._limits.cpu))
        assert isinstance(answer, Cleaned)  # noqa: S101 - it answers what it was asked
        return answer.html

    async def _ask(self, task: Task) -> Read | Cleaned:
        place = await self._places.get()
        try:
            place = place if place and place.runs else await self._start()
            answer = await place.ask(task)
        except BaseException:
            if place is not None:
                place.kill()
            place = None
            raise
        finally:
            self._places.put_nowait(place)
        if isinstance(answer, Refused):
            raise ParseError(answer.reason)
        return answer

    async def _start(self) -> "_Child":
        async with self._starting:
            child = _Child(await _process(self._limits), self._limits)
            # Known before it is ready, so that it is waited for also when nobody waits for it now.
            self._children = {child, *(child for child in self._children if child.runs)}
            try:
                await child.ready()
            except BaseException:
                child.kill()
                raise
            return child


class _Child:
    """One process, as the parent sees it."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits

    async def ready(self) -> None:
        """Wait until it has started.

        Raises:
            ParseError: It does not come up.
        """
        try:
            async with asyncio.timeout(self._limits.start):
                first = await self._receive()
        except TimeoutError as error:
            reason = f"no parser process was ready within {self._limits.start} s"
            raise ParseError(reason) from error
        if first != READY:
            raise ParseError(f"no parser process can be started: {await self.ended()}")

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def ask(self, task: Task) -> Answer:
        """Give it a task and wait for the answer.

        Raises:
            ParseError: It died of it, or took too long; in either case it must not be asked again.
        """
        try:
            async with asyncio.timeout(self._limits.wall):
                await self._send(_TASK.encode(task))
                payload = await self._receive()
        except TimeoutError as error:
            raise ParseError(f"reading took longer than {self._limits.wall} s") from error
        if payload is None:
            raise ParseError(await self.ended())
        return _ANSWER.decode(payload)

    def kill(self) -> None:
        """End it at once. It has nothing to lose."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self) -> str:
        """Wait for its end and say what it died of."""
        status = await self._process.wait()
        if status == -signal.SIGPROF:
            return f"reading took more than {self._limits.cpu} s of processor time"
        if status == OUT_OF_MEMORY:
            return f"reading needed more than {self._limits.memory >> 20} MiB of memory"
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return f"the parser process died ({name})"

    async def _send(self, payload: bytes) -> None:
        writer = self._process.stdin
        assert writer is not None  # noqa: S101 - started with a pipe
        # Where it has gone already its answer will be missing, and that is seen and explained.
        with suppress(ConnectionError):
            writer.write(frame(payload))
            await writer.drain()

    async def _receive(self) -> bytes | None:
        """Return the next frame, or ``None`` when there will be none."""
        reader = self._process.stdout
        assert reader is not None  # noqa: S101 - started with a pipe
        try:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            return await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return None


async def _process(limits: Limits) -> asyncio.subprocess.Process:
    """Start a fresh interpreter, from any folder, with nothing of our environment in it."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # The current folder is anybody's: import nothing from it.
        "-m",
        "feedserver.poll.child",
        str(limits.memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_CHUNK,
        # The terminal's interrupt is for the parent, which ends its children itself.
        start_new_session=True,
        env={"PYTHONPATH": str(Path(feedserver.__file__).parent.parent)},
    )

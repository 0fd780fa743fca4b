"""A server of many feeds on loopback, in a process of its own, whose cost is not counted."""

import asyncio
import multiprocessing
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

from aiohttp import web

from bench.feeds import feed, last_modified


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The server, as whoever measures sees it. Feed N is at ``/N/feed.xml`` of any host."""

    port: int
    _edition: "Synchronized[int]"
    _honest: "Synchronized[int]"

    def show(self, edition: int, *, honest: bool = True) -> None:
        """Publish an edition of all feeds.

        Args:
            honest: Answer 304 to who has it; otherwise send it again, as many servers do.
        """
        self._edition.value = edition
        self._honest.value = honest


@contextmanager
def running_origin() -> Generator[Origin]:
    """Run the server for the length of the block, with edition 0."""
    spawn = multiprocessing.get_context("spawn")
    edition, honest = spawn.Value("i", 0), spawn.Value("i", 1)
    ours, its = spawn.Pipe()
    process = spawn.Process(target=_run, args=(its, edition, honest), daemon=True)
    process.start()
    try:
        yield Origin(port=ours.recv(), _edition=edition, _honest=honest)
    finally:
        process.terminate()
        process.join()


def _run(
    parent: "Connection[int, None]", edition: "Synchronized[int]", honest: "Synchronized[int]"
) -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        return _answer(request, edition.value, honest=bool(honest.value))

    async def serve() -> None:
        listening = await asyncio.get_running_loop().create_server(
            web.Server(answer), "127.0.0.1", 0
        )
        parent.send(listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    asyncio.run(serve())


def _answer(request: web.BaseRequest, edition: int, *, honest: bool) -> web.Response:
    headers = {"ETag": f'"{edition}"', "Last-Modified": last_modified(edition)}
    if honest and request.headers.get("If-None-Match") == headers["ETag"]:
        response = web.Response(status=304, headers=headers)
    else:
        headers["Content-Type"] = "application/rss+xml; charset=utf-8"
        response = web.Response(
            body=feed(int(request.path.split("/")[1]), edition), headers=headers
        )
    # Between two polls of a source lies half an hour: no connection lives so long.
    response.force_close()
    return response

"""The demo at the command line: a newsroom to look at, with outlets that we play ourselves."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from feedserver.cli.logs import set_up
from feedserver.cli.opening import all_read
from feedserver.cli.progress import bar
from feedserver.cli.running import tell
from feedserver.cli.serving import port_for, stopped_by_signals
from feedserver.clock import SystemClock
from feedserver.config.networks import Listen
from feedserver.config.settings import LogStyle
from feedserver.demo.play import Demo, played
from feedserver.errors import ConfigError
from feedserver.store.opening import held_by_one_server
from feedserver.web.serve import serve as serve_web

HOST = "127.0.0.1"


async def demonstrate(port: int | None, keep: Path | None) -> None:
    """Play two days of news, then serve them and what goes on happening, until told to stop.

    Args:
        port: ``None`` for the usual one, or a free one where that is taken.
        keep: Where the database stays afterwards; ``None`` for a temporary one.

    Raises:
        ConfigError: ``keep`` exists, or the port is taken.
    """
    settings, newsroom = all_read()
    # Lines of its many polls would push out of sight where to look, and outlets that are made to
    # fail would look like faults of ours.
    set_up(LogStyle.TEXT, least="ERROR")
    with (
        _database(keep) as path,
        held_by_one_server(path),
        stopped_by_signals(LogStyle.TEXT) as stopping,
    ):
        listen = Listen(host=HOST, port=_port(settings.listen.port, port))
        mine = replace(settings, database=f"sqlite:///{path}", base_url=listen.origin())
        with bar("playing the last two days", 1.0) as shown:
            async with played(
                mine, newsroom, SystemClock(), base_url=listen.origin(), progress=shown.reach
            ) as demo:
                shown.close()
                await _live(demo, listen, stopping)
    tell(f"stopped; the newsroom stays in {keep}" if keep else "stopped")


async def _live(demo: Demo, listen: Listen, stopping: asyncio.Event) -> None:
    def started(address: str) -> None:
        tell(*_where_to_look(demo, address))

    async with asyncio.TaskGroup() as group:
        serving = (
            demo.service.run(stopping),
            serve_web(
                demo.service,
                host=listen.host,
                port=listen.port,
                open_to_loopback=True,
                stopping=stopping,
                started=started,
            ),
        )
        for part in serving:
            group.create_task(part)
        script = group.create_task(demo.go_on())
        await stopping.wait()
        script.cancel()


def _where_to_look(demo: Demo, address: str) -> Sequence[str]:
    return (
        f"{demo.service.newsroom.site.title} is on the air at {address}",
        f"  desk     {address}/desk (open to this machine, without a token)",
        f"  feeds    {address}/feeds",
        f"  outlets  {demo.outlets_url} (they go on publishing while you watch)",
        "  Ctrl-C stops it",
    )


@contextmanager
def _database(keep: Path | None) -> Generator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="feedserver-demo-") as folder:
            yield Path(folder) / "demo.db"
        return
    if keep.exists():
        raise ConfigError(f"{keep} exists; --keep makes a new file, so name one that is not there")
    yield keep


def _port(usual: int, wanted: int | None) -> int:
    if wanted is not None:
        return port_for(Listen(host=HOST, port=wanted))
    try:
        return port_for(Listen(host=HOST, port=usual))
    except ConfigError:
        return port_for(Listen(host=HOST, port=0))

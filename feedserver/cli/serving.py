"""Serve: poll, file and answer until told to stop."""

import asyncio
import errno
import signal
import socket
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial

import structlog
import typer

from feedserver.cli.logs import is_text, set_up
from feedserver.cli.opening import all_read, is_sqlite
from feedserver.cli.running import tell
from feedserver.config.networks import Listen
from feedserver.config.settings import LogStyle
from feedserver.errors import ConfigError
from feedserver.service import DRAIN, Role, Service, open_service
from feedserver.store.opening import held_by_one_server, sqlite_path
from feedserver.web.serve import serve as serve_web

IMPATIENT_AFTER = 1.0
"""Seconds after the first Ctrl-C from which on another one ends the process at once."""

log = structlog.get_logger(__name__)


def roles_of(text: str) -> Sequence[Role]:
    """Return the roles that are named, with commas between them.

    Raises:
        BadParameter: One is not a role.
    """
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in set(Role)]:
        raise typer.BadParameter(
            f"{unknown[0]!r} is not a role; name web, poll, or web,poll", param_hint="--roles"
        )
    return [Role(name) for name in dict.fromkeys(names)]


async def serve(roles: Sequence[Role]) -> None:
    """Serve the newsroom of the folder, and stop in good order on SIGTERM or Ctrl-C.

    Raises:
        BadParameter: Only some roles, with a database that one process has to itself.
        ConfigError: The settings or the folder are wrong, or the address is taken.
        StoreBusyError: Another server holds the SQLite file.
    """
    settings, newsroom = all_read()
    set_up(settings.log)
    alone = is_sqlite(settings)
    if alone and set(roles) != set(Role):
        raise typer.BadParameter(
            "a SQLite file has one server, which does everything; leave --roles out, "
            "or share the work on PostgreSQL (FEEDSERVER_DATABASE=postgresql://…)",
            param_hint="--roles",
        )
    held = held_by_one_server(sqlite_path(settings.database)) if alone else nullcontext()
    with held, stopped_by_signals(settings.log) as stopping:
        port = port_for(settings.listen)
        origin = settings.listen.origin(port=port)
        async with (
            open_service(settings, newsroom, base_url=origin) as service,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(service.run(stopping, roles=roles))
            group.create_task(
                serve_web(
                    service,
                    host=settings.listen.host,
                    port=port,
                    open_to_loopback=False,
                    stopping=stopping,
                    started=partial(announce, service),
                )
            )


def announce(service: Service, address: str) -> None:
    """Say where to look: to a person in a few lines, to a log in one."""
    base = service.base_url
    if not is_text(service.settings.log):
        log.info("serving", address=address, desk=f"{base}/desk", feeds=f"{base}/feeds")
        return
    tell(
        f"{service.newsroom.site.title} is served at {address}",
        f"  feeds  {base}/feeds",
        f"  desk   {base}/desk (a token opens it: `feedserver tokens add NAME --scope desk`)",
        "  Ctrl-C stops it",
    )


def say_stopping(style: LogStyle) -> None:
    """Say that what is under way may end: to a person, or to a log as one more of its lines."""
    seconds = round(DRAIN.total_seconds())
    if is_text(style):
        tell(f"stopping; what is under way has {seconds} s to end")
    else:
        log.info("stopping", seconds_to_end=seconds)


@contextmanager
def stopped_by_signals(style: LogStyle) -> Generator[asyncio.Event]:
    """Give an event that SIGTERM or Ctrl-C sets; a second Ctrl-C ends the process at once."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            say_stopping(style)
            # Not at once: some wrappers pass one Ctrl-C on twice.
            loop.call_later(IMPATIENT_AFTER, loop.remove_signal_handler, signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield stopping
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def port_for(listen: Listen) -> int:
    """Return the port to listen on, found free at this moment; where it is 0, any that is.

    Raises:
        ConfigError: It is in use, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
        # As the server itself will: a port whose last connections still fade is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((listen.host, listen.port))
        except OSError as error:
            raise ConfigError(f"FEEDSERVER_LISTEN={listen} {_why_not(error)}") from error
        port: int = trial.getsockname()[1]
        return port


def _why_not(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "is in use by another program; end that one, or name another port"
        case errno.EACCES:
            return "is a port for root alone; take one above 1023, and put a proxy before it"
        case _:
            return f"cannot be listened on ({error.strerror or error}); name an address we have"

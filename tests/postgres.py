"""A PostgreSQL for the tests: the one that a DSN names, else one of our own on this machine.

Our own server lives in a temporary folder, listens on a unix socket only (no port to race for),
and ends with its block. As root it runs as the machine's ``postgres`` or ``nobody``, since
PostgreSQL refuses root.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

import asyncpg
import pytest

DSN = "FEEDSERVER_TEST_POSTGRES"
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests that never crash the server itself: nothing waits for the disk."""


class NoPostgresError(Exception):
    """The machine has no PostgreSQL, and nobody named one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A server that tests may make databases on.

    Attributes:
        url: Its maintenance database, as someone who may create others.
    """

    url: str

    def database(self, name: str) -> str:
        """Return the address of one of its databases."""
        return re.sub(r"^(\w+://[^/?]*)(/[^?]*)?", rf"\1/{name}", self.url)

    async def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database as a copy of another that nobody uses, and return its address."""
        # Copying files costs a fifth of writing them to the log, where nothing waits for the disk.
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.database(name)

    async def drop(self, name: str) -> None:
        """Remove a database, with who is still connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """A server in a folder, that a test may also stop and start again."""

    folder: Path
    binaries: Path
    user: str | None
    options: Mapping[str, str]

    @property
    def postgres(self) -> Postgres:
        return Postgres(url=f"postgresql:///postgres?host={self.folder}&user=postgres")

    def initialise(self) -> None:
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        here = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        settings = {**here, **self.options}
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """End it: ``fast`` as an operator does, ``immediate`` as a crash does."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, and fail with what it said."""
        done = subprocess.run(
            [self.binaries / program, "-D", self.folder / "data", *arguments],
            user=self.user,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            # To a file, not a pipe: a server that was started would hold a pipe open for ever.
            stdout=(output := tempfile.TemporaryFile()),  # noqa: SIM115 - closed below
            stderr=subprocess.STDOUT,
            check=False,
        )
        with output:
            output.seek(0)
            assert done.returncode == 0, f"{program} failed: {output.read().decode()}"


@contextmanager
def own_server(options: Mapping[str, str] = FAST) -> Generator[OwnServer]:
    """Run a server of our own; ``options={}`` for one that survives a crash.

    Raises:
        NoPostgresError: The machine has none.
    """
    binaries = find_binaries()
    user = unprivileged_user() if os.geteuid() == 0 else None
    # Not below pytest's folder: only its owner may enter that, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="feedserver-postgres-"))
    if user:
        shutil.chown(folder, user)
    server = OwnServer(folder=folder, binaries=binaries, user=user, options=options)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop("immediate")
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(environ: Mapping[str, str]) -> Generator[Postgres]:
    """Give the server that the environment names, or else one of our own.

    Raises:
        NoPostgresError: There is neither.
    """
    if url := environ.get(DSN):
        yield Postgres(url=url)
        return
    with own_server() as server:
        yield server.postgres


def find_binaries() -> Path:
    """Return the folder with the newest server's programs.

    Raises:
        NoPostgresError: The machine has none.
    """
    on_path: Sequence[Path] = [Path(found).parent] if (found := shutil.which("initdb")) else []
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(debian, key=lambda path: float(path.parts[-3]), reverse=True)
    for folder in (*on_path, *(path.parent for path in newest_first)):
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoPostgresError(
        f"no PostgreSQL server here: install one (on Debian: apt install postgresql), or set {DSN}"
        " to the address of one where we may create databases"
    )


def unprivileged_user() -> str:
    """Return who may run a server when we are root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def skip_or_fail(error: NoPostgresError, environ: Mapping[str, str]) -> NoReturn:
    """Skip the test with the reason; on CI, where a skipped half would be overlooked, fail it."""
    if environ.get("CI"):
        pytest.fail(f"on CI, PostgreSQL must not be skipped: {error}")
    pytest.skip(str(error))

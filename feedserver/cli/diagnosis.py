"""The doctor: look at everything that an installation needs, and say what to do about the rest."""

import shutil
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from feedserver.cli.opening import check_there, is_sqlite, settings_read
from feedserver.cli.screen import amount, length, show, show_json, size
from feedserver.clock import Clock, SystemClock
from feedserver.config.folder import read_newsroom
from feedserver.config.settings import Settings
from feedserver.errors import ConfigError, FeedServerError, StoreError
from feedserver.poll.parsers import Parsers
from feedserver.store import health, leases
from feedserver.store.database import Database, Dialect
from feedserver.store.migrate import require_current, version
from feedserver.store.opening import open_database, sqlite_path

ROOM = 512 << 20
"""Bytes that a disk should have free: below it a backup or a busy day may fill it."""

SKEW = timedelta(minutes=1)
"""How far a clock may be behind what is stored: machines that share a database differ by less."""

INDENT = 18
SETTINGS_ADVICE = "docs/reference/settings.md has every setting"
DATABASE_ADVICE = "FEEDSERVER_DATABASE says where it is"

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Doctor</title>
<item><guid>1</guid><title>A feed of one item</title></item></channel></rss>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one check.

    Attributes:
        advice: What to do; empty where all is well.
    """

    check: str
    ok: bool
    found: str
    advice: str = ""


async def examine(*, as_json: bool) -> bool:
    """Print what each check found; return whether all is well."""
    well = True
    async for finding in findings(SystemClock()):
        well &= finding.ok
        if as_json:
            show_json(asdict(finding))
            continue
        lines = [*finding.found.splitlines(), *([f"-> {finding.advice}"] if finding.advice else [])]
        show(f"{'ok' if finding.ok else 'WRONG':<6} {finding.check:<9}  {lines[0]}")
        for line in lines[1:]:
            show(line, indent=INDENT)
    return well


async def findings(clock: Clock) -> AsyncGenerator[Finding]:
    """Yield what each check finds; those that need what is wrong already are left out."""
    try:
        settings = settings_read()
    except ConfigError as error:
        yield Finding(check="settings", ok=False, found=str(error), advice=SETTINGS_ADVICE)
        return
    yield Finding(check="settings", ok=True, found="every FEEDSERVER_… name and value is known")
    yield await _checked("folder", _folder(settings), "docs/reference/newsroom.md has every key")
    if is_sqlite(settings):
        yield await _checked("disk", _disk(sqlite_path(settings.database)), "make room on it")
    yield await _checked("parser", _parser(), "reinstall the program; this process starts none")
    try:
        check_there(settings)
        async with open_database(settings.database, clock=clock) as database:
            yield Finding(check="database", ok=True, found="it answers")
            async for finding in _of_database(database, clock):
                yield finding
    except FeedServerError as error:
        yield Finding(check="database", ok=False, found=str(error), advice=DATABASE_ADVICE)


async def _of_database(database: Database, clock: Clock) -> AsyncGenerator[Finding]:
    schema = await _checked("schema", _schema(database), "`feedserver migrate` brings it forward")
    yield schema
    yield await _checked(
        "integrity", _integrity(database), "`feedserver restore` puts the last backup in its place"
    )
    if schema.ok:
        yield await _checked("writing", _writing(database), "see who owns the file and its folder")
        yield await _checked("clock", _clock(database, clock), "set this machine's clock (NTP)")


async def _checked(check: str, work: Awaitable[str], advice: str) -> Finding:
    try:
        return Finding(check=check, ok=True, found=await work)
    except FeedServerError as error:
        return Finding(check=check, ok=False, found=str(error), advice=advice)


async def _folder(settings: Settings) -> str:
    newsroom = read_newsroom(settings.feeds)
    sections, sources = len(newsroom.sections), len(newsroom.sources)
    return f"{settings.feeds}: {amount(sections, 'section')}, {amount(sources, 'source')}"


async def _disk(path: Path) -> str:
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise StoreError(f"{path.parent}: {error.strerror}") from error
    if free < ROOM:
        raise StoreError(f"{size(free)} are free in {path.parent}; {size(ROOM)} should be")
    return f"{size(free)} are free in {path.parent}"


async def _parser() -> str:
    async with Parsers(count=1) as parsers:
        await parsers.parse(FEED, url="http://localhost/")
    return "a parser process starts and reads a feed"


async def _schema(database: Database) -> str:
    await require_current(database)
    return f"{await version(database)}, as this program needs it"


async def _integrity(database: Database) -> str:
    if database.dialect is Dialect.POSTGRES:
        return "left to PostgreSQL, which checks its own pages"
    if broken := await health.faults(database, quick=True):
        raise StoreError("\n".join(broken))
    return "nothing is broken"


async def _writing(database: Database) -> str:
    async with database.write() as tx:
        await leases.hold(tx, "doctor", holder="doctor", lease=timedelta(0))
    return "what is written stays"


async def _clock(database: Database, clock: Clock) -> str:
    async with database.read() as tx:
        newest = await health.newest_moment(tx)
    if newest is None:
        return "nothing is stored yet that it could be compared with"
    behind = newest - clock.now()
    if behind > SKEW:
        raise StoreError(f"this machine's clock is {length(behind)} behind what was stored last")
    return "not behind what was stored last"

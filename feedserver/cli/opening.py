"""What commands begin with: the settings, the newsroom, the store."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from getpass import getuser
from pathlib import Path

from feedserver.cli.logs import set_up
from feedserver.clock import SystemClock
from feedserver.config.folder import read_newsroom
from feedserver.config.settings import SETTINGS, LogStyle, Settings
from feedserver.errors import ConfigError, StoreError
from feedserver.model.site import Newsroom
from feedserver.store.database import Database
from feedserver.store.migrate import require_current
from feedserver.store.opening import POSTGRES, open_database, sqlite_path


def settings_read() -> Settings:
    """Return what the environment says; log lines of this process then go to stderr.

    Raises:
        ConfigError: With one line for each mistake.
    """
    settings = Settings.from_environment(os.environ)
    # A person waits for this command's own words: JSON is for who reads the log of a server.
    set_up(LogStyle.TEXT if settings.log is LogStyle.AUTO else settings.log)
    return settings


def all_read() -> tuple[Settings, Newsroom]:
    """Return what the environment and the newsroom's folder say.

    Raises:
        ConfigError: With one line for each mistake in either.
    """
    mistakes = list[str]()
    settings = newsroom = None
    try:
        settings = settings_read()
    except ConfigError as error:
        mistakes.append(str(error))
    try:
        newsroom = read_newsroom(settings.feeds if settings else _folder())
    except ConfigError as error:
        mistakes.append(str(error))
    if settings is None or newsroom is None:
        raise ConfigError("\n".join(mistakes))
    return settings, newsroom


def is_sqlite(settings: Settings) -> bool:
    """Tell whether everything is kept in a file."""
    return not settings.database.startswith(POSTGRES)


@asynccontextmanager
async def store_opened(settings: Settings) -> AsyncGenerator[Database]:
    """Open the database, which must be there and of this program's schema.

    Raises:
        StoreError: It is not, or cannot be used.
    """
    check_there(settings)
    async with open_database(settings.database, clock=SystemClock()) as database:
        await require_current(database)
        yield database


def check_there(settings: Settings) -> None:
    """Refuse a SQLite file that does not exist, which opening it would make.

    Raises:
        StoreError: It does not.
    """
    if is_sqlite(settings) and not (path := sqlite_path(settings.database)).exists():
        raise StoreError(
            f"there is no database {path}; `feedserver serve` makes it, and so does "
            "`feedserver migrate`; FEEDSERVER_DATABASE names another"
        )


def actor() -> str:
    """Return who acts, for the record of acts."""
    try:
        return f"{getuser()} at the command line"
    except (KeyError, OSError):
        # A container's user often has no name.
        return f"user {os.getuid()} at the command line"


def _folder() -> Path:
    """Return the newsroom's folder where other settings are wrong."""
    feeds = SETTINGS["feeds"]
    return Path(os.environ.get(feeds.name) or feeds.default)

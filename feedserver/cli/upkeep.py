"""Look after the database: bring its schema forward, back it up, put a backup in its place."""

from pathlib import Path

import typer

from feedserver.cli.opening import check_there, is_sqlite, settings_read
from feedserver.cli.progress import bar
from feedserver.cli.running import tell
from feedserver.cli.screen import show, show_json, size
from feedserver.clock import SystemClock
from feedserver.store import backups
from feedserver.store.database import Dialect
from feedserver.store.migrate import migrate, migrations, version
from feedserver.store.opening import open_database


async def migrate_database(upto: int | None, *, as_json: bool) -> None:
    """Take the steps of the schema that are missing.

    Raises:
        BadParameter: There is no such step.
        SchemaError: A newer program made the database.
    """
    settings = settings_read()
    known = migrations(Dialect.SQLITE if is_sqlite(settings) else Dialect.POSTGRES)
    newest = known[-1].number
    if upto is not None and not 1 <= upto <= newest:
        raise typer.BadParameter(f"{upto} is no step; there are 1 to {newest}", param_hint="--to")
    async with open_database(settings.database, clock=SystemClock()) as database:
        with bar("bringing the schema forward"):
            taken = await migrate(database, upto=upto)
        now = await version(database)
    if as_json:
        show_json({"schema": now, "taken": [step.number for step in taken]})
        return
    for step in taken:
        show(f"{step.number:>4}  {step.title.replace('_', ' ')}")
    show(f"the database has schema {now}{'' if taken else ' already'}")


async def back_up(file: Path, *, replace: bool, as_json: bool) -> None:
    """Write a backup while others go on using the database.

    Raises:
        ConflictError: The file exists.
        StoreError: The database or the file cannot be used.
    """
    settings = settings_read()
    check_there(settings)
    with bar("backing up", 1.0) as shown:
        written = await backups.back_up(
            settings.database,
            file,
            replace=replace,
            clock=SystemClock(),
            progress=shown.reach,
        )
    if as_json:
        show_json({"file": str(file), "bytes": written})
        return
    show(f"{file}: {size(written)}, checked")


async def restore(file: Path, *, replace: bool, as_json: bool) -> None:
    """Put a backup in the place of the database.

    Raises:
        StoreBusyError: Somebody uses it.
        ConflictError: It is not empty, and ``replace`` was not said.
        StoreError: The backup cannot be used.
    """
    settings = settings_read()
    with bar("restoring", 1.0) as shown:
        kept = await backups.restore(
            settings.database,
            file,
            replace=replace,
            clock=SystemClock(),
            progress=shown.reach,
        )
    if as_json:
        show_json({"restored": str(file), "kept": kept})
    else:
        show(f"{file} is the database now")
    if kept is not None:
        tell(f"what was there before is kept as {kept}")
    tell("tokens that were revoked since that backup are valid again: `feedserver tokens list`")

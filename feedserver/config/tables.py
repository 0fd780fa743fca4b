"""From a TOML file to tables of values, noting every mistake on the way."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from feedserver.config.keys import Model, Shape
from feedserver.config.readers import did_you_mean, quoted
from feedserver.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as far as it could be read.

    Attributes:
        where: File and table, as a message begins: ``feeds/sources.toml: source "reuters-world"``.
        name: The table as another table's message calls it: ``source "reuters-world"``.
        written: By key, as in the file.
        values: By key, as read; those that could not be are left out.
    """

    where: str
    name: str
    written: Mapping[str, object]
    values: Mapping[str, Any]


def read_file(shape: Shape[Model], path: Path, mistakes: list[str]) -> list[Table] | None:
    """Read a file's tables, and add a line to ``mistakes`` for each thing that is wrong.

    Returns:
        ``None`` where the file could not be read as TOML.
    """
    try:
        document = _document(shape, path)
    except ConfigError as error:
        mistakes.append(str(error))
        return None
    if not shape.table:
        return [_table(shape, document, str(path), "site", mistakes)]
    unknown = [key for key in document if key != shape.table]
    mistakes.extend(_not_keys(str(path), unknown, [shape.table]))
    tables = document.get(shape.table, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        mistakes.append(f"{path}: {shape.table} must stand in double brackets: [[{shape.table}]]")
        return None
    named = [(_name(shape, table, place), table) for place, table in enumerate(tables, start=1)]
    return [_table(shape, table, f"{path}: {name}", name, mistakes) for name, table in named]


def built(shape: Shape[Model], tables: list[Table]) -> tuple[Model, ...]:
    """Make the model's values of tables that have no mistakes."""
    return tuple(msgspec.convert(table.values, shape.model) for table in tables)


def _document(shape: Shape[Model], path: Path) -> dict[str, Any]:
    try:
        # utf-8-sig: some editors put a byte order mark first, which TOML does not know.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing; it holds {shape.purpose}") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).removesuffix(")").partition(" (at ")
        raise ConfigError(f"{path}: {place}: {what[:1].lower()}{what[1:]}") from error


def _name(shape: Shape[Model], written: Mapping[str, object], place: int) -> str:
    known_by = written.get(shape.known_by)
    if isinstance(known_by, str) and known_by:
        return f"{shape.table} {quoted(known_by)}"
    return f"{shape.table} number {place}"


def _table(
    shape: Shape[Model], written: Mapping[str, object], where: str, name: str, mistakes: list[str]
) -> Table:
    values = dict[str, object]()
    unknown = [key for key in written if key not in shape.keys]
    mistakes.extend(_not_keys(where, unknown, list(shape.keys)))
    for key, declared in shape.keys.items():
        if key in written:
            try:
                values[key] = declared.read(written[key])
            except ValueError as error:
                mistakes.append(f"{where}: {key} {error}")
        elif key in shape.required:
            mistakes.append(f"{where}: {key} is missing. {declared.meaning}")
    return Table(where=where, name=name, written=written, values=values)


def _not_keys(where: str, unknown: list[str], known: list[str]) -> Iterator[str]:
    for key in unknown:
        advice = did_you_mean(key, known, otherwise=f"the keys are {', '.join(known)}")
        yield f"{where}: {quoted(key)} is not a key; {advice}"

"""How a key of a TOML table is declared, and the shape that keys make together."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Generic, TypeVar

from feedserver.config.readers import Value, each, quoted
from feedserver.model.site import Rule, Section, Site
from feedserver.model.source import SourceWish

Model = TypeVar("Model", Site, Section, SourceWish, Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a table.

    Attributes:
        read: A reader as those of :mod:`feedserver.config.readers`, of any TOML value. A value of
            the wrong type is a :exc:`ValueError` too: the mistake is the operator's, not ours.
    """

    read: Callable[[object], object]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[Model]):
    """What the tables of a file look like.

    Attributes:
        file: The file's name.
        purpose: What the file holds, to end the sentence "it holds ...".
        table: As in ``[[table]]``; empty where the file itself is the one table.
        known_by: The key by whose value a message names a table.
        model: What a table becomes. Its fields are the keys.
    """

    file: str
    purpose: str
    table: str = ""
    known_by: str = ""
    model: type[Model]
    keys: Mapping[str, Key]

    @property
    def required(self) -> frozenset[str]:
        """The keys that must be there: those whose field has no default."""
        return frozenset(
            field.name
            for field in fields(self.model)
            if field.default is MISSING and field.default_factory is MISSING
        )


def text(read: Callable[[str], Value], meaning: str) -> Key:
    """Declare a key whose value is a text in quotes."""
    return Key(read=_quoted(read), meaning=meaning)


def texts(read: Callable[[str], Value], meaning: str) -> Key:
    """Declare a key whose value is a list of such texts, none of them twice."""

    def read_list(value: object) -> tuple[Value, ...]:
        if not isinstance(value, list):
            raise ValueError(f"{quoted(value)} is not a list; write {quoted([value])}")  # noqa: TRY004 - see Key
        values = each(value, _quoted(read))
        if len(set(values)) < len(values):
            raise ValueError(f"{quoted(value)} names one twice; leave one of them out")
        return values

    return Key(read=read_list, meaning=meaning)


def number(least: int, most: int, meaning: str) -> Key:
    """Declare a key whose value is a whole number in that range, both ends included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {quoted(value)}")
        return value

    return Key(read=read, meaning=meaning)


def flag(meaning: str) -> Key:
    """Declare a key that is true or false."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"must be true or false, without quotes, not {quoted(value)}")  # noqa: TRY004 - see Key
        return value

    return Key(read=read, meaning=meaning)


def _quoted(read: Callable[[str], Value]) -> Callable[[object], Value]:
    def read_text(value: object) -> Value:
        if not isinstance(value, str):
            raise ValueError(f"must be a text in quotes, not {quoted(value)}")  # noqa: TRY004 - see Key
        return read(value)

    return read_text

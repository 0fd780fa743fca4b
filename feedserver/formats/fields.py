"""JSON objects from outside, read field by field, so that every mistake is named at once. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

import msgspec

from feedserver.errors import InvalidError

Value = TypeVar("Value")
Default = TypeVar("Default")

WHOLE = "body"
"""The name of the whole in the list of mistakes."""

_KINDS: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def read_object(data: bytes) -> "Fields":
    """Read a JSON object.

    Raises:
        InvalidError: The bytes are no JSON, or not an object.
    """
    try:
        value: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidError({WHOLE: f"must be a JSON object; this is no JSON: {error}"}) from error
    if not isinstance(value, dict):
        raise InvalidError({WHOLE: f"must be a JSON object, not {kind(value)}"})
    return Fields(values=value)


@dataclass(slots=True, kw_only=True)
class Fields:
    """An object's fields, and what was found wrong with them. A null is as if it was not there.

    A reader is a function from a value to a better one that raises ValueError; its text says what
    would be right.

    Attributes:
        path: Stands before each name in ``problems``: ``images[0].``
    """

    values: Mapping[str, object]
    path: str = ""
    problems: dict[str, str] = field(default_factory=dict[str, str])
    _known: list[str] = field(init=False, default_factory=list[str])

    def take(self, name: str, read: Callable[[object], Value], default: Default) -> Value | Default:
        """Return a field as read; the default where it is left out or wrong."""
        self._known.append(name)
        value = self.values.get(name)
        return default if value is None else self._read(name, value, read, default)

    def need(self, name: str, read: Callable[[object], Value], default: Default) -> Value | Default:
        """Return a field that must be there; the default stands in where it is missing or wrong."""
        if self.values.get(name) is None:
            self._known.append(name)
            self.problems[self.path + name] = "is missing"
            return default
        return self.take(name, read, default)

    def each(self, name: str, read: Callable[[object], Value], *, most: int) -> tuple[Value, ...]:
        """Return the elements of a list, each as read; those that are wrong are left out."""
        found = (
            self._read(f"{name}[{place}]", value, read, None)
            for place, value in enumerate(self._list(name, most))
        )
        return tuple(value for value in found if value is not None)

    def objects(self, name: str, *, most: int, bare: str | None = None) -> Iterator["Fields"]:
        """Yield the elements of a list, each an object whose fields can be read.

        Args:
            bare: The one field that an element may consist of, when it is a text and no object.
        """
        for place, value in enumerate(self._list(name, most)):
            where = f"{self.path}{name}[{place}]"
            if bare and isinstance(value, str):
                value = {bare: value}  # noqa: PLW2901 - the same author, written in full
            if isinstance(value, dict):
                yield Fields(values=value, path=f"{where}.", problems=self.problems)
            else:
                self.problems[where] = f"must be an object, not {kind(value)}"

    def end(self) -> None:
        """Find fault with the fields that nobody has asked for."""
        for name in self.values:
            if name not in self._known:
                near = get_close_matches(name, self._known, n=1)
                advice = f"did you mean {near[0]!r}?" if near else f"there are {self._names()}"
                self.problems[self.path + name] = f"is not a field; {advice}"

    def check(self) -> None:
        """Refuse the object if anything was wrong.

        Raises:
            InvalidError: With every mistake by its path.
        """
        if self.problems:
            raise InvalidError(self.problems)

    def _read(
        self, name: str, value: object, read: Callable[[object], Value], default: Default
    ) -> Value | Default:
        try:
            return read(value)
        except ValueError as error:
            self.problems[self.path + name] = str(error)
            return default

    def _list(self, name: str, most: int) -> Sequence[object]:
        found: Sequence[object] = self.take(name, listed, ())
        if len(found) > most:
            self.problems[self.path + name] = f"has {len(found)} elements; send at most {most}"
            return ()
        return found

    def _names(self) -> str:
        return ", ".join(self._known)


def kind(value: object) -> str:
    """Return what JSON calls a value of this type."""
    return _KINDS.get(type(value), type(value).__name__)


def listed(value: object) -> Sequence[object]:
    """Read a list."""
    if not isinstance(value, list):
        raise ValueError(f"must be a list, not {kind(value)}")  # noqa: TRY004 - as every reader
    return value


def text(value: object, *, longest: int) -> str:
    """Read a text of at most so many characters."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text, not {kind(value)}")  # noqa: TRY004 - as every reader
    if len(value) > longest:
        raise ValueError(f"has {len(value)} characters; send at most {longest}")
    return value


def whole_number(value: object, *, least: int, most: int) -> int:
    """Read a whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        said = kind(value) if isinstance(value, bool) or not isinstance(value, int) else value
        raise ValueError(f"must be a whole number from {least} to {most}, not {said}")
    return value


def flag(value: object) -> bool:
    """Read a yes or no."""
    if not isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 - as every reader
            f"must be true or false, not {kind(value)}"
        )
    return value

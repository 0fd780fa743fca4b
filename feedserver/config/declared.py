"""How a setting is declared: once, as data, beside the field that holds its value."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one setting is written and what it means.

    Attributes:
        name: Of the environment's variable.
        default: As it would be written there; empty where there is none.
        secret: Its value is shown without passwords.
    """

    name: str
    default: str
    read: Callable[[str], object]
    meaning: str
    secret: bool = False


def setting(
    default: str, read: Callable[[str], Value], meaning: str, *, secret: bool = False
) -> Value:
    """Declare a setting as a dataclass's field, whose type its reader must give."""
    declared = {"default": default, "read": read, "meaning": meaning, "secret": secret}
    value: Value = field(default=read(default), repr=not secret, metadata=declared)
    return value


def optional(read: Callable[[str], Value]) -> Callable[[str], Value | None]:
    """Return a reader for which an empty text is no value."""
    return lambda written: read(written) if written else None

"""What feedparser gives, read without trust: any value may be missing or of another type."""

from collections.abc import Iterator, Mapping

Raw = Mapping[str, object]
"""A part of feedparser's result."""


_LONGEST_NUMBER = 12
"""Digits; no picture is that wide and no file that long."""


def get(raw: Raw, key: str) -> object:
    """Return exactly what the document has under that name.

    feedparser's own lookup answers for ``updated`` with ``published`` where the former is missing;
    the plain dictionary beneath does not.
    """
    return dict.get(raw, key) if isinstance(raw, dict) else None


def text(raw: Raw, key: str) -> str:
    """Return the text of that name, or an empty one."""
    value = get(raw, key)
    return value if isinstance(value, str) else ""


def number(raw: Raw, key: str) -> int:
    """Return the whole number of that name, as ``640`` or ``640px``; 0 where there is none."""
    digits = text(raw, key).strip().removesuffix("px")
    return (
        int(digits)
        if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER
        else 0
    )


def part(raw: Raw, key: str) -> Raw:
    """Return the part of that name, or an empty one."""
    value = get(raw, key)
    return value if isinstance(value, dict) else {}


def parts(raw: Raw, key: str) -> Iterator[Raw]:
    """Yield the parts listed under that name."""
    value = get(raw, key)
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()

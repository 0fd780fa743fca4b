"""Which characters a document may hold, and values freed from all others.

One control character makes a whole XML document unreadable (XML 1.0, section 2.2), and a lone
surrogate cannot be written as UTF-8 at all.
"""

import re
import sys
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

T = TypeVar("T")

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML 1.0 forbids, and the controls and non-characters that it discourages."""

_SURROGATES = range(0xD800, 0xE000)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));")
_MOST_DIGITS = 7
"""Of the longest references that name a character, ``&#1114111;`` and ``&#x10FFFF;``."""


def scrub(text: str) -> str:
    """Return the text without characters that a document must not hold; lines end in LF."""
    return _UNFIT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def without_broken_references(document: bytes) -> bytes:
    """Return a document without references (``&#xD800;``) to what is no character of Unicode.

    feedparser gives up on the whole document for one of them.
    """
    return _REFERENCE.sub(lambda found: found[0] if _names_a_character(found) else b"", document)


def _names_a_character(reference: re.Match[bytes]) -> bool:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    number = int(digits or b"0", base) if len(digits) <= _MOST_DIGITS else sys.maxunicode + 1
    return number <= sys.maxunicode and number not in _SURROGATES


def scrubbed(value: T) -> T:
    """Return a value of the model with every text in it scrubbed, however deep."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return cast("T", scrub(value))
    if isinstance(value, tuple):
        return cast("T", tuple(map(scrubbed, value)))
    if is_dataclass(value):
        # The stubs of replace() want to know that it is an instance and not a class.
        instance = cast("Any", value)
        clean = {f.name: scrubbed(getattr(value, f.name)) for f in fields(value)}
        return cast("T", replace(instance, **clean))
    return value

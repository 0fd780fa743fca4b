"""Which characters a document may hold, and values freed from all others.

One control character makes a whole XML document unreadable (XML 1.0, section 2.2), and a lone
surrogate cannot be written as UTF-8 at all.
"""

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

T = TypeVar("T")

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML 1.0 forbids, and the controls and non-characters that it discourages."""


def scrub(text: str) -> str:
    """Return the text without characters that a document must not hold; lines end in LF."""
    return _UNFIT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


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

"""Languages as feeds declare them."""

import re

_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_SCRIPT, _REGION = 4, 2


def language_tag(declared: str) -> str | None:
    """Return a language tag as BCP 47 writes it (``zh-Hans``, ``en-US``), or ``None`` for no tag.

    Letters' case and the separator are mended; words ("English") are not understood.
    """
    if not _TAG.fullmatch(declared.strip()):
        return None
    first, *rest = declared.strip().replace("_", "-").split("-")
    return "-".join([first.lower(), *map(_subtag, rest)])


def _subtag(subtag: str) -> str:
    if len(subtag) == _SCRIPT and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == _REGION else subtag.lower()

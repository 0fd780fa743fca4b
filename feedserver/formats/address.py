"""Addresses that a feed may carry."""

import re

from yarl import URL

_PLAIN = re.compile(
    r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?"
    r"(?:[/?#](?:[!#$&'()*+,\-./0-9:;=?@A-Z_a-z~]|%[0-9A-Fa-f]{2})*)?"
)
"""An address that RFC 3986 allows as it stands; it stays byte for byte as it was given."""


def web_address(text: str | None) -> str | None:
    """Return the text as an absolute address of the web, or ``None`` where it is none.

    Only http and https pass, so no ``javascript:`` or ``data:`` reaches a reader. What RFC 3986
    forbids is percent-encoded, and a user's name and password are left out.
    """
    if text is None:
        return None
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    try:
        url = URL(text)
        fit = url.scheme in {"http", "https"} and url.host is not None
        return str(url.with_user(None)) if fit else None
    except (ValueError, TypeError):
        return None

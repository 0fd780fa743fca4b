"""The answer to a request for a feed: which status, headers and bytes (RFC 9110). Pure.

The web rim only transcribes it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from feedserver.model.feed import Document

CACHE_CONTROL: Final = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
"""A minute, so that a correction is out soon; then a stale copy while ours is asked, or is down."""

VARY: Final = "Accept-Encoding, Sec-Fetch-Mode, Sec-Fetch-Dest"
"""What the answer depends on. A browser that opens a feed's address is shown a page instead; no
cache, the browser's own included, may give it the feed that a script had fetched before."""

_ENTITY_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_QVALUE: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_GZIP: Final = ("gzip", "x-gzip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to send.

    Attributes:
        headers: With ``Content-Length`` where a body stands or would stand (HEAD).
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Representation:
    """A document in one encoding, with a strong tag of its own."""

    etag: str
    body: bytes
    headers: Mapping[str, str]


def answer(
    method: str, headers: Iterable[tuple[str, str]], document: Document, *, self_url: str
) -> Answer:
    """Return the answer to a GET or HEAD of a document; 405 to anything else.

    Args:
        method: Of the request.
        headers: Of the request, in order; a name may come more than once.
        document: The version that is shown.
        self_url: The address of the document, as the document itself gives it.
    """
    if method not in {"GET", "HEAD"}:
        return Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
    asked = _combined(headers)
    chosen = _represent(document, asked.get("accept-encoding", ""))
    common = {
        "ETag": chosen.etag,
        "Last-Modified": format_datetime(document.modified_at.astimezone(UTC), usegmt=True),
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "Link": f'<{self_url}>; rel="self"',
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(asked, chosen.etag, document.modified_at):
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=common)
    content = {
        "Content-Type": f"{document.format.media_type}; charset=utf-8",
        "Content-Length": str(len(chosen.body)),
        **chosen.headers,
    }
    body = chosen.body if method == "GET" else b""
    return Answer(status=HTTPStatus.OK, headers=common | content, body=body)


def _combined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers by lower-case name; those that come again form one list (section 5.3)."""
    combined: dict[str, str] = {}
    for name, value in headers:
        before = combined.get(name.lower())
        combined[name.lower()] = value if before is None else f"{before}, {value}"
    return combined


def _represent(document: Document, accept_encoding: str) -> _Representation:
    if _takes_gzip(accept_encoding):
        return _Representation(
            etag=f'"{document.etag}-gzip"',
            body=document.gzip,
            headers={"Content-Encoding": "gzip"},
        )
    return _Representation(etag=f'"{document.etag}"', body=document.body, headers={})


def _takes_gzip(accept_encoding: str) -> bool:
    """Tell whether gzip is acceptable and not less welcome than plain bytes (section 12.5.3)."""
    weights = dict(map(_weighed, accept_encoding.lower().split(",")))
    anything = weights.get("*", 0.0)
    gzip = max((weights[name] for name in _GZIP if name in weights), default=anything)
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weighed(part: str) -> tuple[str, float]:
    """Read ``gzip;q=0.5``; a weight that is none counts as not acceptable."""
    coding, _, parameter = (piece.strip() for piece in part.partition(";"))
    if not parameter:
        return coding, 1.0
    name, _, weight = (piece.strip() for piece in parameter.partition("="))
    return coding, float(weight) if name == "q" and _QVALUE.fullmatch(weight) else 0.0


def _is_known(asked: Mapping[str, str], etag: str, modified_at: datetime) -> bool:
    """Tell whether the client has this already; a tag decides before a date (section 13.2.2)."""
    if (tags := asked.get("if-none-match")) is not None:
        return tags.strip() == "*" or etag.strip('"') in _ENTITY_TAG.findall(tags)
    since = _http_date(asked.get("if-modified-since", ""))
    return since is not None and modified_at <= since


def _http_date(text: str) -> datetime | None:
    """Read a date; what is none is as if it was not sent (section 13.1.3)."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)

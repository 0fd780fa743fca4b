"""What went wrong with a request, in plain words and as our errors."""

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from feedserver.errors import BlockedError, FetchError, GoneError, ThrottledError
from feedserver.fetch.caching import retry_after
from feedserver.fetch.connect import RefusedError

THROTTLED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

ODD = {
    **dict.fromkeys((301, 302, 303, 307, 308), ", but not where to go"),
    304: ", though we sent no validators",
}
"""What is wrong with an answer that would be right at another time."""

LONGEST_QUOTE = 100
"""Characters of a parser's complaint, which quotes what the server sent."""


@contextmanager
def as_our_errors(url: object) -> Iterator[None]:
    """Turn what aiohttp raises into a :exc:`FetchError` that names the address."""
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, RefusedError):
            raise BlockedError(f"{url}: {error.os_error}") from error
        raise FetchError(f"{url}: {in_words(error)}") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise FetchError(f"{url}: {in_words(error)}") from error


def in_words(error: Exception) -> str:
    """Say what an error of aiohttp means."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words(error)
    return _quoted(str(error) or type(error).__name__)


def failure(url: object, status: int, headers: Mapping[str, str], now: datetime) -> FetchError:
    """Return the error that an answer without a document amounts to."""
    message = f"{url}: answered {_status(status)}{ODD.get(status, '')}"
    if status in THROTTLED:
        wait = retry_after(headers.get("retry-after", ""), now)
        return ThrottledError(message, status=status, retry_after=wait)
    if status == HTTPStatus.GONE:
        return GoneError(message, status=status)
    return FetchError(message, status=status)


def _status(status: int) -> str:
    """Name a status by the standard's phrase; the server's own may hold anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status}, which is no known status"


def _unconnected(error: aiohttp.ClientConnectorError) -> str:
    problem = error.os_error
    # asyncio puts words of its own ("Connect call failed") in the place of the system's.
    return f"no connection: {os.strerror(problem.errno) if problem.errno else _said(problem)}"


def _said(error: OSError) -> str:
    return _quoted(error.strerror or str(error) or type(error).__name__)


def _verdict(error: ssl.CertificateError) -> str:
    """Return what is wrong with a certificate, without OpenSSL's wrapping where it has any."""
    return _quoted(getattr(error, "verify_message", "") or str(error))


def _quoted(text: str) -> str:
    """Make a text that may quote the server fit for one line of a log."""
    line = " ".join(text.split())[:LONGEST_QUOTE]
    return "".join(char if char.isprintable() else "?" for char in line)


_WORDS: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (
        aiohttp.ClientConnectorCertificateError,
        lambda error: f"its certificate is not valid: {_verdict(error.certificate_error)}",
    ),
    (
        aiohttp.ClientConnectorSSLError,
        lambda error: f"no encrypted connection: {_said(error.os_error)}",
    ),
    (aiohttp.ClientConnectorDNSError, lambda error: f"no such host ({_said(error.os_error)})"),
    (aiohttp.ClientConnectorError, _unconnected),
    (aiohttp.ServerDisconnectedError, lambda _: "closed the connection without an answer"),
    (aiohttp.ClientOSError, lambda error: f"the connection broke: {_said(error)}"),
    (aiohttp.ClientPayloadError, lambda _: "its body was cut short, or badly framed"),
    (
        aiohttp.ClientResponseError,
        lambda error: f"its answer is not HTTP as we read it: {_quoted(error.message)}",
    ),
)
"""What each kind means; the first that fits."""

"""What a server sent, read with bounds: its headers and its body."""

from collections.abc import Mapping

import aiohttp

from feedserver.errors import FetchError, TooLargeError
from feedserver.fetch.decoding import DecodingError, decoder_for

LISTS = frozenset({"cache-control", "link"})
"""Headers whose repetition makes one list (RFC 9110, section 5.3); of others the first counts."""


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers by lower-case name. Bytes that are not UTF-8 are lone surrogates."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        if key not in headers:
            headers[key] = value
        elif key in LISTS:
            headers[key] += f", {value}"
    return headers


def without_surrogates(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that can be stored and sent on; what is not UTF-8 becomes ``?``."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in headers.items()}


async def read_body(response: aiohttp.ClientResponse, *, max_bytes: int) -> bytes:
    """Return the body, unpacked.

    Raises:
        TooLargeError: It is longer than ``max_bytes``, packed or unpacked.
        FetchError: It is empty, or not what its ``Content-Encoding`` says.
    """
    url, status = response.url, response.status
    try:
        body = await _unpacked(response, max_bytes)
    except DecodingError as error:
        raise FetchError(f"{url}: its body {error}", status=status) from error
    except _TooLong:
        raise TooLargeError(f"{url}: sent more than {max_bytes} bytes", status=status) from None
    if not body:
        raise FetchError(f"{url}: sent an empty body", status=status)
    return body


class _TooLong(Exception):  # noqa: N818 - never leaves this module
    """The limit has been passed."""


async def _unpacked(response: aiohttp.ClientResponse, most: int) -> bytes:
    decoder = decoder_for(response.headers.get("Content-Encoding", ""))
    if (response.content_length or 0) > most:
        raise _TooLong
    body, taken = bytearray(), 0
    # content.read(n) stops at the first packet; only iterating reaches the end.
    async for piece in response.content.iter_any():
        taken += len(piece)
        # One byte more than allowed is enough to know: a bomb is put out as it goes off.
        body += decoder.decode(piece, most + 1 - len(body))
        if max(taken, len(body)) > most:
            raise _TooLong
    decoder.end()
    return bytes(body)

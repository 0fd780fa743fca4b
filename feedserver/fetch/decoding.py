"""Content codings (RFC 9110, section 8.4.1), undone piece by piece and never further than wanted.

aiohttp's own decoding is not used: it takes a gzip stream that was cut in the middle for a whole
one, and half a document must not bring validators with it.
"""

import sys
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol


def _library(name: str) -> Any:  # noqa: ANN401 - a module, or None where it is not installed
    try:
        return import_module(name)
    except ImportError:
        return None


_brotli = _library("brotli")
_zstd = _library("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

MOST_MEMBERS = 100
"""Gzip members in one body. Each costs a copy of what follows it: thousands would be a bomb."""

WIDEST_ZSTD_WINDOW = 23
"""Bits: 8 MiB, all that a ``zstd`` content coding may ask for (RFC 9659, section 3)."""


class DecodingError(ValueError):
    """The body is not what its ``Content-Encoding`` says, or ends too early."""


class Decoder(Protocol):
    """Undoes one content coding."""

    def decode(self, piece: bytes, most: int) -> bytes:
        """Take the next piece of the body and return what it becomes.

        A result of ``most`` bytes or more means that more may be to come, and be lost: the caller
        must want less than ``most`` in all.

        Raises:
            DecodingError: The piece is not in that coding.
        """
        ...

    def end(self) -> None:
        """Take note that the body is over.

        Raises:
            DecodingError: It should have gone on.
        """
        ...


class Identity:
    """No coding. HTTP's framing has already told whether the body is whole."""

    def decode(self, piece: bytes, most: int) -> bytes:  # noqa: ARG002 - the protocol's
        """Return the piece."""
        return piece

    def end(self) -> None:
        """Any end will do."""


class _Inflater(Protocol):
    """What zlib and zstd have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Members:
    """Gzip members or zstd frames, one or several in a row. What follows the last is left out.

    Args:
        begin: Makes the inflater of one member.
        magic: The bytes that each member begins with.
    """

    def __init__(self, begin: Callable[[], _Inflater], magic: bytes) -> None:
        self._begin = begin
        self._magic = magic
        self._member = begin()
        self._count = 1
        self._held = b""

    def decode(self, piece: bytes, most: int) -> bytes:
        """See :meth:`Decoder.decode`."""
        out = bytearray()
        rest = self._held + piece
        while len(out) < most and self._goes_on(rest):
            out += _inflated(self._member, rest, most - len(out))
            rest = self._member.unused_data
        # Kept only until they are enough to tell whether a member begins here.
        self._held = rest[: len(self._magic)]
        return bytes(out)

    def end(self) -> None:
        """See :meth:`Decoder.end`."""
        if not self._member.eof:
            raise DecodingError("ends in the middle")

    def _goes_on(self, rest: bytes) -> bool:
        if not rest or not self._member.eof:
            return bool(rest)
        if not rest.startswith(self._magic):
            return False
        self._member = self._begin()
        self._count += 1
        if self._count > MOST_MEMBERS:
            raise DecodingError(f"has more than {MOST_MEMBERS} members")
        return True


class Deflate:
    """A zlib stream (RFC 1950), or the bare deflate (RFC 1951) that some servers send instead."""

    def __init__(self) -> None:
        self._inflater: _Inflater | None = None

    def decode(self, piece: bytes, most: int) -> bytes:
        """See :meth:`Decoder.decode`."""
        if self._inflater is None:
            zlib_header = piece[0] & 0x0F == zlib.DEFLATED
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
        return _inflated(self._inflater, piece, most)

    def end(self) -> None:
        """See :meth:`Decoder.end`."""
        if self._inflater is None or not self._inflater.eof:
            raise DecodingError("ends in the middle")


class Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._decompressor = _brotli.Decompressor()

    def decode(self, piece: bytes, most: int) -> bytes:
        """See :meth:`Decoder.decode`."""
        try:
            out: bytes = self._decompressor.process(piece, output_buffer_limit=most)
        except _brotli.error as error:
            raise DecodingError("cannot be unpacked as its Content-Encoding says") from error
        return out

    def end(self) -> None:
        """See :meth:`Decoder.end`."""
        if not self._decompressor.is_finished():
            raise DecodingError("ends in the middle")


def _begin_gzip() -> Decoder:
    return Members(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), b"\x1f\x8b")


def _begin_zstd() -> Decoder:
    widest = {_zstd.DecompressionParameter.window_log_max: WIDEST_ZSTD_WINDOW}
    return Members(lambda: _zstd.ZstdDecompressor(options=widest), b"\x28\xb5\x2f\xfd")


_DECODERS: dict[str, Callable[[], Decoder]] = {"gzip": _begin_gzip, "deflate": Deflate}
# Before 1.2 brotli had no limit on what a piece may become.
if _brotli and hasattr(_brotli.Decompressor, "can_accept_more_data"):
    _DECODERS["br"] = Brotli
if _zstd:
    _DECODERS["zstd"] = _begin_zstd

_INFLATE_ERRORS = (zlib.error, _zstd.ZstdError) if _zstd else (zlib.error,)

REGISTERED = frozenset({"br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "zstd"})
"""Codings that a server may use for a body (IANA registry of HTTP content codings)."""

ACCEPT_ENCODING = ", ".join(_DECODERS)
"""The codings that we can undo here: brotli and zstd need their libraries."""


def decoder_for(content_encoding: str) -> Decoder:
    """Return what undoes a ``Content-Encoding``.

    Words that name no coding are passed over, as browsers do: some servers put a charset here.

    Raises:
        DecodingError: It is one that we cannot undo, or several.
    """
    words = [word.strip().lower().removeprefix("x-") for word in content_encoding.split(",")]
    match [word for word in words if word in REGISTERED]:
        case []:
            return Identity()
        case [coding] if coding in _DECODERS:
            return _DECODERS[coding]()
        case _:
            raise DecodingError(f"is not in a coding that we asked for ({ACCEPT_ENCODING})")


def _inflated(inflater: _Inflater, piece: bytes, most: int) -> bytes:
    try:
        return inflater.decompress(piece, most)
    except _INFLATE_ERRORS as error:
        raise DecodingError("cannot be unpacked as its Content-Encoding says") from error

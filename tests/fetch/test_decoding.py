import gzip
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.fetch.decoding import MOST_MEMBERS, DecodingError, decoder_for

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"<rss>" + bytes(range(256)) * 40 + b"</rss>"


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def in_two(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda body: pack(body[:100]) + pack(body[100:])


def unpacked(coding: str, packed: bytes, *, piece: int = 65536, most: int = 1 << 20) -> bytes:
    decoder = decoder_for(coding)
    body = b""
    for start in range(0, len(packed), piece):
        body += decoder.decode(packed[start : start + piece], most - len(body))
    decoder.end()
    return body


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name": ("X-GZIP", gzip.compress),
    "gzip of two members": ("gzip", in_two(gzip.compress)),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd of two frames": ("zstd", in_two(zstd.compress)),
}


@pytest.mark.parametrize("name", CODINGS)
@pytest.mark.parametrize("piece", [1, 7, 65536])
def test_a_body_is_unpacked_whole_in_whatever_pieces_it_comes(name: str, piece: int) -> None:
    coding, pack = CODINGS[name]
    assert unpacked(coding, pack(TEXT), piece=piece) == TEXT


@pytest.mark.parametrize("name", CODINGS)
def test_a_packed_body_that_is_cut_is_an_error(name: str) -> None:
    coding, pack = CODINGS[name]
    with pytest.raises(DecodingError, match="ends in the middle"):
        unpacked(coding, pack(TEXT)[:-20])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_what_its_coding_says_is_an_error(coding: str) -> None:
    with pytest.raises(DecodingError, match="Content-Encoding"):
        unpacked(coding, b"<rss>plain text</rss>")


@pytest.mark.parametrize("name", CODINGS)
def test_a_bomb_does_not_grow_far_beyond_what_is_wanted(name: str) -> None:
    coding, pack = CODINGS[name]
    bomb = pack(b" " * 50_000_000)
    grown = decoder_for(coding).decode(bomb, 100_000)
    assert 100_000 <= len(grown) <= 300_000


def test_junk_after_gzip_is_left_out() -> None:
    assert unpacked("gzip", gzip.compress(TEXT) + b"junk" * 10, piece=5) == TEXT


def test_gzip_of_very_many_members_is_refused() -> None:
    with pytest.raises(DecodingError, match="more than 100 members"):
        unpacked("gzip", gzip.compress(b"") * (MOST_MEMBERS + 1))


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip, br", "compress", "exi"])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(DecodingError, match="not in a coding that we asked for"):
        decoder_for(coding)


@pytest.mark.parametrize("words", ["", "identity", "UTF-8", "none", "text/xml"])
def test_words_that_name_no_coding_are_passed_over(words: str) -> None:
    assert unpacked(words, TEXT) == TEXT


@given(st.binary(), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_any_bytes_are_unpacked_or_refused(body: bytes, coding: str) -> None:
    with suppress(DecodingError):
        unpacked(coding, body)

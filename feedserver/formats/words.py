"""Words of a text for full-text search, the same for SQLite and PostgreSQL.

Neither database's own tokeniser finds a two-character Chinese word. So we cut the text ourselves,
and both get tokens of letters and digits only, which they take as they are.

Scripts that put no spaces between words (Chinese, Japanese, Thai, Khmer …) and Korean, whose
particles stick to the noun, are cut into overlapping pairs: 北京大学 is 北京, 京大, 大学.
Such a text also holds each of its characters once, so that a query of a single character finds it.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from feedserver.formats.text import CJK

LONGEST_WORD = 64
"""Characters of a token; PostgreSQL refuses a lexeme of more than 2 KiB."""

MOST_WORDS = 20_000
"""Tokens of one text; PostgreSQL refuses a text vector of more than 1 MiB."""

_UNSPACED = CJK + "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_RUNS = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")
_DIACRITICS = re.compile("[\u0300-\u036f]")


def words(text: str) -> str:
    """Return the text's tokens, joined by spaces, for the index."""
    tokens: list[str] = []
    single: dict[str, None] = {}
    for run, unspaced in _runs(text):
        tokens.extend(_pairs(run) if unspaced else (run,))
        if unspaced:
            single.update(dict.fromkeys(run))
        if len(tokens) >= MOST_WORDS:
            break
    known = set(tokens)
    alone = (char for char in single if char not in known)
    return " ".join(islice(chain(tokens, alone), MOST_WORDS))


def query(text: str) -> tuple[str, ...]:
    """Return the tokens that a text must all have to answer the query; none when it asks nothing.

    A run of characters asks for its pairs, which may also stand apart in the text found: 北京大学
    finds a text that has 北京大 and 大学 in two places. That is rare, and cheaper than phrases.
    """
    tokens = (
        token for run, unspaced in _runs(text) for token in (_pairs(run) if unspaced else (run,))
    )
    return tuple(dict.fromkeys(tokens))


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for match in _RUNS.finditer(_fold(text)):
        unspaced = match["unspaced"] is not None
        yield (match[0] if unspaced else match[0][:LONGEST_WORD]), unspaced


def _fold(text: str) -> str:
    """Return the text without case, width, accents and vowel signs.

    Vowel signs go since neither database counts them as letters; the kana's and Hangul's parts are
    put together again first.
    """
    if text.isascii():  # as half of all entries are, and then case is all there is to fold
        return text.lower()
    bare = _DIACRITICS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    whole = unicodedata.normalize("NFKC", bare).casefold()
    marks = (unicodedata.category(char)[0] == "M" for char in whole)
    return "".join(
        char if char.isalnum() else " " for char, mark in zip(whole, marks, strict=True) if not mark
    )


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for first, second in pairwise(run):
        yield first + second

"""Text as a person reads it: without markup, controls and other people's line breaks."""

import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

from feedserver.formats.characters import scrub

LONGEST_MARKUP = 8_000
"""Characters of a headline's markup that are looked at; what follows is no headline."""

FEWEST_WORDS = 4
FEWEST_CJK = 8
"""A headline shorter than this ("Letters to the editor" has four words) tells no story apart."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_SILENT = ["script", "style", "template", "iframe", "noscript", "textarea", "object", "svg", "math"]
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|iframe|img|ins|kbd|mark|math|noscript"
    "|object|q|s|samp|script|small|span|strike|strong|style|sub|sup|svg|template|textarea|time|tt|u"
    "|var|wbr"
)
_BLOCK = (
    "address|article|aside|blockquote|body|br|center|dd|div|dl|dt|figcaption|figure|footer|form"
    "|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|section|table|tbody|td|th|thead|tr|ul"
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_NO_TAG = re.compile(rf"<(?!/?(?:{_INLINE}|{_BLOCK})\b|!--)", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"(?=</?(?:{_BLOCK})\b)", re.IGNORECASE)

# Han, kana, Hangul: scripts in which one character says about as much as half a word of English.
CJK = "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
CJK += "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
"""Ranges for a character class of a regular expression."""

_CJK = re.compile(f"[{CJK}]")


def storable(text: str) -> str:
    """Return the text as received, but for NUL and lone surrogates, which no store can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def fold(text: str) -> str:
    """Return the text on one line, with single spaces."""
    return " ".join(text.split())


def plain(html: str) -> str:
    """Return what a reader of the HTML sees, on one line. Scripts and styles say nothing."""
    html = _CDATA.sub(" ", scrub(html))
    if "<" not in html and "&" not in html:
        return fold(html)
    # A "<" that opens no element of HTML is a sign of the text: "profits < costs", "x<y".
    html = _BLOCK_TAG.sub(" ", _NO_TAG.sub("&lt;", html))
    tree = LexborHTMLParser(html)
    tree.strip_tags(_SILENT)
    return fold(scrub(tree.text()))


def one_line(markup: str) -> str:
    """Return a headline as plain text.

    Publishers escape headlines once, twice or not at all, whatever the format says, so entities are
    resolved until none is left. Each round is shorter than the one before, so there is an end.
    """
    text = fold(scrub(markup[:LONGEST_MARKUP]))
    while len(plainer := plain(text)) < len(text):
        text = plainer
    return text


def title_key(title: str) -> str:
    """Return the form in which headlines are compared: letters and digits, without case."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    spaced = (
        "" if unicodedata.category(char) == "Cf" else char if _tells(char) else " "
        for char in folded
    )
    return fold("".join(spaced))


def soft_title(title: str) -> str | None:
    """Return the headline's key when it is long enough to tell one story from another."""
    key = title_key(title)
    cjk = len(_CJK.findall(key))
    words = len(_CJK.sub("", key).split())
    return key if cjk + words * FEWEST_CJK / FEWEST_WORDS > FEWEST_CJK else None


def _tells(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"

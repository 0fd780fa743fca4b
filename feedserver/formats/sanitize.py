"""Harmless HTML and harmless addresses. The only module that knows nh3."""

import html as entities
import re
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3
from yarl import URL

from feedserver.formats.characters import scrub

LONGEST_URL = 4_096
"""Characters; feeds have some of 3,000 (signed pictures), and none in good faith beyond this."""

DEEPEST = 256
"""Elements inside one another. Whoever reads deeper HTML spends time by the square of its depth."""

_TAGS = frozenset(
    re.findall(
        r"\S+",
        """
        a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em
        figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp
        small span strong sub sup table tbody td tfoot th thead time tr u ul var wbr
        """,
    )
)
_GONE_WITH_CONTENT = frozenset(
    re.findall(
        r"\S+",
        """
        applet audio embed frameset iframe math noembed noframes object plaintext script select
        style svg template textarea title video xmp
        """,
    )
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_ADDRESSES = {"href", "src", "cite"}
_NUMBERS = {"width", "height", "span", "colspan", "rowspan", "start"}
_LONGEST_NUMBER = 5
_REL = "noopener noreferrer nofollow"

_MOST_ROUNDS = 4
_MARKUP = re.compile("[<>&]")
_TAG = re.compile(r"<(/?)([a-z0-9]+)(?:\"[^\"]*\"|[^\">])*>")
_VOID = {"br", "col", "hr", "img", "wbr"}

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_LONE_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)
_UNESCAPED = "!$&'()*+,/:;=?@~%-._"


def harmless(html: str, base: str | None = None) -> str:
    """Return the HTML with nothing in it but known elements, texts and addresses.

    Links and pictures are made absolute; those that lead elsewhere than to the web (or, for links,
    to a mailbox) lose their address. What is nested deeper than :data:`DEEPEST`, or changes however
    often it is cleaned, is cut down to its text. The result comes back unchanged when given again.

    Args:
        html: A piece of HTML, or text that may hold some.
        base: Address that relative ones are relative to.
    """
    text = scrub(html)
    if not _MARKUP.search(text):
        return text
    cleaned = _clean(text, base)
    for _ in range(_MOST_ROUNDS):
        if _depth(cleaned) > DEEPEST:
            break
        # Some HTML is read in another way when it is written out again (a link in a table in a
        # link), and then only is it certain that a browser sees what was checked.
        again = _clean(cleaned, None)
        if again == cleaned:
            return cleaned
        cleaned = again
    return _clean(_flat(cleaned), None)


def safe_url(url: str, base: str | None = None) -> str | None:
    """Return an absolute http or https address, or ``None`` if it is not to be passed on.

    Refused are other schemes (``javascript:``, ``data:``), addresses with credentials or controls,
    hosts that are none, and what is longer than :data:`LONGEST_URL`. Apart from characters that an
    address must escape (RFC 3986, section 2) the address stays as it was: some are signed.

    Args:
        url: As somebody outside wrote it.
        base: Address that a relative one is relative to.
    """
    # Browsers drop line breaks and tabs inside an address (WHATWG URL, section 4.4), and feeds
    # that wrap their lines rely on it.
    text = re.sub("[\t\r\n]", "", url).strip(" \xa0\u3000")
    if not text or len(text) > LONGEST_URL or _CONTROLS.search(text):
        return None
    try:
        parts = urlsplit(text if _SCHEME.match(text) else urljoin(base or "", text))
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "\\" in parts.netloc:
            return None
        netloc = _netloc(parts.hostname or "", parts.port)
    except ValueError:
        return None
    path, query, fragment = (_escaped(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path or "/", query, fragment)) if netloc else None


def _netloc(host: str, port: int | None) -> str:
    """Return host and port in ASCII, or nothing where there is no such host.

    Raises:
        ValueError: The host is not one that could be looked up.
    """
    raw = URL.build(scheme="http", host=host).raw_host or "" if host else ""
    bracketed = f"[{raw}]" if ":" in raw else raw
    if not _HOST.fullmatch(bracketed):
        return ""
    return bracketed if port is None else f"{bracketed}:{port}"


def _escaped(part: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe=_UNESCAPED)


def _clean(html: str, base: str | None) -> str:
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(base),
        link_rel=_REL,
        url_schemes={"http", "https", "mailto"},
    )
    # What was written as a number (&#14;) is a control by now.
    return scrub(cleaned)


def _attribute_filter(base: str | None) -> Callable[[str, str, str], str | None]:
    """Return nh3's question "may this attribute stay?", which answers with its new value."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute in _ADDRESSES:
            return _mailbox(value) if _is_mailbox(tag, value) else safe_url(value, base)
        if attribute in _NUMBERS:
            return (
                value
                if value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
                else None
            )
        return scrub(value)

    return keep


def _is_mailbox(tag: str, value: str) -> bool:
    return tag == "a" and value.strip().casefold().startswith("mailto:")


def _mailbox(value: str) -> str | None:
    address = value.strip()[len("mailto:") :]
    return None if _CONTROLS.search(address) else f"mailto:{_escaped(address)}"


def _depth(cleaned: str) -> int:
    """Return how deep the elements of HTML that nh3 wrote are nested; it closes each one."""
    depth = deepest = 0
    for match in _TAG.finditer(cleaned):
        if match[2] not in _VOID:
            depth += -1 if match[1] else 1
            deepest = max(deepest, depth)
    return deepest


def _flat(cleaned: str) -> str:
    return entities.escape(entities.unescape(_TAG.sub(" ", cleaned)), quote=False)

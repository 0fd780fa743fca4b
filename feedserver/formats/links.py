"""The form in which links are compared: the same page, however the reader was sent to it."""

import re
from collections.abc import Iterator
from importlib.resources import files

from yarl import URL

_HTTPS_PORT = 443
_DOUBLE_ESCAPED = re.compile(r"^(?:amp;)+", re.IGNORECASE)


def canonical(link: str) -> str:
    """Return the link without tracking, for comparing; it need not answer when asked for.

    ``http`` counts as ``https``, host and percent-encoding are brought to one form, dots in the
    path are resolved. The order of parameters, trailing slashes and unknown parameters stay, since
    outlets tell stories apart by them. So does the fragment, unless it is tracking: on a day's page
    of short notes it is all that differs.

    Args:
        link: An absolute link, as :func:`feedserver.formats.sanitize.safe_url` returns it.
    """
    url = URL(link)
    port = None if url.is_default_port() else url.explicit_port
    return str(
        URL.build(
            scheme="https",
            host=(url.raw_host or "").rstrip("."),
            port=None if port == _HTTPS_PORT else port,
            path=url.raw_path or "/",
            query_string=_untracked(url.raw_query_string),
            fragment=_untracked(url.raw_fragment),
            encoded=True,
        )
    )


def _untracked(query: str) -> str:
    """Return the parameters that are not tracking, in order.

    One outlet writes ``&amp;amp;ref=rss``, which arrives as a parameter called ``amp;ref``.
    """
    parameters = (_DOUBLE_ESCAPED.sub("", parameter) for parameter in query.split("&"))
    return "&".join(part for part in parameters if part and not _TRACKING.match(part))


def _patterns() -> Iterator[str]:
    lines = files("feedserver.formats").joinpath("data/tracking.txt").read_text("utf-8")
    for line in lines.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            end = re.escape(value).replace(r"\*", ".*") if value else ".*"
            anything = re.escape(name).replace(r"\*", "[^=]*")
            yield f"{anything}={end}" if value else f"{anything}(?:={end})?"


_TRACKING = re.compile(rf"(?:{'|'.join(_patterns())})\Z", re.IGNORECASE | re.DOTALL)

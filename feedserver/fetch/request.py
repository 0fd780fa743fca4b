"""One request of a fetch: where to, with which headers, and what follows a redirect. Pure."""

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from socket import inet_aton, inet_ntoa

from yarl import URL

from feedserver.errors import BlockedError, FetchError
from feedserver.fetch.caching import NO_VALIDATORS, conditions
from feedserver.fetch.decoding import ACCEPT_ENCODING
from feedserver.model.source import Validators

SCHEMES = frozenset({"http", "https"})

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/json;q=0.8, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)

_WELL_WRITTEN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
"""The characters of an address (RFC 3986, section 2)."""

_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of one address.

    Attributes:
        url: Without credentials and fragment.
        authorization: For the origin of ``url`` only.
        validators: Sent only when ``url`` is the address that gave them.
    """

    url: URL
    authorization: str | None = None
    accept: str = FEED_TYPES
    validators: Validators = NO_VALIDATORS

    @property
    def host(self) -> str:
        """The host, in lower case."""
        return (self.url.host or "").lower()

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside ``Host`` and ``User-Agent``."""
        asked = {"Accept": self.accept, "Accept-Encoding": ACCEPT_ENCODING}
        if self.authorization:
            asked["Authorization"] = self.authorization
        return asked | self.conditions

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the document only if it has changed."""
        return conditions(self.validators, str(self.url))


def request_for(address: str, *, accept: str, validators: Validators) -> Request:
    """Return the request that begins a fetch.

    Raises:
        FetchError: That is no address.
        BlockedError: It is none of the web.
    """
    shown = without_credentials(address)
    url = _read(address, problem=f"{shown}: is not an address")
    _check(url, shown)
    return Request(url=_bare(url), authorization=_basic(url), accept=accept, validators=validators)


def redirected(request: Request, location: str) -> Request:
    """Return the request that follows a redirect.

    Credentials stay with the origin that they were given for (RFC 9110, section 15.4), and those
    that a ``Location`` brings are not used.

    Raises:
        FetchError: The location is no address.
        BlockedError: It is none of the web, or gives up the encryption.
    """
    asked = request.url
    target = _read(location, problem=f"{asked}: redirects to what is no address", base=asked)
    said = f"{asked}: redirects to {without_credentials(str(target))}"
    _check(target, said)
    if asked.scheme == "https" and target.scheme == "http":
        raise BlockedError(f"{said}: from https to http")
    same_origin = target.origin() == asked.origin()
    return replace(
        request, url=_bare(target), authorization=request.authorization if same_origin else None
    )


def without_credentials(address: str) -> str:
    """Return an address, well written or not, as it may be shown."""
    return _CREDENTIALS.sub("", address)


def _read(address: str, *, problem: str, base: URL | None = None) -> URL:
    """Read an address. One that is well written is asked for exactly as it is written.

    Escaping it anew would break addresses that are signed.
    """
    try:
        url = URL(address, encoded=_WELL_WRITTEN.fullmatch(address) is not None)
        url = base.join(url) if base else url
        _ = url.port  # read late, and out of range in some
    except ValueError as error:
        raise FetchError(problem) from error
    return url


def _check(url: URL, said: str) -> None:
    if url.scheme not in SCHEMES:
        raise BlockedError(f"{said}: only http and https addresses are asked for")
    if not url.host:
        raise FetchError(f"{said}: names no host")
    if meant := _old_spelling(url.host):
        raise BlockedError(f"{said}: is an old spelling of {meant}, which not all read alike")


def _old_spelling(host: str) -> str | None:
    """Return the address that ``2130706433``, ``0x7f.1`` or ``127.0.0.1.`` stands for."""
    try:
        meant = inet_ntoa(inet_aton(host.rstrip(".")))
    except OSError:
        return None
    return None if meant == host else meant


def _bare(url: URL) -> URL:
    return url.with_user(None).with_fragment(None)


def _basic(url: URL) -> str | None:
    """Return the credentials of an address as a header's value (RFC 7617)."""
    if url.user is None:
        return None
    pair = f"{url.user}:{url.password or ''}"
    return f"Basic {b64encode(pair.encode()).decode()}"

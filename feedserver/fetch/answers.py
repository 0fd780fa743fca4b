"""What a request comes to when it comes to something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from feedserver.model.source import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A redirect on the way: the address that was asked, and 301, 302, 303, 307 or 308."""

    url: str
    status: int

    @property
    def permanent(self) -> bool:
        """Whether the server says that the document has moved for good."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, read whole.

    Attributes:
        url: The address that sent it, after all redirects and without credentials.
        body: Decoded. Never empty.
        headers: By lower-case name.
        validators: Of this answer alone; to be kept only when the body could be read.
        fresh_for: How long the publisher asks us to be content with it.
    """

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str]
    validators: Validators
    fresh_for: timedelta
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """What we have is still what there is (304; RFC 9110, section 15.4.5).

    Attributes:
        validators: To ask with next time: ours, with what the answer brought anew.
    """

    url: str
    validators: Validators
    fresh_for: timedelta
    hops: tuple[Hop, ...] = ()
    status: int = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The document is elsewhere.

    Attributes:
        location: As sent; relative to the address that was asked.
    """

    hop: Hop
    location: str


Answer = Fetched | NotModified

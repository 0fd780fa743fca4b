"""Every error a caller may want to catch.

* :exc:`FeedServerError`
    * :exc:`ConfigError`: the newsroom's folder or the environment asks for what we cannot do
    * :exc:`FetchError`: an outside server did not give us a document
        * :exc:`BlockedError`: we are not allowed to connect there
        * :exc:`ThrottledError`: it asked us to come back later
        * :exc:`GoneError`: it says that there is nothing any more (410)
        * :exc:`TooLargeError`: it sent more than we read
    * :exc:`ParseError`: it gave us one that we cannot read
    * :exc:`StoreError`: the database cannot be used
        * :exc:`StoreBusyError`: somebody else holds it
        * :exc:`SchemaError`: it is of another version than this program
    * :exc:`NotFoundError`: there is no such thing
    * :exc:`ConflictError`: what was asked no longer fits what is stored
        * :exc:`PreconditionError`: and whoever asked had named the version it was meant for
    * :exc:`InvalidError`: what was sent to us is wrong, field by field
    * :exc:`ForbiddenError`: who asked may not do that
"""

from collections.abc import Mapping
from datetime import timedelta


class FeedServerError(Exception):
    """Base of all errors raised on purpose by this package."""


class ConfigError(FeedServerError):
    """Settings that cannot be used. The text has one line for each mistake."""


class FetchError(FeedServerError):
    """An outside server did not answer with a document. The cause is in ``__cause__``.

    Attributes:
        status: The HTTP status, or ``None`` where there was no answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class BlockedError(FetchError):
    """The address is one that we must not connect to (a private network, a closed port)."""


class ThrottledError(FetchError):
    """The server asked for less (429 or 503, RFC 9110 section 10.2.3).

    Attributes:
        retry_after: How long it asked us to wait; ``None`` where it did not say, or said nonsense.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class GoneError(FetchError):
    """The server says that the document is gone for good (410)."""


class TooLargeError(FetchError):
    """The server sent more than the configured number of bytes."""


class ParseError(FeedServerError):
    """The bytes are not a feed in any format we know, or could not be read within the limits."""


class StoreError(FeedServerError):
    """The database cannot be used."""


class StoreBusyError(StoreError):
    """Another process holds the database."""


class SchemaError(StoreError):
    """The database's schema is not one that this program can use."""


class NotFoundError(FeedServerError):
    """There is no such thing."""


class ConflictError(FeedServerError):
    """Somebody else was there first, or what was sent is older than what we have."""


class PreconditionError(ConflictError):
    """What is stored is not the version that ``If-Match`` names (RFC 9110, section 13.1.1)."""


class InvalidError(FeedServerError):
    """What was sent is wrong.

    Attributes:
        problems: For each field, by its path (``images[0].url``), what would be right.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


class ForbiddenError(FeedServerError):
    """Who asked may not do that."""

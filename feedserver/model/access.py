"""Who may do what: tokens and their scopes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

TokenId = NewType("TokenId", int)


class Scope(StrEnum):
    """What a token opens."""

    DESK = "desk"
    """Read the inbox and pick."""

    ARTICLES = "articles"
    """Put and retract articles (the CMS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A secret that somebody holds; we keep only its hash.

    Attributes:
        name: Who holds it; stands in the record of what was done with it.
    """

    id: TokenId
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def opens(self, scope: Scope, *, now: datetime) -> bool:
        """Tell whether it may be used for that at that moment."""
        alive = self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
        return alive and scope in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person or a rule did. It refers to texts and never holds them.

    Attributes:
        subject: ``story:7``, ``article:3``, ``token:1``.
        revision: Of the subject, that the act was done to or made.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    revision: int
    detail: str = ""
    seq: int = 0

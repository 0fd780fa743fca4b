"""What the machine did, said in words. Pure."""

from collections.abc import Mapping
from typing import Final

from feedserver.model.source import RightsClass
from feedserver.model.story import Edge, Method

_BECAUSE: Final[Mapping[Method, str]] = {
    Method.GUID: "both are the same item of one feed: they have the same guid",
    Method.LINK: "both lead to the same page, once tracking is taken off the link",
    Method.TITLE: "both have the same headline, and come from one source",
}
RIGHTS: Final[Mapping[RightsClass, str]] = {
    RightsClass.HEADLINE: "headline and link only",
    RightsClass.EXCERPT: "headline and a short excerpt",
    RightsClass.FULL: "whole text and pictures",
}
"""How much of a source's text may be published."""

_CERTAIN: Final = 1


def because(edge: Edge) -> str:
    """Return why the machine put two entries into one story."""
    return _BECAUSE[edge.method]


def certainty(score: float) -> str:
    """Return a score in words."""
    return "certain" if score >= _CERTAIN else f"{score:.0%} sure"

"""Which story an entry belongs to, by exact keys. Pure.

Copies of one item in several feeds share their canonical link; a story that an outlet publishes
again under a new address keeps its headline, if that headline is telling enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedserver.model.entry import EntryId, StoryId
from feedserver.model.story import Candidate, Edge, Method, Twins, Unfiled

ALGORITHM = "exact/1"

TITLES_WITHIN = timedelta(days=3)
"""An outlet that uses a headline again after this time tells something new."""

SCORES = {Method.GUID: 1.0, Method.LINK: 1.0, Method.TITLE: 0.9}
SUREST_FIRST = (Method.LINK, Method.TITLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an entry goes.

    Attributes:
        story: The story that it joins; ``None`` when it opens one.
        edges: Why it is there; empty when it opens a story.
    """

    story: StoryId | None = None
    edges: tuple[Edge, ...] = ()


def place(
    entry: Unfiled,
    candidates: Sequence[Candidate],
    filed: Mapping[EntryId, StoryId],
    *,
    now: datetime,
) -> Placement:
    """Return where an entry goes: into the story of the earliest entry that it is a copy of.

    Args:
        candidates: Of this entry.
        filed: Where earlier entries of the same batch went.
    """
    for method in SUREST_FIRST:
        for candidate in sorted(candidates, key=lambda one: one.other):
            story = candidate.story or filed.get(candidate.other)
            if candidate.method is method and story is not None:
                return Placement(story=story, edges=(_edge(entry, candidate, now),))
    return Placement()


def join_twins(twins: Twins, *, now: datetime) -> Edge:
    """Return the edge between two entries that go by the names of one item."""
    return Edge(
        entry=twins.entry,
        other=twins.other,
        method=Method.GUID,
        score=SCORES[Method.GUID],
        evidence={"names": "one item of the source goes by the guid or link of both"},
        algorithm=ALGORITHM,
        made_at=now,
    )


def _edge(entry: Unfiled, candidate: Candidate, now: datetime) -> Edge:
    return Edge(
        entry=entry.entry,
        other=candidate.other,
        method=candidate.method,
        score=SCORES[candidate.method],
        evidence={str(candidate.method): candidate.evidence},
        algorithm=ALGORITHM,
        made_at=now,
    )

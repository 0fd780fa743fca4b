from dataclasses import replace

import pytest

from feedserver.model.entry import EntryId, StoryId
from feedserver.model.source import SourceId
from feedserver.model.story import Candidate, Edge, Method, Twins, Unfiled
from feedserver.stories.exact import ALGORITHM, Placement, join_twins, place
from tests.store.samples import NOW

FRESH = Unfiled(
    entry=EntryId(9),
    source=SourceId(1),
    source_key="north",
    section=None,
    title="The dam opens after ten long years",
    canonical="https://example.org/dam",
    link_key=1,
    title_key=2,
    language="en",
    categories=(),
    first_seen_at=NOW,
)


def candidate(other: int, method: Method, story: int | None) -> Candidate:
    return Candidate(
        entry=FRESH.entry,
        other=EntryId(other),
        story=None if story is None else StoryId(story),
        method=method,
        evidence=f"what {other} has as well",
    )


LINK = candidate(3, Method.LINK, 30)
TITLE = candidate(2, Method.TITLE, 20)


@pytest.mark.parametrize(
    ("candidates", "filed", "story", "other"),
    [
        ((), {}, None, None),
        ((LINK,), {}, 30, 3),
        ((TITLE,), {}, 20, 2),
        ((TITLE, LINK), {}, 30, 3),
        ((LINK, candidate(1, Method.LINK, 10)), {}, 10, 1),
        ((replace(LINK, story=None),), {EntryId(3): StoryId(33)}, 33, 3),
        ((replace(LINK, story=None), TITLE), {}, 20, 2),
        ((replace(LINK, story=None),), {}, None, None),
    ],
    ids=[
        "nothing like it: a story of its own",
        "the same link",
        "the same headline",
        "a link is surer than a headline",
        "the earliest of several",
        "an earlier entry of the same batch",
        "a candidate in no story is none",
        "not even the only one",
    ],
)
def test_an_entry_joins_the_story_of_what_it_is_a_copy_of(
    candidates: tuple[Candidate, ...],
    filed: dict[EntryId, StoryId],
    story: int | None,
    other: int | None,
) -> None:
    placement = place(FRESH, candidates, filed, now=NOW)
    assert placement.story == story
    assert [edge.other for edge in placement.edges] == ([] if other is None else [other])


def test_an_edge_says_why() -> None:
    assert place(FRESH, [TITLE], {}, now=NOW) == Placement(
        story=StoryId(20),
        edges=(
            Edge(
                entry=EntryId(9),
                other=EntryId(2),
                method=Method.TITLE,
                score=0.9,
                evidence={"title": "what 2 has as well"},
                algorithm=ALGORITHM,
                made_at=NOW,
            ),
        ),
    )


def test_twins_are_joined_for_certain() -> None:
    twins = Twins(entry=EntryId(9), other=EntryId(3), story=StoryId(90), other_story=StoryId(30))
    edge = join_twins(twins, now=NOW)
    assert (edge.entry, edge.other, edge.method, edge.score) == (9, 3, Method.GUID, 1.0)
    assert "guid or link of both" in edge.evidence["names"]

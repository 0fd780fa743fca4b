import pytest

from feedserver.desk.rules import route
from feedserver.model.entry import EntryId
from feedserver.model.site import Rule
from feedserver.model.source import SourceId
from feedserver.model.story import Unfiled
from tests.store.samples import NOW


def entry(*categories: str, section: str | None = None) -> Unfiled:
    return Unfiled(
        entry=EntryId(1),
        source=SourceId(1),
        source_key="north",
        section=section,
        title="Dam opens",
        canonical=None,
        link_key=None,
        title_key=None,
        language="en",
        categories=categories,
        first_seen_at=NOW,
    )


NORTH = Rule(name="north", section="us", source="north")
SOUTH = Rule(name="south", section="us", source="south")
WATER = Rule(name="water", section="science", category="Straße")
BOTH = Rule(name="both", section="world", source="north", category="dams")
NEITHER = Rule(name="neither", section="world")


@pytest.mark.parametrize(
    ("rules", "waiting", "offers"),
    [
        ((), entry(), []),
        ((), entry(section="us"), [("us", "source north")]),
        ((NORTH, SOUTH), entry(), [("us", "rule north")]),
        ((NORTH,), entry(section="us"), [("us", "source north")]),
        ((WATER,), entry("dams", "STRASSE"), [("science", "rule water")]),
        ((WATER,), entry("stra"), []),
        ((BOTH,), entry("Dams"), [("world", "rule both")]),
        ((BOTH,), entry(), []),
        ((NEITHER,), entry("dams"), []),
        (
            (WATER, NORTH, BOTH),
            entry("straße", "dams", section="home"),
            [
                ("home", "source north"),
                ("science", "rule water"),
                ("us", "rule north"),
                ("world", "rule both"),
            ],
        ),
    ],
    ids=[
        "no rule",
        "the section of its source",
        "of a source",
        "the first reason stands",
        "of a category, without case",
        "of a category, whole",
        "of a source's category",
        "of a source's category that it has not",
        "of nothing",
        "all that hold, in order",
    ],
)
def test_an_entry_is_offered_to_sections_with_the_reason(
    rules: tuple[Rule, ...], waiting: Unfiled, offers: list[tuple[str, str]]
) -> None:
    assert list(route(rules, waiting)) == offers

"""What readers see of a story that was picked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.desk.picks import EXCERPT_LENGTH, content, shortened
from feedserver.model.article import AlsoCovered, Attribution, Author, Content, Pick
from feedserver.model.entry import Entry, EntryId, Image, Item, StoryId
from feedserver.model.source import RightsClass, Source, SourceId
from feedserver.model.story import Story
from tests.store.samples import MINUTE, NOW, wish

NORTH, SOUTH, EAST = (
    Source(id=SourceId(number), wish=wish(key), next_poll_at=NOW)
    for number, key in enumerate(("north", "south", "east"), start=1)
)
OUTLETS = {source.id: source for source in (NORTH, SOUTH, EAST)}
PICTURES = (Image(url="https://north.example/1.jpg"), Image(url="https://north.example/2.jpg"))


def entry(number: int, source: Source, item: Item) -> Entry:
    return Entry(
        id=EntryId(number),
        source=source.id,
        item=item,
        hash="",
        first_seen_at=NOW,
        changed_at=NOW,
    )


def telling(number: int, source: Source, *, link: str | None = "dam") -> Entry:
    page = None if link is None else f"https://{source.wish.key}.example/{link}"
    return entry(number, source, Item(title=f"Telling {number}", link=page))


LEAD = entry(
    1,
    NORTH,
    Item(
        title="Dam opens",
        link="https://north.example/dam",
        summary="<p>Ten <b>years</b></p>",
        content="<p>The whole text</p>",
        author="Jo Ng",
        language="en-GB",
        images=PICTURES,
    ),
)
STORY = Story(
    id=StoryId(1),
    title="Dam opens",
    lead=LEAD.id,
    language="en",
    first_seen_at=NOW,
    last_seen_at=NOW,
    entries=(
        LEAD,
        telling(2, NORTH),
        telling(3, SOUTH),
        telling(4, SOUTH, link="dam-2"),
        telling(5, EAST, link=None),
        telling(6, EAST),
    ),
)
PICK = Pick(sections=("us",))


def rights(allowed: RightsClass) -> dict[SourceId, Source]:
    lead = replace(NORTH, wish=replace(NORTH.wish, rights=allowed), last_ok_at=NOW + MINUTE)
    return OUTLETS | {NORTH.id: lead}


def test_what_a_curator_leaves_open_comes_from_the_lead() -> None:
    assert content(STORY, LEAD, rights(RightsClass.EXCERPT), PICK) == Content(
        title="Dam opens",
        summary="Ten years",
        link="https://north.example/dam",
        language="en-GB",
        authors=(Author(name="Jo Ng"),),
        credit="North reports",
        source=Attribution(
            key="north",
            title="North",
            feed_url="https://north.example/feed",
            link="https://north.example/dam",
            updated_at=NOW + MINUTE,
            language="en",
            rights="North Ltd",
        ),
        also=(
            AlsoCovered(outlet="South", title="Telling 3", link="https://south.example/dam"),
            AlsoCovered(outlet="East", title="Telling 6", link="https://east.example/dam"),
        ),
    )


def test_what_a_curator_says_stands() -> None:
    pick = Pick(
        sections=("us",),
        headline="Our\nheadline",
        summary="Our <i>own</i> words",
        credit="Seen by <b>North</b>",
        also=False,
        tags=("water",),
    )
    picked = content(STORY, LEAD, rights(RightsClass.HEADLINE), pick)
    assert (picked.title, picked.summary) == ("Our headline", "Our own words")
    assert (picked.credit, picked.also, picked.tags) == ("Seen by North", (), ("water",))
    assert picked.source is not None
    assert picked.source.title == "North"


def test_a_lead_that_says_little_is_filled_in_from_its_outlet() -> None:
    bare = telling(3, SOUTH, link=None)
    picked = content(STORY, bare, OUTLETS, PICK)
    assert (picked.authors, picked.language, picked.link) == ((), "en", None)
    assert picked.source is not None
    assert picked.source.updated_at == bare.changed_at
    assert [also.outlet for also in picked.also] == ["North", "East"]


@pytest.mark.parametrize(
    ("allowed", "summary", "images"),
    [
        (RightsClass.HEADLINE, "", ()),
        (RightsClass.EXCERPT, "Ten years", ()),
        (RightsClass.FULL, "Ten years", PICTURES[:1]),
    ],
)
def test_a_source_is_used_as_far_as_its_rights_allow(
    allowed: RightsClass, summary: str, images: tuple[Image, ...]
) -> None:
    picked = content(STORY, LEAD, rights(allowed), PICK)
    assert (picked.summary, picked.images, picked.html) == (summary, images, "")


def test_an_excerpt_is_short_and_may_come_from_the_body() -> None:
    long = replace(LEAD, item=replace(LEAD.item, summary="", content="<p>word</p> " * 200))
    picked = content(STORY, long, OUTLETS, PICK)
    assert picked.summary.startswith("word word")
    assert picked.summary.endswith("word…")
    assert EXCERPT_LENGTH - 10 < len(picked.summary) <= EXCERPT_LENGTH


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Ten years", 9, "Ten years"),
        ("Ten very long years", 16, "Ten very long…"),
        ("Ten very long years", 14, "Ten very long…"),
        ("Ten very long, years", 17, "Ten very long…"),
        ("Tremendously", 5, "Trem…"),
        ("A tremendously", 10, "A tremend…"),
        ("十年后水库终于开放了", 5, "十年后水…"),
    ],
    ids=[
        "short enough",
        "at a word's end",
        "just at a word's end",
        "without the comma",
        "no word ends",
        "too much would be lost",
        "no spaces in Chinese",
    ],
)
def test_a_text_is_cut_where_a_word_ends(text: str, length: int, short: str) -> None:
    assert shortened(text, length) == short


@given(text=st.text(), length=st.integers(1, 50))
def test_a_cut_text_is_never_too_long_and_begins_as_it_did(text: str, length: int) -> None:
    short = shortened(text, length)
    assert len(short) <= length
    assert text.startswith(short.removesuffix("…"))
    assert (short == text) == (len(text) <= length)

"""Which entry an item is: a source's documents, one after another, and what is kept of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.model.entry import Item
from feedserver.poll.identity import Intake, drafts, key63
from tests.poll.fake_store import FakeStore

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOME = "https://example.org/"


def link(name: str) -> str:
    return f"https://example.org/news/{name}"


A = Item(guid="a", canonical=link("a"), title="Dam opens after ten years of work")
B = Item(guid="b", canonical=link("b"), title="Harbour closes for the winter storms")
C = Item(guid="c", canonical=link("c"), title="Orchestra returns from its tour of Asia")


def counts(taken: Intake) -> tuple[int, int, int, int]:
    return len(taken.new), len(taken.changed), len(taken.twins), taken.duplicates


@pytest.mark.parametrize(
    ("before", "after", "new", "changed"),
    [
        (A, A, 0, 0),
        (A, B, 1, 0),
        (A, replace(A, canonical=link("a-rewritten")), 0, 1),
        (A, replace(A, canonical=link("a-2"), title="Dam opens at last"), 0, 1),
        (A, replace(A, guid="another"), 0, 1),
        (A, replace(A, guid=None), 0, 1),
        (A, replace(A, guid="b", title=B.title), 1, 0),
        (A, replace(A, title="Dam opens, minister resigns"), 0, 1),
        (A, replace(A, published_at=NOON), 0, 1),
        (A, replace(A, guid="b", canonical=link("b")), 1, 0),
        (replace(A, guid=None), replace(A, guid=None, title="Dam opens at last"), 0, 1),
        (replace(A, guid=None), A, 0, 1),
        (replace(A, canonical=None), replace(A, canonical=None, title="Dam opens at last"), 0, 1),
        (replace(A, canonical=HOME), replace(B, canonical=HOME), 1, 0),
        (replace(A, guid=HOME), replace(B, guid=HOME), 1, 0),
        (replace(A, guid=HOME), replace(A, guid=HOME, title="Dam opens at last"), 0, 1),
        (Item(title=A.title), Item(title=A.title), 0, 0),
        (Item(title=A.title), Item(title=A.title, summary="Now with a text"), 0, 1),
        (Item(title=A.title), Item(title=B.title), 1, 0),
        (Item(title="News", published_at=NOON), Item(title="News"), 1, 0),
        (Item(content="One"), Item(content="Two"), 1, 0),
        (Item(guid=HOME, canonical=HOME, title="x"), Item(guid=HOME, canonical=HOME), 1, 0),
    ],
    ids=[
        "the same item again",
        "another item",
        "a slug was rewritten",
        "a slug was rewritten with the headline",
        "guids churn",
        "a guid is there no more",
        "a page is used again: guid and headline are new",
        "a headline was edited",
        "a date was changed",
        "a story under a new address, joined by its headline when it is filed",
        "no guid: the link tells",
        "a guid came up",
        "no link: the guid tells",
        "the link leads to the outlet, the guids tell",
        "the guid names the outlet, the links tell",
        "the guid names the outlet and the headline was edited",
        "only a headline",
        "only a headline, and now a text",
        "only a headline, another",
        "a headline that comes again on another day",
        "only a text",
        "no name but the outlet's",
    ],
)
def test_an_entry_is_known_by_guid_or_link(
    before: Item, after: Item, new: int, changed: int
) -> None:
    store = FakeStore()
    assert counts(store.receive(before)) == (1, 0, 0, 0)
    assert counts(store.receive(after)) == (new, changed, 0, 0)
    assert counts(store.receive(after)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ((A, A), 1),
        ((A, replace(A, title="Dam opens at last")), 1),
        ((A, replace(B, guid="a")), 2),
        ((replace(A, canonical=None), replace(B, guid="a", canonical=None)), 2),
        ((replace(A, canonical=HOME), replace(B, guid="a", canonical=HOME)), 2),
        ((A, replace(B, canonical=A.canonical)), 2),
        ((replace(A, guid=None), replace(B, guid=None, canonical=A.canonical)), 2),
        ((replace(A, guid=HOME), replace(B, guid=HOME)), 2),
        ((Item(guid=HOME, canonical=HOME, title="x"), Item(guid=HOME, canonical=HOME)), 2),
        ((Item(title="News", published_at=NOON), Item(title="News")), 2),
        ((Item(title="News", content="One"), Item(title="News", content="Two")), 1),
    ],
    ids=[
        "one item twice",
        "two tellings of one item",
        "one guid for two pages",
        "one guid for two headlines",
        "one guid for two headlines with the outlet's link",
        "one page for two guids",
        "one page for two headlines",
        "the outlet's address as guid of all",
        "the outlet's address as guid and link of all",
        "one headline on two days",
        "one headline with two texts and nothing else to tell them apart",
    ],
)
def test_a_name_that_several_items_of_a_document_have_names_none_of_them(
    items: Sequence[Item], kept: int
) -> None:
    store = FakeStore()
    assert counts(store.receive(*items)) == (kept, 0, 0, len(items) - kept)
    assert counts(store.receive(*items)) == (0, 0, 0, len(items) - kept)
    assert counts(store.receive(*reversed(items))) == (0, 0, 0, len(items) - kept)


def test_absence_is_no_deletion_and_what_comes_back_is_not_new() -> None:
    store = FakeStore()
    store.receive(A, B)
    store.receive(C)
    assert counts(store.receive(A, B, C)) == (0, 0, 0, 0)


def test_an_entry_goes_by_all_names_that_it_ever_had() -> None:
    store = FakeStore()
    store.receive(A)
    store.receive(replace(A, canonical=link("second")))
    store.receive(replace(A, guid="third", canonical=link("second")))
    assert counts(store.receive(A)) == (0, 1, 0, 0)
    assert len(store.entries) == 1
    assert len(store.names) == 4


def test_two_entries_that_turn_out_to_be_one_are_twins() -> None:
    store = FakeStore()
    store.receive(A, replace(A, guid=None, canonical=link("second")))
    taken = store.receive(replace(A, canonical=link("second")))
    assert [set(couple) for couple in taken.twins] == [{1, 2}]


def test_a_page_used_again_does_not_make_twins() -> None:
    store = FakeStore()
    store.receive(A)
    again = replace(B, canonical=A.canonical)
    assert counts(store.receive(again)) == (1, 0, 0, 0)
    assert counts(store.receive(again, A)) == (0, 0, 0, 0)


def test_the_later_of_two_tellings_is_kept_at_each_poll() -> None:
    early = replace(A, updated_at=NOON)
    late = replace(A, title="Dam opens at last", updated_at=NOON + timedelta(hours=1))
    store = FakeStore()
    store.receive(early, late)
    assert store.titles == ["Dam opens at last"]
    assert counts(store.receive(late, early)) == (0, 0, 0, 1)


def test_two_items_that_both_go_by_an_entrys_names_do_not_take_turns() -> None:
    store = FakeStore()
    store.receive(A)
    store.receive(replace(A, guid="churned"))
    both = (A, replace(A, guid="churned", canonical=link("second")))
    first = store.receive(*both)
    assert (len(first.new), first.duplicates) == (0, 1)
    assert counts(store.receive(*both)) == (0, 0, 0, 1)
    assert counts(store.receive(*reversed(both))) == (0, 0, 0, 1)


def test_what_stands_first_in_the_document_is_kept_last() -> None:
    store = FakeStore()
    store.receive(A, B, C)
    assert store.titles == [C.title, B.title, A.title]


def test_only_headline_summary_and_body_make_a_revision() -> None:
    store = FakeStore()
    store.receive(A, B, C)
    taken = store.receive(
        replace(A, title="Dam opens at last"),
        replace(B, published_at=NOON),
        replace(C, summary="They played Mahler."),
    )
    assert (len(taken.changed), taken.revised) == (3, 2)


def test_a_draft_says_how_it_may_be_found() -> None:
    item = replace(A, summary="<p>The <b>valley</b></p>", content="floods", author="Jo Ng")
    [draft] = drafts([item])
    assert draft.keys == (key63("guid", "a"), key63("link", link("a")))
    assert draft.link_key == key63("link", link("a"))
    assert draft.title_key == key63("title", "dam opens after ten years of work")
    assert {"dam", "valley", "floods", "jo"} <= set(draft.words.split())
    assert "b" not in draft.words.split()


def test_a_headline_that_tells_little_is_no_key() -> None:
    [draft] = drafts([replace(A, title="Letters")])
    assert draft.title_key is None


@given(st.text(), st.text())
def test_a_key_fits_the_store_and_kinds_do_not_meet(name: str, other: str) -> None:
    assert 0 <= key63("guid", name) < 2**63
    assert key63("guid", name) != key63("link", name)
    assert (key63("guid", name) == key63("guid", other)) == (name == other)


NAMES = st.none() | st.sampled_from(["a", "b", "c", HOME])
ITEMS = st.builds(
    Item,
    guid=NAMES,
    canonical=st.none() | st.sampled_from([link("a"), link("b"), link("c"), HOME]),
    title=st.sampled_from([A.title, B.title, "News", ""]),
    content=st.sampled_from(["One", "Two"]),
    published_at=st.none() | st.sampled_from([NOON, NOON + timedelta(days=1)]),
)
DOCUMENTS = st.lists(ITEMS, max_size=6)


@given(earlier=st.lists(DOCUMENTS, max_size=3), document=DOCUMENTS)
def test_a_document_read_again_brings_nothing(
    earlier: list[list[Item]], document: list[Item]
) -> None:
    store = FakeStore()
    for items in earlier:
        store.receive(*items)
    store.receive(*document)
    again = store.receive(*document)
    assert (again.new, again.changed, again.names) == ((), (), ())


@given(earlier=DOCUMENTS, document=DOCUMENTS, data=st.data())
def test_the_order_of_a_document_does_not_change_what_is_kept(
    earlier: list[Item], document: list[Item], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(document))
    kept = []
    for items in (document, shuffled):
        store = FakeStore()
        store.receive(*earlier)
        taken = store.receive(*items)
        assert len(taken.new) + len(taken.changed) + taken.duplicates <= len(items)
        kept.append(sorted(draft.stamp for draft in store.entries.values()))
    assert kept[0] == kept[1]


@given(document=DOCUMENTS)
def test_no_two_things_are_taken_for_one(document: list[Item]) -> None:
    store = FakeStore()
    store.receive(*document)
    told_apart = {(item.guid, item.canonical, item.title) for item in document if item.title}
    assert told_apart >= {
        (draft.item.guid, draft.item.canonical, draft.item.title)
        for draft in store.entries.values()
        if draft.item.title
    }

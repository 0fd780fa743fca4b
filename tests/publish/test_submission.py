"""What the CMS sends: everything right is kept, everything wrong is named, nothing is guessed."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.errors import InvalidError
from feedserver.model.article import Article, ArticleId, ArticleState, Author, Owner, Submission
from feedserver.model.entry import Image
from feedserver.model.site import Newsroom, Section, Site
from feedserver.publish.submission import described, read_submission

NEWSROOM = Newsroom(
    site=Site(
        title="Example",
        description="",
        link="https://news.test/",
        languages=("en",),
        time_zone=ZoneInfo("UTC"),
        rights="",
        contact="desk@news.test",
        contact_name="The desk",
        authority="news.test,2026",
    ),
    sections=(
        Section(slug="china", title="China", description="", language="en"),
        Section(slug="us", title="U.S.", description="", language="en"),
    ),
)

WHOLE: dict[str, Any] = {
    "title": "Ferries return to the <b>strait</b>",
    "summary": "After nine days.",
    "html": "<p>Boats.</p><script>alert(1)</script>",
    "authors": ["Ana Ruiz", {"name": "Wei Lin", "url": "https://news.test/lin"}],
    "sections": ["china", "us", "china"],
    "tags": ["ports", "", "ports"],
    "link": "https://news.test/ferries",
    "language": "zh-hans",
    "credit": "Photo desk",
    "images": [{"url": "https://news.test/a.jpg", "caption": "A boat", "width": 800}],
    "rights": "© Example",
    "published": "2026-05-01T12:00:00+02:00",
    "updated": "2026-05-01T11:00:00Z",
    "guid": "old-cms-17",
    "atom_id": "tag:news.test,2020:17",
}


def read(**changes: object) -> Submission:
    return read_submission("a-1", msgspec.json.encode({**WHOLE, **changes}), newsroom=NEWSROOM)


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidError) as caught:
        read(**changes)
    return caught.value.problems


def test_a_whole_submission_is_read_and_cleaned() -> None:
    sent = read()

    assert sent.external_id == "a-1"
    assert sent.content.title == "Ferries return to the strait"
    assert sent.content.html == "<p>Boats.</p>"
    assert sent.content.authors == (
        Author(name="Ana Ruiz"),
        Author(name="Wei Lin", url="https://news.test/lin"),
    )
    assert sent.sections == ("china", "us")
    assert sent.content.tags == ("ports",)
    assert sent.content.language == "zh-Hans"
    image = Image(url="https://news.test/a.jpg", caption="A boat", width=800)
    assert sent.content.images == (image,)
    assert sent.published_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert sent.updated_at == datetime(2026, 5, 1, 11, tzinfo=UTC)
    assert (sent.guid, sent.atom_id) == ("old-cms-17", "tag:news.test,2020:17")


def test_only_a_title_and_a_section_are_needed() -> None:
    sent = read_submission("a", b'{"title": "T", "sections": ["us"], "summary": null}')

    assert sent.content.title == "T"
    assert sent.content.summary == ""
    assert sent.published_at is None


def test_every_wrong_field_is_named_by_its_path_at_once() -> None:
    found = problems(
        title="<br>",
        tittle="x",
        sections=["china", "moon"],
        images=[{"url": "javascript:alert(1)", "width": -1, "captoin": ""}],
        authors=[{"name": ""}, 7],
        published="2026-05-01",
        language="English",
    )

    assert set(found) == {
        "title",
        "tittle",
        "sections[1]",
        "images[0].url",
        "images[0].width",
        "images[0].captoin",
        "authors[0].name",
        "authors[1]",
        "published",
        "language",
    }
    assert "did you mean 'title'" in found["tittle"]
    assert "did you mean 'caption'" in found["images[0].captoin"]
    assert "china, us" in found["sections[1]"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", None, "is missing"),
        ("title", 7, "must be a text, not a number"),
        ("title", "x" * 501, "501 characters"),
        ("summary", ["a"], "not a list"),
        ("sections", [], "name at least one"),
        ("sections", "us", "must be a list, not a text"),
        ("tags", ["x"] * 101, "at most 100"),
        ("link", "/relative", "absolute http or https"),
        ("link", "https://user:secret@news.test/", "without credentials"),
        ("published", "2026-05-01T12:00:00", "with its zone"),
        ("updated", "1970-01-01T00:00:00Z", "between 1971 and 2100"),
        ("updated", 1777636800, "must be a text"),
        ("guid", " 17", "white space at its ends"),
        ("atom_id", "17", "a URI with its scheme"),
        ("authors", [{"name": "A", "email": "nobody"}], "name@example.org"),
        ("images", [{"caption": "no address"}], "is missing"),
        ("images", [{"url": "https://a.test/", "type": "text/html"}], "image/jpeg"),
        ("images", [{"url": "https://a.test/", "height": True}], "true or false"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(
    field: str, value: object, said: str
) -> None:
    found = problems(**{field: value})

    assert len(found) == 1
    assert next(iter(found)).startswith(field)
    assert said in next(iter(found.values()))


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{", b"\xff", b"[" * 100_000, b'{"a":1}x'])
def test_a_body_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidError) as caught:
        read_submission("a", data)
    assert set(caught.value.problems) == {"body"}


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201, "a\x00"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_submission(name, b'{"title": "T", "sections": ["us"]}')
    assert set(caught.value.problems) == {"external_id"}


def test_a_date_keeps_its_moment_whatever_its_zone() -> None:
    zone = timezone(timedelta(hours=-7))
    assert read(updated=datetime(2026, 5, 1, 4, tzinfo=zone).isoformat()) == read()


def test_what_is_described_can_be_sent_back_unchanged() -> None:
    sent = read()
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    article = Article(
        id=ArticleId(1),
        owner=Owner.CMS,
        external_id=sent.external_id,
        guid=sent.guid or "",
        atom_id=sent.atom_id or "",
        state=ArticleState.PUBLISHED,
        version=1,
        seq=1,
        published_at=sent.published_at or moment,
        updated_at=sent.updated_at or moment,
        content=sent.content,
        sections=sent.sections,
    )
    shown = {name: value for name, value in described(article).items() if name in WHOLE}

    assert set(shown) == set(WHOLE)
    assert read_submission("a-1", msgspec.json.encode(shown)) == sent


def test_cleaning_twice_is_cleaning_once() -> None:
    sent = read(html='<p onclick="x">a<a href="/x">b</a></p>')
    again = read(title=sent.content.title, html=sent.content.html)
    assert again == sent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "other"]), json_values))
def test_whatever_is_sent_is_read_or_refused_with_reasons(body: dict[str, object]) -> None:
    try:
        sent = read_submission("a", msgspec.json.encode(body))
    except InvalidError as error:
        reasons = list(error.problems.values())
    else:
        reasons = [sent.content.title, *sent.sections]
    assert reasons
    assert all(reasons)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidError):
        read_submission("a", data)


@given(st.text(string.printable + "<>&;\"'\u202e\u2028é漢", max_size=80))
def test_no_text_of_a_submission_carries_markup_into_its_title(text: str) -> None:
    try:
        sent = read(title=text)
    except InvalidError:
        return
    assert "\n" not in sent.content.title
    assert replace(sent, content=replace(sent.content, title="")) == replace(
        read(), content=replace(read().content, title="")
    )

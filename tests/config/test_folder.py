"""The newsroom's folder: what is read, and what is said of each mistake."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.config.folder import read_newsroom
from feedserver.config.keys import Shape
from feedserver.config.shapes import SHAPES
from feedserver.errors import ConfigError
from feedserver.model.site import Rule, Section, Site
from feedserver.model.source import Kind, RightsClass, SourceWish
from tests.config.cases import cases
from tests.config.conftest import FILES


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_newsroom(folder)
    return str(raised.value).splitlines()


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_folder_becomes_the_newsroom_that_it_describes(folder: Path) -> None:
    newsroom = read_newsroom(folder)

    assert newsroom.site == Site(
        title="The Evening Courier",
        description="News from the harbour.",
        link="https://courier.example/",
        languages=("en", "zh-Hans"),
        time_zone=ZoneInfo("Europe/Berlin"),
        rights="© The Evening Courier",
        contact="desk@courier.example",
        contact_name="The desk",
        authority="courier.example,2026",
    )
    assert [section.slug for section in newsroom.sections] == ["home", "us", "america", "sport"]
    assert newsroom.section("us") == Section(
        slug="us",
        title="U.S.",
        description="The United States.",
        language="en",
        length=20,
        pins=("7", "letter"),
    )
    assert newsroom.sources[0] == SourceWish(
        key="reuters-world",
        title="Reuters",
        url="https://news.example.org/rss",
        owner="Thomson Reuters",
        country="GB",
        language="en",
        kind=Kind.WIRE,
        rights=RightsClass.HEADLINE,
        section="us",
        interval=timedelta(minutes=15),
    )
    assert newsroom.rules == (
        Rule(name="Politics goes to U.S.", section="us", source="demo", category="Politics"),
    )


US = 'feeds/sections.toml: section "us": '
AMERICA = 'feeds/sections.toml: section "america": '


@pytest.mark.parametrize(
    ("change", "line"), cases(Path(__file__).with_name("mistaken_newsrooms.txt"))
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(
    folder: Path, change: str, line: str
) -> None:
    file, texts = change.split(": ", 1)
    old, new = texts.replace("⏎", "\n").split(" →")
    edit(folder, file, old, new.removeprefix(" "))

    assert line in mistakes(folder)


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    edit(folder, "site.toml", "Europe/Berlin", "Berlin")
    edit(folder, "sections.toml", "20", "-1")
    edit(folder, "sources.toml", '"15m"', '"5"')
    edit(folder, "sources.toml", '"GB"', '"UK"')
    edit(folder, "rules.toml", '"us"', '"usa"')

    assert [line.split(" ")[0] for line in mistakes(folder)] == [
        "feeds/site.toml:",
        "feeds/sections.toml:",
        "feeds/sources.toml:",
        "feeds/sources.toml:",
        "feeds/rules.toml:",
    ]


def test_one_mistake_is_told_once_and_not_again_where_its_table_is_named(folder: Path) -> None:
    edit(folder, "sections.toml", 'title = "U.S."', 'title = ""')

    assert mistakes(folder) == [US + "title is empty; write a text"]


def test_sections_that_move_in_a_circle_are_told(folder: Path) -> None:
    edit(folder, "sections.toml", 'pins = ["7", "letter"]', 'moved_to = "america"')

    assert [line for line in mistakes(folder) if "leads back" in line] == [
        US + 'moved_to "america" leads back to "us"; one of them must stay',
        AMERICA + 'moved_to "us" leads back to "america"; one of them must stay',
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.file))
def test_a_missing_file_is_told_with_what_it_holds(folder: Path, shape: Shape[Site]) -> None:
    (folder / shape.file).unlink()

    assert mistakes(folder) == [f"feeds/{shape.file} is missing; it holds {shape.purpose}"]


def test_a_missing_folder_is_told_with_what_names_it(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "feds") == [
        (
            f"{tmp_path}/feds is not a folder; FEEDSERVER_FEEDS must name the one that holds "
            "site.toml, sections.toml, sources.toml, rules.toml"
        )
    ]


def test_a_file_that_is_a_folder_is_told(folder: Path) -> None:
    (folder / "rules.toml").unlink()
    (folder / "rules.toml").mkdir()

    assert mistakes(folder) == ["feeds/rules.toml cannot be read: Is a directory"]


def test_a_file_that_is_not_utf_8_is_told_with_the_line(folder: Path) -> None:
    (folder / "rules.toml").write_bytes('[[rule]]\nname = "Müll"\n'.encode("latin-1"))

    assert mistakes(folder) == ["feeds/rules.toml: line 2 is not UTF-8; save the file as UTF-8"]


def test_a_byte_order_mark_and_other_line_ends_do_no_harm(folder: Path) -> None:
    text = (folder / "rules.toml").read_text(encoding="utf-8")
    (folder / "rules.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert len(read_newsroom(folder).rules) == 1


def test_sources_and_rules_may_be_empty_and_sections_may_not(folder: Path) -> None:
    for file in ("sections.toml", "sources.toml", "rules.toml"):
        (folder / file).write_text("# nothing yet\n", encoding="utf-8")

    assert mistakes(folder) == [
        "feeds/sections.toml holds no [[section]]; a site needs at least one"
    ]
    (folder / "sections.toml").write_text(FILES["sections.toml"], encoding="utf-8")
    newsroom = read_newsroom(folder)
    assert (newsroom.sources, newsroom.rules) == ((), ())


@pytest.mark.parametrize(
    "url",
    ["http://one.test/feed", "http://localhost:1/x", "http://127.0.0.9/x", "http://[::1]:8/x"],
)
def test_our_own_hosts_may_be_polled_as_often_as_we_like(folder: Path, url: str) -> None:
    edit(folder, "sources.toml", "http://demo.test:8081/feed", url)

    assert read_newsroom(folder).sources[1].interval == timedelta(seconds=15)


VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.text(), st.integers(), st.booleans(), st.floats(), st.dates(), st.datetimes()),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=4,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.file))
@given(value=VALUES)
def test_a_key_reads_any_value_or_refuses_it_in_a_line(shape: Shape[Site], value: object) -> None:
    for key in shape.keys.values():
        assert "\n" not in refusal(key.read, value)


def refusal(read: Callable[[object], object], value: object) -> str:
    """Return what a reader says against a value, or nothing."""
    try:
        read(value)
    except ValueError as error:
        return str(error)
    return ""


def test_the_shipped_folder_is_a_newsroom() -> None:
    newsroom = read_newsroom(Path(__file__).parents[2] / "feeds")

    assert {section.slug for section in newsroom.sections} == {
        "home",
        "us",
        "china",
        "world",
        "business",
        "science",
        "culture",
        "opinion",
    }
    assert len(newsroom.sources) >= 40
    assert not any(source.verified for source in newsroom.sources)
    assert {"en", "zh-Hans", "de", "fr", "es", "ja", "ar"} <= {
        source.language for source in newsroom.sources
    }
    assert {source.section for source in newsroom.sources} == {
        section.slug for section in newsroom.sections if not section.everything
    }

"""The script keeps its promises: what the demo must show is counted here."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import get_args, get_type_hints
from urllib.parse import urlsplit

import pytest

from feedserver.demo.edition import Stage, article_at, edition, show
from feedserver.demo.reading import read_script
from feedserver.demo.script import HISTORY, Edit, Outlet, Quirk, Script, Syntax, Telling
from feedserver.errors import ConfigError
from feedserver.model.source import Kind
from tests.demo.world import SCRIPT, START

STAGE = Stage(start=START, port=8200)
SECTIONS = {"home", "us", "china", "world", "business", "science", "culture", "opinion"}
ZERO = timedelta(0)


def test_there_are_outlets_of_many_owners_countries_and_kinds() -> None:
    outlets = SCRIPT.outlets
    assert len(outlets) >= 10
    assert {outlet.country for outlet in outlets} >= {"US", "GB", "CN", "HK", "TW", "KE", "DE"}
    assert {outlet.kind for outlet in outlets} == {Kind.WIRE, Kind.NATIONAL, Kind.LOCAL, Kind.BLOG}
    assert {outlet.syntax for outlet in outlets} == set(Syntax)
    assert len({outlet.owner for outlet in outlets}) == len(outlets) - 1
    assert sum(outlet.kind is Kind.WIRE for outlet in outlets) == 1


def test_every_outlet_has_a_test_host_of_its_own() -> None:
    hosts = [outlet.host for outlet in SCRIPT.outlets]
    assert all(re.fullmatch(r"[a-z-]+\.localhost", host) for host in hosts)
    assert len(set(hosts)) == len(hosts)
    assert len({outlet.key for outlet in SCRIPT.outlets}) == len(hosts)


def test_every_event_is_told_by_two_to_four_outlets() -> None:
    assert len(SCRIPT.events) >= 14
    for event in SCRIPT.events:
        outlets = [telling.outlet for telling in event.tellings]
        assert 2 <= len(outlets) <= 4, event.key
        assert len(set(outlets)) == len(outlets), event.key


def test_events_are_told_in_english_and_in_both_chinese_scripts() -> None:
    told = [SCRIPT.outlet(telling.outlet).language for telling in SCRIPT.tellings]
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert sum(one.startswith(language) for one in told) >= 5
    both = [
        event.key
        for event in SCRIPT.events
        if {SCRIPT.outlet(told.outlet).language[:2] for told in event.tellings} == {"en", "zh"}
    ]
    assert len(both) >= 5


@pytest.mark.parametrize("telling", SCRIPT.tellings, ids=lambda telling: telling.name)
def test_every_telling_is_whole(telling: Telling) -> None:
    assert telling.headline
    assert telling.summary
    assert telling.body.strip()
    assert telling.byline
    assert telling.categories
    assert re.fullmatch(r"[a-z0-9-]+", telling.slug)
    if telling.picture is not None:
        assert telling.picture.caption
        assert telling.picture.credit
        assert telling.picture.alt


@pytest.mark.parametrize("outlet", SCRIPT.outlets, ids=lambda outlet: outlet.key)
def test_an_outlet_changes_its_feed_at_most_once_a_second_and_while_it_is_open(
    outlet: Outlet,
) -> None:
    mine = [telling for telling in SCRIPT.tellings if telling.outlet == outlet.key]
    moments = [moment for telling in mine for moment in _moments(telling)]
    assert moments
    assert len(set(moments)) == len(moments)
    assert all(moment.microseconds == 0 for moment in moments)
    assert all(outlet.closed_at is None or moment < outlet.closed_at for moment in moments)
    slugs = [telling.slug for telling in mine]
    assert len(set(slugs)) == len(slugs)


def test_offsets_lie_in_two_days_of_history_and_one_hour_of_watching() -> None:
    for telling in SCRIPT.tellings:
        moments = _moments(telling)
        assert moments == sorted(moments), telling.name
        assert moments[0] >= -HISTORY
        assert moments[-1] <= timedelta(hours=1)


def test_news_arrives_soon_then_often_then_thinly() -> None:
    live = [telling.at for telling in SCRIPT.tellings if telling.at > ZERO]
    assert live[0] == timedelta(seconds=20)
    minutes = [at / timedelta(minutes=1) for at in live]
    assert sum(minute <= 10 for minute in minutes) >= 8
    assert sum(10 < minute <= 60 for minute in minutes) >= 6
    assert sum(minute <= 30 for minute in minutes) > sum(minute > 30 for minute in minutes)


def test_the_wire_is_reprinted_under_its_own_link_and_under_others() -> None:
    for telling in (telling for telling in SCRIPT.tellings if telling.reprints is not None):
        original = SCRIPT.telling(f"{telling.event}/{telling.reprints}")
        assert (telling.headline, telling.body) == (original.headline, original.body)
        assert telling.at > original.at
        copy, wire = show(SCRIPT, telling, STAGE), show(SCRIPT, original, STAGE)
        assert (_page(copy.link) == _page(wire.link)) is telling.leads_to_original
        if telling.leads_to_original:
            assert "utm_source=" in copy.link
            assert copy.link != wire.link
            assert copy.guid != wire.guid
    reprints = [telling for telling in SCRIPT.tellings if telling.reprints == "meridian"]
    assert {telling.leads_to_original for telling in reprints} == {True, False}


def test_headlines_change_after_publication_before_and_while_somebody_watches() -> None:
    changes = [edit.at for _, edit in _edits() if edit.headline is not None and edit.slug is None]
    assert any(at < ZERO for at in changes)
    assert any(at > ZERO for at in changes)


def test_a_rewritten_slug_changes_the_link_and_keeps_the_guid_and_the_old_page() -> None:
    telling, edit = next((telling, edit) for telling, edit in _edits() if edit.slug is not None)
    before = show(SCRIPT, telling.as_of(telling.at), STAGE)
    after = show(SCRIPT, telling.as_of(edit.at), STAGE)
    assert before.guid == after.guid
    assert before.link != after.link
    assert before.headline != after.headline
    outlet, now = SCRIPT.outlet(telling.outlet), START + edit.at
    assert article_at(SCRIPT, outlet, STAGE, now, before.path) == after
    assert article_at(SCRIPT, outlet, STAGE, now, after.path) == after


def test_tracking_comes_later_on_links_with_guids_and_without() -> None:
    without_guids = set()
    for telling, edit in _edits():
        if edit.tracking is None:
            continue
        before = show(SCRIPT, telling.as_of(telling.at), STAGE)
        after = show(SCRIPT, telling.as_of(edit.at), STAGE)
        assert before.link != after.link
        assert after.link.startswith(before.link)
        assert before.guid == after.guid
        without_guids.add(before.guid is None)
    assert without_guids == {True, False}


def test_one_outlet_tells_its_pages_apart_by_query_alone() -> None:
    tidewater = SCRIPT.outlet("tidewater")
    articles = edition(SCRIPT, tidewater, STAGE, START).articles
    assert len({urlsplit(article.link).path for article in articles}) == 1
    assert len(articles) > 1


def test_each_trap_is_set() -> None:
    outlets = SCRIPT.outlets
    assert all(any(quirk in outlet.quirks for outlet in outlets) for quirk in Quirk)
    assert any(outlet.closed_at is not None and outlet.closed_at < ZERO for outlet in outlets)
    assert any(outlet.patience is not None for outlet in outlets)
    assert any(outlet.charset != "utf-8" for outlet in outlets)
    blog = next(telling for telling in SCRIPT.tellings if telling.markup)
    assert SCRIPT.outlet(blog.outlet).kind is Kind.BLOG
    assert "<em>" in blog.headline
    for hostile in ("<script>", "javascript:", "onerror=", "<iframe", "<form"):
        assert hostile in blog.body


def test_every_section_is_filled() -> None:
    filled = {outlet.section for outlet in SCRIPT.outlets} | {rule.section for rule in SCRIPT.rules}
    filled |= {slug for article in SCRIPT.articles for slug in article.sections}
    assert filled - {None} == SECTIONS
    assert {slug for planned in SCRIPT.picks for slug in planned.pick.sections} == SECTIONS


def test_rules_name_categories_that_the_outlets_use() -> None:
    used = {category for telling in SCRIPT.tellings for category in telling.categories}
    assert {rule.category for rule in SCRIPT.rules} <= used


def test_picks_are_made_in_history_of_what_was_published_by_then() -> None:
    assert len(SCRIPT.picks) >= 8
    for planned in SCRIPT.picks:
        assert SCRIPT.telling(planned.telling).at < planned.at < ZERO, planned.telling
        assert planned.pick.lead is None


def test_our_own_articles_are_of_both_languages_and_one_is_corrected() -> None:
    assert len({article.external_id for article in SCRIPT.articles}) >= 6
    assert {article.language for article in SCRIPT.articles} == {"en", "zh-Hans"}
    assert all(article.authors and article.tags for article in SCRIPT.articles)
    assert len(SCRIPT.articles) > len({article.external_id for article in SCRIPT.articles})


def test_the_files_have_no_key_that_nobody_reads() -> None:
    for file in (files("feedserver.demo") / "script").iterdir():
        _check_keys(tomllib.loads(file.read_text("utf-8")), Script, file.name)


def test_a_reprint_of_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        '[[events]]\nkey = "fog"\n'
        '[[events.tellings]]\noutlet = "a"\nat = "PT0S"\nheadline = "Fog"\n'
        '[[events.tellings]]\noutlet = "b"\nat = "PT1M"\nreprints = "c"\n',
        "utf-8",
    )
    with pytest.raises(ConfigError, match=r"fog/b reprints 'c', .*; these do: a, b"):
        read_script(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("picks = [1 2]", r"x\.toml: .*line 1"),
        ("picks = 3", r"x\.toml: Expected `array`.*\$\.picks"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=message):
        read_script(tmp_path)


def _moments(telling: Telling) -> list[timedelta]:
    return [telling.at, *(edit.at for edit in telling.edits)]


def _edits() -> list[tuple[Telling, Edit]]:
    return [(telling, edit) for telling in SCRIPT.tellings for edit in telling.edits]


def _page(link: str) -> str:
    return link.partition("?")[0]


def _check_keys(value: object, kind: object, where: str) -> None:
    """Walk TOML beside the types that it becomes; msgspec ignores keys it does not know."""
    if isinstance(value, list):
        for one in value:
            _check_keys(one, kind, where)
    inner = next((arg for arg in get_args(kind) if is_dataclass(arg)), kind)
    if isinstance(value, dict):
        assert is_dataclass(inner), where
        hints = get_type_hints(inner)
        assert set(value) <= {field.name for field in fields(inner)}, where
        for key, one in value.items():
            _check_keys(one, hints[key], f"{where}: {key}")

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from feedserver.demo.edition import Stage
from feedserver.demo.newsroom import LIVE_INTERVAL, demo_newsroom, submissions
from feedserver.demo.pictures import draw
from feedserver.errors import ConfigError
from feedserver.model.site import Newsroom, Rule, Section, Site
from tests.demo.world import SCRIPT, START

STAGE = Stage(start=START, port=8200)
SLUGS = ("home", "us", "china", "world", "business", "science", "culture", "opinion")
NEWSROOM = Newsroom(
    site=Site(
        title="The Post",
        description="News",
        link="https://post.example",
        languages=("en",),
        time_zone=ZoneInfo("UTC"),
        rights="© The Post",
        contact="desk@post.example",
        contact_name="Desk",
        authority="post.example,2026",
    ),
    sections=tuple(
        Section(slug=slug, title=slug, description=slug, language="en") for slug in SLUGS
    ),
    rules=(
        Rule(name="by source", section="us", source="somebody-real"),
        Rule(name="by category", section="us", category="Weather"),
    ),
)


def test_the_outlets_take_the_place_of_the_sources() -> None:
    newsroom = demo_newsroom(NEWSROOM, SCRIPT, 8200)
    assert (newsroom.site, newsroom.sections) == (NEWSROOM.site, NEWSROOM.sections)
    assert [wish.key for wish in newsroom.sources] == [outlet.key for outlet in SCRIPT.outlets]
    wire = newsroom.sources[0]
    assert wire.url == "http://meridian-wire.localhost:8200/feed.xml"
    assert wire.interval == LIVE_INTERVAL == timedelta(seconds=15)


def test_rules_about_sources_that_are_not_followed_are_left_out() -> None:
    names = [rule.name for rule in demo_newsroom(NEWSROOM, SCRIPT, 8200).rules]
    assert names == ["by category", *(rule.name for rule in SCRIPT.rules)]


def test_a_missing_section_is_named() -> None:
    narrow = replace(NEWSROOM, sections=NEWSROOM.sections[:-2])
    with pytest.raises(ConfigError, match="needs sections that are not there: culture, opinion"):
        demo_newsroom(narrow, SCRIPT, 8200)


def test_the_cms_puts_its_articles_in_order_and_keeps_the_first_date() -> None:
    puts = submissions(SCRIPT, STAGE)
    moments = [put.updated_at for put in puts if put.updated_at is not None]
    assert moments == sorted(moments)
    assert len(moments) == len(puts)
    first, corrected = (put for put in puts if put.external_id == "cms-2221")
    assert first.published_at == first.updated_at == corrected.published_at
    assert corrected.updated_at == START + timedelta(minutes=3)
    assert "Correction" in corrected.content.html


def test_pictures_of_our_own_articles_are_described_fully() -> None:
    images = [image for put in submissions(SCRIPT, STAGE) for image in put.content.images]
    assert len(images) >= 5
    for image in images:
        assert image.url.startswith("http://127.0.0.1:8200/img/")
        assert image.caption
        assert image.credit
        assert image.alt
        assert image.rights
        name = image.url.rpartition("/")[2].removesuffix(".png")
        assert image.bytes == len(draw(name))

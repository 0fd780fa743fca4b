import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import feedparser
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import fragment_fromstring

from feedserver.model.article import (
    AlsoCovered,
    Article,
    ArticleState,
    Attribution,
    Author,
    Content,
)
from feedserver.model.entry import Image
from feedserver.model.feed import ALL, FeedVersion, Format
from feedserver.publish.documents import (
    compressed,
    document,
    feed_head,
    finished,
    fragment,
    strong_etag,
)
from tests.publish.samples import CHINA, NOW, OWN, PICKED, PLACE, SITE

XML = (Format.RSS, Format.ATOM)


def built(form: Format, *articles: Article) -> bytes:
    head = feed_head(None, form, PLACE, updated_at=NOW)
    return document(head, [fragment(article, PLACE, form) for article in articles], form)


@pytest.mark.parametrize("form", Format)
def test_two_builds_are_the_same_bytes_and_begin_with_the_document_itself(form: Format) -> None:
    body = built(form, OWN, PICKED)
    assert body == built(form, OWN, PICKED)
    assert body.startswith((b"<?xml", b'{"version"'))


@pytest.mark.parametrize("form", Format)
def test_the_same_fragment_stands_in_every_feed(form: Format) -> None:
    piece = fragment(OWN, PLACE, form)
    other = feed_head(CHINA, form, PLACE, updated_at=NOW)
    assert piece in built(form, PICKED, OWN)
    assert piece in document(other, [piece], form)


@pytest.mark.parametrize("form", Format)
def test_a_feed_may_be_empty(form: Format) -> None:
    assert len(feedparser.parse(built(form)).entries) == 0


def test_a_feed_is_named_for_the_site_or_its_section_and_keeps_its_id_in_every_format() -> None:
    site = feed_head(None, Format.RSS, PLACE, updated_at=NOW)
    assert (site.title, site.description) == (SITE.title, SITE.description)
    assert site.self_url == "https://feeds.harbour.example/feeds/all.rss"
    ids = {feed_head(CHINA, form, PLACE, updated_at=NOW).atom_id for form in Format}
    assert ids == {"tag:harbour.example,2025:feed/china"}


def test_the_tag_is_of_the_bytes_and_gzip_has_no_time_in_it() -> None:
    body = built(Format.ATOM, OWN)
    assert re.fullmatch("[0-9a-f]{32}", strong_etag(body))
    assert strong_etag(body) != strong_etag(body + b" ")
    assert gzip.decompress(compressed(body)) == body
    assert compressed(body)[4:8] == b"\0\0\0\0"


def test_a_finished_document_is_of_the_version_that_is_shown() -> None:
    version = FeedVersion(name=ALL, version=9, shown=7, shown_at=NOW)
    made = finished(b"body", version, Format.RSS)
    assert (made.version, made.modified_at) == (7, NOW)
    assert (made.body, gzip.decompress(made.gzip)) == (b"body", b"body")


def addresses_in(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield from (str(element.get(name)) for name in ("href", "url") if element.get(name))
        if etree.QName(element).localname == "link" and element.text:
            yield element.text


anything = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "]]><!--",
        "&nbsp;&#0;&bogus;",
        "\x00\x08\x0b\ud800\ufffe\x85",
        '" onmouseover="alert(1)',
        "javascript:alert(1)",
        "\u202e\u2028",
    ]
)
addresses = anything | anything.map("https://outlet.example/".__add__)
maybe_address = st.none() | addresses
moments = st.timedeltas(timedelta(-9000), timedelta(9000)).map(NOW.__add__)

contents = st.builds(
    Content,
    title=anything,
    summary=anything,
    html=anything,
    link=maybe_address,
    language=st.none() | anything,
    authors=st.tuples(st.builds(Author, name=anything, url=maybe_address, email=anything)),
    tags=st.tuples(anything),
    images=st.tuples(
        st.builds(Image, url=addresses, type=st.none() | anything, caption=anything, alt=anything)
    ),
    rights=anything,
    credit=anything,
    source=st.none()
    | st.builds(
        Attribution,
        key=st.just("bay"),
        title=anything,
        feed_url=addresses,
        link=maybe_address,
        updated_at=moments,
        language=st.none() | anything,
        rights=anything,
    ),
    also=st.tuples(st.builds(AlsoCovered, outlet=anything, title=anything, link=addresses)),
)
articles = st.builds(
    lambda **changes: replace(OWN, **changes),
    content=contents,
    guid=anything.map("guid:".__add__),
    atom_id=anything.map("tag:".__add__),
    note=anything,
    state=st.sampled_from(ArticleState),
    published_at=moments,
    updated_at=moments,
    sections=st.tuples(anything),
)


@pytest.mark.parametrize("form", XML)
@given(article=articles)
def test_whatever_an_article_holds_the_xml_is_well_formed(form: Format, article: Article) -> None:
    root = etree.fromstring(built(form, article, OWN))
    names = [etree.QName(element).localname for element in root.iter(etree.Element)]
    assert names.count("item") + names.count("entry") == 2
    for address in addresses_in(root):
        assert address.startswith(("http://", "https://", "tag:"))


@given(article=articles)
def test_whatever_an_article_holds_the_json_is_one_and_its_addresses_harmless(
    article: Article,
) -> None:
    only = msgspec.json.decode(built(Format.JSON, article))["items"][0]
    assert only["id"]
    assert only["title"]
    assert only["content_html"]
    assert only["url"].startswith(("http://", "https://"))


@given(article=articles.filter(lambda article: not article.content.html))
def test_text_without_html_becomes_html_without_elements_of_its_own(article: Article) -> None:
    html = msgspec.json.decode(built(Format.JSON, article))["items"][0]["content_html"]
    elements = list(fragment_fromstring(html, create_parent="div").iter())
    assert {str(element.tag) for element in elements} <= {"div", "p", "a", "ul", "li", "strong"}
    assert {name for element in elements for name in element.attrib} <= {"href"}


@given(text=anything)
def test_whatever_the_site_is_called_its_feeds_are_well_formed(text: str) -> None:
    site = replace(SITE, title=f"A{text}", rights=text, contact_name=text, description=text)
    place = replace(PLACE, site=site)
    for form in XML:
        head = feed_head(None, form, place, updated_at=NOW)
        assert etree.fromstring(document(head, [], form)) is not None

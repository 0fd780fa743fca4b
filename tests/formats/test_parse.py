"""Bytes of a feed to items."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.errors import ParseError
from feedserver.formats.items import LONGEST_GUID, LONGEST_LINE, LONGEST_TEXT
from feedserver.formats.parse import MOST_ITEMS, MOST_REJECTS, parse
from feedserver.model.entry import Enclosure, Image, Item, ParsedFeed

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
URL = "https://harbour.example/feeds/all.xml"


def rss(*items: str, channel: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel>{channel}{inside}</channel></rss>'.encode(
        "utf-8", "replace"
    )


def only(document: bytes) -> Item:
    (item,) = parse(document, url=URL).items
    return item


@pytest.fixture(scope="module")
def odd() -> ParsedFeed:
    return parse((CORPUS / "odd.rss").read_bytes(), url=URL)


def test_a_damaged_feed_is_read_and_says_what_was_mended(odd: ParsedFeed) -> None:
    assert odd.version == "rss20"
    assert odd.title == "The Harbour Post"
    assert odd.link == "https://harbour.example/"
    assert odd.language == "en-GB"
    assert odd.ttl == 30
    assert odd.repairs == {
        "not well-formed XML": 1,
        "date unreadable": 1,
        "date without a zone": 1,
        "link refused": 1,
    }
    assert odd.rejects == ("item 4 has no guid, link, title or text",)


def test_an_item_is_read_whole_and_made_harmless(odd: ParsedFeed) -> None:
    item = odd.items[0]
    assert item.guid == "harbour-41"
    assert item.title == "Ferry & tram fares rise again"
    assert item.link == "https://harbour.example/n?objectid=41&utm_source=rss&at_medium=x"
    assert item.canonical == "https://harbour.example/n?objectid=41"
    assert item.summary == "<p>Fares rise by 4 %.</p>"
    assert (
        '<a href="https://harbour.example/fares" rel="noopener noreferrer nofollow">'
        in item.content
    )
    assert item.author == "Ada Finch"
    assert item.published_at == datetime(2022, 7, 27, 19, 35, 5, tzinfo=UTC)
    assert item.updated_at is None
    assert item.categories == ("Transport", "City & Port")
    assert "<script>alert(1)</script>" in item.received.summary


def test_pictures_are_found_wherever_they_are_but_those_that_count_readers(odd: ParsedFeed) -> None:
    assert odd.items[0].images == (
        Image(
            url="https://img.harbour.example/41-large.jpg",
            type="image/jpeg",
            width=1200,
            height=800,
            caption="Passengers at Pier 3",
            credit="Ben Wren",
        ),
        Image(
            url="https://harbour.example/i/ferry.jpg",
            width=640,
            height=360,
            alt="A ferry",
            caption="The 8 o'clock ferry",
        ),
    )
    assert odd.items[0].enclosures == (
        Enclosure(url="https://audio.harbour.example/41.mp3", type="audio/mpeg", length=123456),
    )


def test_a_link_that_runs_is_refused_and_its_item_kept(odd: ParsedFeed) -> None:
    item = odd.items[2]
    assert item.link is None
    assert item.canonical is None
    assert item.summary == "5 &lt; 6 &amp; nothing else"
    assert item.published_at == datetime(2022, 7, 28, 10, tzinfo=UTC)


def test_atom_is_read_with_its_own_bases_languages_and_types() -> None:
    feed = parse((CORPUS / "plain.atom").read_bytes(), url="https://elsewhere.example/x")
    first, second = feed.items
    assert (feed.version, feed.title, feed.language) == ("atom10", "Kiosk & Co", "de")
    assert (first.language, second.language) == ("de", "fr")
    assert first.link == "https://kiosk.example/a/1"
    assert first.author == "Eva Amsel, Udo Star"
    assert first.title == "Neue Brücke <eröffnet>"
    assert first.summary == "1 &lt; 2"
    assert first.images == (
        Image(url="https://kiosk.example/img/1.png", type="image/png", bytes=2048),
    )
    assert second.content == "<p>Un <em>pont</em></p>"
    assert feed.repairs == {}


def test_a_change_is_no_publication() -> None:
    first, second = parse((CORPUS / "plain.atom").read_bytes(), url=URL).items
    assert first.published_at is None
    assert first.updated_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert second.published_at == datetime(2026, 4, 30, 8, tzinfo=UTC)


def test_a_content_alone_is_not_repeated_as_summary() -> None:
    _, second = parse((CORPUS / "plain.atom").read_bytes(), url=URL).items
    assert (second.summary, second.received.summary) == ("", "")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML page"),
        (
            b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "HTML page",
        ),
        (b"\x1f\x8b\x08\x00xxxx", "gzip"),
        (b'{"items": []}', "JSON"),
        (b"http://example.org/feed.xml", "no RSS or Atom element"),
        (b"/etc/passwd", "no RSS or Atom element"),
    ],
)
def test_what_is_no_feed_is_named(document: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse(document, url=URL)


def test_a_feed_without_items_is_a_feed() -> None:
    assert parse(rss(channel="<title>Quiet</title>"), url=URL).items == ()


def test_the_charset_of_the_answer_counts_whatever_the_letters_of_its_header() -> None:
    document = '<rss version="2.0"><channel><item><title>北京新闻</title></item></channel></rss>'
    headers = {"CONTENT-Type": "application/xml; charset=gbk", "Content-Language": "zh-cn"}
    feed = parse(document.encode("gbk"), url=URL, headers=headers)
    assert feed.items[0].title == "北京新闻"
    assert feed.language == "zh-CN"


def test_what_the_feed_says_of_its_language_counts_more_than_the_answer() -> None:
    document = rss("<title>x</title>", channel="<language>ja</language>")
    feed = parse(document, url=URL, headers={"Content-Language": "en"})
    assert (feed.language, feed.items[0].language) == ("ja", None)


def test_a_counting_address_gives_way_to_the_outlets_own() -> None:
    document = rss(
        '<link>https://counter.example/1</link><f:origLink xmlns:f="'
        'http://rssnamespace.org/feedburner/ext/1.0">https://harbour.example/1</f:origLink>'
    )
    assert only(document).link == "https://harbour.example/1"


def test_a_guid_is_the_same_wherever_its_feed_is_read() -> None:
    document = rss("<guid>abc-123</guid>")
    for url in (URL, "http://other.example/"):
        (item,) = parse(document, url=url).items
        assert (item.guid, item.link) == ("abc-123", None)


def test_a_guid_that_is_an_address_serves_as_link() -> None:
    item = only(rss("<guid>https://harbour.example/7</guid>"))
    assert item.link == item.guid == "https://harbour.example/7"


def test_controls_do_not_get_into_any_field() -> None:
    item = only(rss("<title>a&#x0E;b&#xFFFE;</title><description>c&#x1B;d</description>"))
    assert (item.title, item.summary) == ("ab", "cd")


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#57343;", "&#x110000;", "&#99999999999;", f"&#{'9' * 5000};"]
)
def test_a_reference_to_no_character_does_not_lose_the_feed(reference: str) -> None:
    bad = f"<title>a{reference}b</title><description>c&amp;{reference[1:]}d</description>"
    one, other = parse(rss(bad, "<title>Other</title>"), url=URL).items
    assert (one.title, other.title) == ("ab", "Other")


@pytest.mark.parametrize(
    "document", [b"<rss><channel><item><title>brok", b'<rss version="2.0"><channel><title>The Har']
)
def test_a_feed_that_breaks_off_before_its_items_is_not_taken_for_an_empty_one(
    document: bytes,
) -> None:
    assert parse(rss(), url=URL).items == ()
    with pytest.raises(ParseError, match="breaks off before any item"):
        parse(document, url=URL)


def test_texts_are_bounded_and_cutting_is_counted() -> None:
    feed = parse(
        rss(
            f"<title>{'t' * 2 * LONGEST_LINE}</title>"
            f"<description>{'d' * (LONGEST_TEXT + 1)}</description>"
            f"<guid>{'g' * (LONGEST_GUID + 1)}</guid>"
        ),
        url=URL,
    )
    item = feed.items[0]
    assert (len(item.title), len(item.summary), item.guid) == (LONGEST_LINE, LONGEST_TEXT, None)
    assert feed.repairs == {"text cut": 2, "guid too long": 1}


def test_items_are_bounded_and_what_is_left_out_is_said() -> None:
    feed = parse(rss(*["<title>t</title>"] * (MOST_ITEMS + 5)), url=URL)
    assert len(feed.items) == MOST_ITEMS
    assert feed.rejects == (f"the last 5 items: no more than {MOST_ITEMS} are read",)


def test_reasons_for_leaving_out_are_bounded() -> None:
    feed = parse(rss(*["<author/>"] * (MOST_REJECTS + 5)), url=URL)
    assert len(feed.rejects) == MOST_REJECTS
    assert feed.rejects[-1] == "and 6 more"


def test_a_credit_goes_with_its_picture_or_with_none() -> None:
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    pictures = "".join(f'<media:content {media} url="https://i.example/{n}.jpg"/>' for n in "12")
    credit = f"<media:credit {media}>%s</media:credit>"
    for names, expected in [("A", ["A", "A"]), ("AB", ["A", "B"]), ("ABC", ["", ""])]:
        item = only(rss("<title>t</title>" + pictures + "".join(credit % name for name in names)))
        assert [image.credit for image in item.images] == expected


TAGS = ["title", "link", "guid", "description", "pubDate", "author", "category", "source", "image"]
ITEMS = st.lists(
    st.tuples(st.sampled_from(TAGS), st.text() | st.text("<>&;/!#amp[]CDT\"'= \n\x00\x0e"))
)


@given(ITEMS, st.binary(max_size=20))
def test_nothing_between_the_tags_stops_the_reader(
    fields: list[tuple[str, str]], junk: bytes
) -> None:
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in fields)
    # Its end is there: a document that breaks off before its items is refused, as it should be.
    document = rss(inside, "<title>Last</title>").replace(b"</rss>", junk + b"</rss>")
    assert isinstance(parse(document, url=URL), ParsedFeed)

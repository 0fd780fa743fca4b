import locale
import re
from dataclasses import replace
from datetime import timedelta, timezone

import feedparser
import pytest
from lxml import etree

from feedserver.formats import rss
from feedserver.formats.xml import ATOM, CONTENT, DC, MEDIA
from feedserver.model.article import Article, ArticleState, Author
from feedserver.model.entry import Image
from feedserver.model.feed import Format
from feedserver.publish.documents import document, feed_head, fragment
from feedserver.publish.items import feed_item
from tests.publish.samples import CHINA, NOW, OWN, PICKED, PICTURE, PLACE, in_state

NS = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}


def built(*articles: Article) -> bytes:
    head = feed_head(CHINA, Format.RSS, PLACE, updated_at=NOW)
    return document(head, [fragment(a, PLACE, Format.RSS) for a in articles], Format.RSS)


def channel(*articles: Article) -> etree._Element:
    return etree.fromstring(built(*articles))[0]


def item(article: Article) -> etree._Element:
    return channel(article).findall("item")[0]


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def with_images(*images: Image) -> Article:
    return replace(OWN, content=replace(OWN.content, images=images))


def test_feedparser_reads_back_what_was_published() -> None:
    parsed = feedparser.parse(built(OWN, PICKED))

    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [OWN.content.title, "雾锁港口"]
    assert parsed.entries[0].id == OWN.guid
    assert parsed.entries[0].link == OWN.content.link
    assert parsed.entries[0].content[0].value == OWN.content.html
    assert parsed.entries[0].media_credit[0]["content"] == PICTURE.credit


def test_the_channel_says_what_the_profile_asks_for() -> None:
    head = channel()

    assert head.findtext("title") == "The Harbour Post: China"
    assert head.findtext("link") == "https://harbour.example/"
    assert head.findtext("description") == "News from China"
    assert head.findtext("language") == "en"
    assert head.findtext("copyright") == "© 2025 The Harbour Post"
    assert head.findtext("generator") == "feedserver"
    assert head.findtext("docs") == "https://www.rssboard.org/rss-specification"
    assert head.findtext("ttl") == "5"
    assert head.findtext("managingEditor") == "desk@harbour.example (News desk)"
    assert head.findtext("webMaster") == "desk@harbour.example (News desk)"


def test_a_channel_needs_neither_logo_nor_rights_nor_description() -> None:
    head = feed_head(CHINA, Format.RSS, PLACE, updated_at=NOW)
    bare = replace(head, logo=None, rights="", description="")

    parsed = etree.fromstring(document(bare, [], Format.RSS))[0]

    assert parsed.find("image") is None
    assert parsed.find("copyright") is None
    assert parsed.findtext("description") == head.title


def test_the_self_link_is_the_address_and_never_the_channels_own_link() -> None:
    links = channel().findall("atom:link", NS)
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("self", "https://feeds.harbour.example/feeds/china.rss")
    ]


def test_the_image_repeats_the_channels_title_and_link() -> None:
    head = channel()
    assert head.findtext("image/title") == head.findtext("title")
    assert head.findtext("image/link") == head.findtext("link")


def test_the_items_come_after_everything_else() -> None:
    tags = [child.tag for child in channel(OWN, PICKED)]
    assert tags[-2:] == ["item", "item"]
    assert "item" not in tags[:-2]


def test_dates_have_four_digit_years_and_numeric_zones_in_every_locale() -> None:
    before = locale.setlocale(locale.LC_ALL)
    assert channel().findtext("lastBuildDate") == "Mon, 03 Nov 2025 12:00:00 +0000"
    assert item(OWN).findtext("pubDate") == "Mon, 03 Nov 2025 09:30:00 +0000"
    assert locale.setlocale(locale.LC_ALL) == before


def test_two_builds_are_the_same_bytes() -> None:
    assert built(OWN, PICKED) == built(OWN, PICKED)


def test_titles_write_ampersand_and_less_than_as_hexadecimal_references() -> None:
    assert b"<title>Ferries &#x26; trams &#x3C; 2 hours late</title>" in built(OWN)
    assert item(OWN).findtext("title") == "Ferries & trams < 2 hours late"


@pytest.mark.parametrize("title", ["&", "<<", "a&b", "&a", "a<", "AT&amp;T", "]]>"])
def test_a_title_is_read_back_as_it_was_written(title: str) -> None:
    article = replace(OWN, content=replace(OWN.content, title=title))
    assert item(article).findtext("title") == title


def test_the_pub_date_stays_when_an_article_is_corrected() -> None:
    corrected = item(in_state(OWN, ArticleState.CORRECTED, "It was three hours."))
    assert corrected.findtext("pubDate") == item(OWN).findtext("pubDate")
    assert corrected.findtext("atom:updated", namespaces=NS) == "2025-11-03T11:00:00+00:00"


def test_an_item_that_never_changed_has_one_date_only() -> None:
    assert item(OWN).find("atom:updated", NS) is None
    assert item(OWN).find("dc:date", NS) is None


def test_the_guid_is_no_link_unless_it_is_the_items_own() -> None:
    moved = replace(OWN, guid="https://harbour.example/2025/ferries")
    assert [guid.get("isPermaLink") for guid in item(OWN).iter("guid")] == ["false"]
    assert [guid.get("isPermaLink") for guid in item(moved).iter("guid")] == ["true"]


def test_the_summary_comes_before_the_whole_text() -> None:
    tags = [child.tag for child in item(OWN)]
    assert tags.index("description") < tags.index(f"{{{CONTENT}}}encoded")
    assert item(OWN).findtext("content:encoded", namespaces=NS) == OWN.content.html


def test_a_bare_name_stands_in_dc_creator_and_not_in_author() -> None:
    two = replace(
        OWN, content=replace(OWN.content, authors=(Author(name="A. B."), Author(name="C. D.")))
    )
    assert item(OWN).find("author") is None
    assert item(OWN).findtext("dc:creator", namespaces=NS) == "Ana Duarte"
    assert [e.text for e in item(two).findall("dc:creator", NS)] == ["A. B.", "C. D."]


def test_a_public_address_stands_in_author_and_the_byline_is_not_doubled() -> None:
    author = Author(name="Ana Duarte", email="ana@harbour.example")
    element = item(replace(OWN, content=replace(OWN.content, authors=(author,))))
    assert element.findtext("author") == "ana@harbour.example (Ana Duarte)"
    assert element.find("dc:creator", NS) is None


def test_categories_name_their_list() -> None:
    categories = [(c.get("domain"), c.text) for c in item(OWN).findall("category")]
    assert categories == [
        ("tag:harbour.example,2025:sections", "China"),
        ("tag:harbour.example,2025:sections", "Home"),
        ("tag:harbour.example,2025:tags", "Fog"),
        ("tag:harbour.example,2025:tags", "Transport"),
    ]


def test_a_picked_item_credits_its_source() -> None:
    element = item(PICKED)
    source = element.find("source")
    assert source is not None
    assert (source.get("url"), source.text) == ("https://outlet.example/rss", "Bay Daily")
    assert element.findtext("link") == "https://outlet.example/zh/fog"
    assert element.findtext("dc:contributor", namespaces=NS) == "《海湾日报》报道"
    assert element.findtext("dc:language", namespaces=NS) == "zh-Hans"
    related = element.find("atom:link", NS)
    assert related is not None
    assert related.get("href") == "https://pier.example/1?a=1&b=2"


def test_a_picture_is_a_child_of_the_item_with_all_that_belongs_to_it() -> None:
    picture = item(OWN).find("media:content", NS)
    assert picture is not None
    assert attributes(picture) == {
        "url": PICTURE.url,
        "type": "image/jpeg",
        "medium": "image",
        "width": "1200",
        "height": "800",
        "fileSize": "240000",
    }
    assert picture.findtext("media:title", namespaces=NS) == "A white ferry"
    assert picture.findtext("media:description", namespaces=NS) == "The ferry <Ida> at berth"
    assert picture.findtext("media:copyright", namespaces=NS) == "© 2025 Lin Mei"
    assert picture.findtext("media:text", namespaces=NS) == "A white ferry"


def test_the_credit_of_a_picture_has_a_role_in_lower_case() -> None:
    credit = item(OWN).find("media:content/media:credit", NS)
    assert credit is not None
    assert (credit.get("role"), credit.get("scheme")) == ("photographer", "urn:ebu")
    assert credit.text == "Lin Mei/Harbour Post"


def test_different_pictures_stand_side_by_side_and_in_no_group() -> None:
    bare = Image(url="https://harbour.example/2")
    element = item(with_images(PICTURE, bare))
    assert len(element.findall("media:content", NS)) == 2
    assert element.find("media:group", NS) is None
    assert attributes(element.findall("media:content", NS)[1]) == {
        "url": bare.url,
        "medium": "image",
    }


def test_an_item_has_one_enclosure_and_its_length_is_0_when_unknown() -> None:
    second = Image(url="https://harbour.example/2.png")
    assert [attributes(e) for e in item(with_images(second, PICTURE)).findall("enclosure")] == [
        {"url": second.url, "length": "0", "type": "image/png"}
    ]


def test_a_fragment_declares_no_namespace_of_its_own() -> None:
    assert b"xmlns" not in fragment(OWN, PLACE, Format.RSS)


def test_the_joined_document_is_what_one_serialisation_would_have_given() -> None:
    feed = rss.channel(feed_head(CHINA, Format.RSS, PLACE, updated_at=NOW))
    for article in (OWN, PICKED):
        feed.add_entry(rss.entry(feed_item(article, PLACE)), order="append")
    whole = etree.fromstring(feed.rss_str())
    joined = etree.fromstring(built(OWN, PICKED))
    assert etree.tostring(whole, method="c14n") == etree.tostring(joined, method="c14n")


def test_a_moment_in_another_zone_keeps_its_zone() -> None:
    eastern = OWN.published_at.astimezone(timezone(timedelta(hours=8)))
    date = item(replace(OWN, published_at=eastern)).findtext("pubDate")
    assert date == "Mon, 03 Nov 2025 17:30:00 +0800"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date)

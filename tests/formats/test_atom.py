from dataclasses import replace

import feedparser
from lxml import etree

from feedserver.formats import atom
from feedserver.formats.xml import ATOM, LANG, MEDIA
from feedserver.model.article import Article, ArticleState, Author
from feedserver.model.entry import Image
from feedserver.model.feed import Format
from feedserver.publish.documents import document, feed_head, fragment
from feedserver.publish.items import feed_item
from tests.publish.samples import CHINA, NOW, OWN, PICKED, PICTURE, PLACE, in_state

NS = {"a": ATOM, "media": MEDIA}


def built(*articles: Article) -> bytes:
    head = feed_head(CHINA, Format.ATOM, PLACE, updated_at=NOW)
    return document(head, [fragment(a, PLACE, Format.ATOM) for a in articles], Format.ATOM)


def feed(*articles: Article) -> etree._Element:
    return etree.fromstring(built(*articles))


def entry(article: Article) -> etree._Element:
    return feed(article).findall("a:entry", NS)[0]


def links(element: etree._Element) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in e.attrib.items()} for e in element.findall("a:link", NS)]


def test_feedparser_reads_back_what_was_published() -> None:
    parsed = feedparser.parse(built(OWN, PICKED))

    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [entry.id for entry in parsed.entries] == [OWN.atom_id, PICKED.atom_id]
    assert parsed.entries[0].link == OWN.content.link
    assert parsed.entries[0].author_detail.name == "Ana Duarte"
    assert parsed.entries[1].source.title == "Bay Daily"


def test_the_feed_says_who_it_is() -> None:
    root = feed()

    assert root.findtext("a:id", namespaces=NS) == "tag:harbour.example,2025:feed/china"
    assert root.findtext("a:title", namespaces=NS) == "The Harbour Post: China"
    assert root.findtext("a:subtitle", namespaces=NS) == "News from China"
    assert root.findtext("a:author/a:name", namespaces=NS) == "The Harbour Post"
    assert root.findtext("a:rights", namespaces=NS) == "© 2025 The Harbour Post"
    assert root.findtext("a:logo", namespaces=NS) == "https://harbour.example/logo.png"
    assert root.findtext("a:generator", namespaces=NS) == "feedserver"
    assert root.get(LANG) == "en"


def test_updated_is_when_the_version_was_shown_and_never_the_time_of_the_build() -> None:
    assert feed().findtext("a:updated", namespaces=NS) == "2025-11-03T12:00:00+00:00"
    assert built(OWN) == built(OWN)


def test_a_feed_has_one_self_link_which_is_its_address_and_one_alternate() -> None:
    assert links(feed()) == [
        {
            "href": "https://feeds.harbour.example/feeds/china.atom",
            "rel": "self",
            "type": "application/atom+xml",
        },
        {"href": "https://harbour.example/", "rel": "alternate", "type": "text/html"},
    ]


def test_the_default_namespace_is_atoms_and_has_no_prefix() -> None:
    assert feed(OWN).nsmap == {None: ATOM, "media": MEDIA}
    assert b"<entry" in fragment(OWN, PLACE, Format.ATOM)
    assert b"xmlns" not in fragment(OWN, PLACE, Format.ATOM)


def test_the_links_of_an_entry_keep_what_they_are() -> None:
    assert links(entry(OWN)) == [
        {"href": "https://harbour.example/2025/ferries", "rel": "alternate", "type": "text/html"},
        {"href": PICTURE.url, "rel": "enclosure", "type": "image/jpeg", "length": "240000"},
    ]


def test_a_picture_of_unknown_length_has_none_in_its_link() -> None:
    image = Image(url="https://harbour.example/a.webp")
    article = replace(OWN, content=replace(OWN.content, images=(image,)))
    assert links(entry(article))[1] == {
        "href": image.url,
        "rel": "enclosure",
        "type": "image/webp",
    }


def test_a_picked_entry_leads_to_its_source_and_names_the_other_tellings() -> None:
    assert [(link["rel"], link["href"]) for link in links(entry(PICKED))] == [
        ("alternate", "https://outlet.example/zh/fog"),
        ("via", "https://outlet.example/zh/fog"),
        ("related", "https://pier.example/1?a=1&b=2"),
    ]


def test_a_picked_entry_carries_its_source_with_id_title_and_updated() -> None:
    source = entry(PICKED).find("a:source", NS)

    assert source is not None
    assert source.findtext("a:id", namespaces=NS) == "https://outlet.example/rss"
    assert source.findtext("a:title", namespaces=NS) == "Bay Daily"
    assert source.findtext("a:updated", namespaces=NS) == "2025-11-03T09:55:00+00:00"
    assert source.findtext("a:rights", namespaces=NS) == "© Bay Daily"
    assert source.get(LANG) == "zh-Hans"
    assert links(source) == [{"href": "https://outlet.example/rss", "rel": "self"}]


def test_a_source_may_be_of_unknown_rights_language_and_page() -> None:
    assert PICKED.content.source
    plain = replace(PICKED.content.source, rights="", language=None, link=None)
    element = entry(replace(PICKED, content=replace(PICKED.content, source=plain)))
    source = element.find("a:source", NS)

    assert source is not None
    assert source.find("a:rights", NS) is None
    assert source.get(LANG) is None
    assert "via" not in [link["rel"] for link in links(element)]


def test_an_entry_has_its_dates_language_rights_and_author() -> None:
    element = entry(in_state(OWN, ArticleState.CORRECTED, "Three hours."))

    assert element.findtext("a:published", namespaces=NS) == "2025-11-03T09:30:00+00:00"
    assert element.findtext("a:updated", namespaces=NS) == "2025-11-03T11:00:00+00:00"
    assert element.findtext("a:rights", namespaces=NS) == "© 2025 The Harbour Post"
    assert element.findtext("a:author/a:name", namespaces=NS) == "Ana Duarte"
    assert element.findtext("a:author/a:uri", namespaces=NS) == "https://harbour.example/by/ana"
    assert element.get(LANG) == "en"


def test_microseconds_of_updated_are_kept_so_that_no_two_of_a_batch_are_equal() -> None:
    assert entry(PICKED).findtext("a:updated", namespaces=NS) == "2025-11-03T10:00:00.000250+00:00"


def test_every_entry_has_an_author_be_it_the_outlet_or_the_site() -> None:
    nobody = replace(OWN, content=replace(OWN.content, authors=(Author(name=" "),)))
    assert entry(PICKED).findtext("a:author/a:name", namespaces=NS) == "Bay Daily"
    assert entry(nobody).findtext("a:author/a:name", namespaces=NS) == "The Harbour Post"


def test_content_and_summary_are_html_and_the_credit_is_a_contributor() -> None:
    content, summary = entry(PICKED).find("a:content", NS), entry(PICKED).find("a:summary", NS)

    assert content is not None
    assert summary is not None
    assert (content.get("type"), summary.get("type")) == ("html", "html")
    assert "《海湾日报》报道" in str(content.text)
    assert "《海湾日报》报道" in str(summary.text)
    name = entry(PICKED).findtext("a:contributor/a:name", namespaces=NS)
    assert name == "《海湾日报》报道"


def test_a_picture_has_its_caption_and_credit_here_too() -> None:
    assert entry(OWN).findtext("media:content/media:credit", namespaces=NS) == PICTURE.credit
    assert entry(OWN).findtext("media:content/media:description", namespaces=NS) == PICTURE.caption


def test_the_joined_document_is_what_one_serialisation_would_have_given() -> None:
    whole = atom.feed(feed_head(CHINA, Format.ATOM, PLACE, updated_at=NOW))
    for article in (OWN, PICKED):
        whole.add_entry(atom.entry(feed_item(article, PLACE)), order="append")
    assert etree.tostring(etree.fromstring(whole.atom_str()), method="c14n") == etree.tostring(
        feed(OWN, PICKED), method="c14n"
    )


def test_a_feed_needs_neither_logo_nor_rights_nor_description() -> None:
    head = feed_head(CHINA, Format.ATOM, PLACE, updated_at=NOW)
    bare = replace(head, logo=None, rights="", description="")

    root = etree.fromstring(document(bare, [], Format.ATOM))

    assert [root.find(f"a:{name}", NS) for name in ("logo", "rights", "subtitle")] == [None] * 3

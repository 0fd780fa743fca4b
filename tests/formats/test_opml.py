from dataclasses import replace

from lxml import etree

from feedserver.formats.opml import directory
from feedserver.model.feed import Format
from feedserver.publish.documents import feed_head
from tests.publish.samples import CHINA, NOW, PLACE


def test_the_directory_lists_each_feed_once() -> None:
    heads = [feed_head(section, Format.ATOM, PLACE, updated_at=NOW) for section in (None, CHINA)]

    opml = etree.fromstring(directory("Feeds of The Harbour Post", heads))

    assert opml.get("version") == "2.0"
    assert opml.findtext("head/title") == "Feeds of The Harbour Post"
    assert opml.findtext("head/dateModified") == "Mon, 03 Nov 2025 12:00:00 +0000"
    assert opml.findtext("head/ownerEmail") == "desk@harbour.example"
    assert [dict(outline.attrib) for outline in opml.findall("body/outline")][1] == {
        "text": "The Harbour Post: China",
        "title": "The Harbour Post: China",
        "description": "News from China",
        "type": "rss",
        "xmlUrl": "https://feeds.harbour.example/feeds/china.atom",
        "htmlUrl": "https://harbour.example/",
        "language": "en",
    }


def test_hostile_titles_stay_text() -> None:
    head = feed_head(CHINA, Format.ATOM, PLACE, updated_at=NOW)
    hostile = replace(head, title='"><script>\x00\ud800')

    opml = etree.fromstring(directory("a\x0bb", [hostile]))

    assert opml.findtext("head/title") == "ab"
    assert [outline.get("text") for outline in opml.iter("outline")] == ['"><script>']


def test_a_directory_may_be_empty() -> None:
    assert len(etree.fromstring(directory("None yet", []))[1]) == 0

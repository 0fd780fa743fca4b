from dataclasses import replace
from typing import Any

import pytest

from feedserver.model.article import AlsoCovered, Article, ArticleState, Attribution, Author
from feedserver.model.entry import Image
from feedserver.publish.items import LONGEST_TITLE, feed_item, paragraphs, shortened
from tests.publish.samples import NOW, OWN, PICKED, PICTURE, PLACE, in_state


def with_content(article: Article, **changes: Any) -> Article:
    return replace(article, content=replace(article.content, **changes))


def test_our_own_article_leads_to_its_page_and_shows_its_text_as_it_is() -> None:
    item = feed_item(OWN, PLACE)
    assert item.link == "https://harbour.example/2025/ferries"
    assert item.html == OWN.content.html
    assert item.summary_html == "<p>Fog held up the morning&#x27;s ferries.</p>"
    assert item.credit == ""


def test_an_article_without_a_page_leads_to_ours() -> None:
    item = feed_item(with_content(OWN, link=None), PLACE)
    assert item.link == "https://feeds.harbour.example/articles/7"


def test_a_picked_article_shows_credit_and_other_tellings_to_readers() -> None:
    item = feed_item(PICKED, PLACE)
    credit = '<p><a href="https://outlet.example/zh/fog">《海湾日报》报道</a></p>'
    assert item.summary_html == f"<p>渡轮停航两小时。</p>{credit}"
    assert item.html == (
        f"<p>渡轮停航两小时。</p>{credit}<p>其他媒体的报道：</p>"
        '<ul><li><a href="https://pier.example/1?a=1&amp;b=2">Fog shuts port</a> (Pier Wire)</li>'
        "</ul>"
    )


def test_a_picked_article_without_a_credit_line_names_its_source() -> None:
    assert feed_item(with_content(PICKED, credit=""), PLACE).credit == "来源：Bay Daily"
    english = with_content(PICKED, credit="", language="en-GB", also=())
    assert feed_item(english, PLACE).credit == "Source: Bay Daily"


def test_a_credit_without_a_page_is_no_link() -> None:
    item = feed_item(with_content(OWN, credit="Reporting by A & B"), PLACE)
    assert item.html.endswith("<p>Reporting by A &amp; B</p>")


def test_the_permanent_ids_never_change() -> None:
    for state in ArticleState:
        item = feed_item(in_state(OWN, state, "A note."), PLACE)
        assert (item.guid, item.atom_id) == (OWN.guid, OWN.atom_id)
        assert item.published_at == OWN.published_at
    moved = replace(PLACE, base_url="http://other.example")
    renamed = with_content(OWN, title="Another headline", link="https://other.example/slug")
    assert feed_item(renamed, moved).guid == OWN.guid


@pytest.mark.parametrize(
    ("state", "label"), [(ArticleState.CORRECTED, "Correction"), (ArticleState.UPDATED, "Update")]
)
def test_a_correction_stands_on_top_of_the_text(state: ArticleState, label: str) -> None:
    item = feed_item(in_state(OWN, state, "Two hours,\nnot <three>."), PLACE)
    assert item.html == (
        f"<p><strong>{label}: </strong>Two hours, not &lt;three&gt;.</p>{OWN.content.html}"
    )
    assert item.title == OWN.content.title


def test_a_correction_without_a_note_only_changes_the_text() -> None:
    assert feed_item(in_state(OWN, ArticleState.CORRECTED), PLACE).html == OWN.content.html


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (ArticleState.RETRACTED, "Retracted: Its source was wrong."),
        (ArticleState.WITHDRAWN, "Withdrawn: Its source was wrong."),
    ],
)
def test_a_retraction_leaves_nothing_of_the_text_and_keeps_the_identity(
    state: ArticleState, title: str
) -> None:
    item = feed_item(in_state(OWN, state, "Its source was wrong."), PLACE)
    assert item.guid == OWN.guid
    assert item.title == title
    assert item.html == item.summary_html == "<p>Its source was wrong.</p>"
    assert item.updated_at > OWN.updated_at
    assert (item.images, item.source, item.also, item.credit) == ((), None, (), "")
    assert [author.name for author in item.authors] == ["The Harbour Post"]
    assert [category.term for category in item.categories] == ["china", "home"]
    assert "Fog" not in repr(item)
    assert item.link == OWN.content.link


def test_a_retracted_picked_article_leads_to_our_notice_and_not_to_the_source() -> None:
    item = feed_item(in_state(PICKED, ArticleState.RETRACTED), PLACE)
    assert item.link == "https://feeds.harbour.example/articles/8"
    assert item.title == "已撤稿：本文已撤稿。"
    assert feed_item(in_state(PICKED, ArticleState.WITHDRAWN), PLACE).note == "本文已撤下。"


@pytest.mark.parametrize(
    ("title", "summary", "shown"),
    [
        (" Two\nlines ", "", "Two lines"),
        ("<b>A & B</b>", "", "<b>A & B</b>"),
        ("\x00", "A  summary.", "A summary."),
        ("", "", "Untitled"),
        ("", "word " * 60, "word " * 23 + "word…"),
    ],
)
def test_a_title_is_one_plain_line_and_never_empty(title: str, summary: str, shown: str) -> None:
    assert feed_item(with_content(OWN, title=title, summary=summary), PLACE).title == shown


def test_a_text_without_blanks_is_cut_within_the_limit() -> None:
    assert shortened("雾" * 200) == "雾" * (LONGEST_TITLE - 1) + "…"


def test_an_article_with_nothing_but_a_title_still_has_a_text() -> None:
    bare = with_content(OWN, html="", summary="", authors=(), images=(), tags=(), rights="")
    assert feed_item(bare, PLACE).html == "<p>Ferries &amp; trams &lt; 2 hours late</p>"
    assert feed_item(bare, PLACE).summary_html == ""


def test_paragraphs_follow_the_lines_of_a_plain_text() -> None:
    assert paragraphs("One <1>.\n\n  Two.\n") == "<p>One &lt;1&gt;.</p><p>Two.</p>"


def test_addresses_that_are_not_of_the_web_are_left_out() -> None:
    bad = "javascript:alert(1)"
    source = Attribution(key="odd", title=" ", feed_url=bad, link=bad, updated_at=NOW)
    hostile = with_content(
        PICKED,
        link=bad,
        source=source,
        authors=(Author(name="A", url=bad),),
        also=(AlsoCovered(outlet="B", title="b", link=bad),),
        images=(Image(url=bad), PICTURE),
    )

    item = feed_item(hostile, PLACE)

    assert bad not in repr(item)
    assert item.link == "https://feeds.harbour.example/articles/8"
    assert item.source is not None
    assert item.source.title == "odd"
    assert item.source.feed_url == "tag:harbour.example,2025:source/odd"
    assert item.images == (replace(PICTURE, type="image/jpeg"),)


def test_an_other_telling_without_a_title_is_known_by_its_outlet() -> None:
    also = (AlsoCovered(outlet="Pier <Wire>", title="", link="https://pier.example/"),)
    html = feed_item(with_content(PICKED, also=also), PLACE).html
    assert '<a href="https://pier.example/">Pier &lt;Wire&gt;</a>' in html


def test_our_words_are_in_the_language_of_the_article_the_section_or_the_site() -> None:
    chinese = tuple(replace(section, language="zh-Hant") for section in PLACE.sections)
    note = in_state(with_content(OWN, language=None), ArticleState.RETRACTED, "错。")
    assert feed_item(note, replace(PLACE, sections=chinese)).title == "已撤稿：错。"
    assert feed_item(note, replace(PLACE, sections=())).title == "Retracted: 错。"
    french = in_state(with_content(OWN, language="fr"), ArticleState.RETRACTED, "Faux.")
    assert feed_item(french, PLACE).title == "Retracted: Faux."


def test_a_section_that_is_no_longer_there_is_named_by_its_slug() -> None:
    item = feed_item(replace(OWN, sections=("old",)), PLACE)
    assert (item.categories[0].term, item.categories[0].label) == ("old", "old")

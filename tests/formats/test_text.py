"""Text as a person reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.characters import scrub
from feedserver.formats.text import one_line, plain, soft_title, storable, title_key


def test_received_text_keeps_all_that_can_be_stored() -> None:
    assert storable("a\x00b\x0e\ud800\r\n") == "a\ufffdb\x0e\ufffd\r\n"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("Plain words", "Plain words"),
        ("  two\n lines\t", "two lines"),
        ("<b>W</b>ord", "Word"),
        ("one<br>two", "one two"),
        ("AT&amp;amp;T &#8217;s", "AT&T ’s"),
        ("profits < costs & 3 > 2", "profits < costs & 3 > 2"),
        ("if x<y then", "if x<y then"),
        ("I &lt;3 you", "I <3 you"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;News", "News"),
        ("<![CDATA[<![CDATA[<script>alert(1)</script>]]]]>News", "]] News"),
        ("a <img src=x onerror=alert(1)> b", "a b"),
        ("&#0;&#xD800;x", "\ufffd\ufffdx"),
        ("中<b>国</b>人", "中国人"),
    ],
)
def test_a_headline_is_one_line_of_plain_text(markup: str, title: str) -> None:
    assert one_line(markup) == title


@given(st.text() | st.text("<>&;/!#ampltg brscript\"'=[]CDATA-"))
def test_a_headline_cleaned_twice_is_as_cleaned_once(markup: str) -> None:
    once = one_line(markup)
    assert one_line(once) == once
    assert once == scrub(once)
    assert "<script" not in once.lower()


def test_plain_text_is_without_scripts_and_keeps_words_apart() -> None:
    html = "<p>One</p><p>two<style>p{}</style></p><ul><li>three</li><li>four</ul><script>x</script>"
    assert plain(html) == "One two three four"


def test_headlines_are_compared_by_letters_and_digits() -> None:
    assert title_key("“Ｗall Street” — 3% UP!") == "wall street 3 up"
    assert title_key("soft\u00adhyphen") == "softhyphen"


@pytest.mark.parametrize(
    ("title", "telling"),
    [
        ("Photo", False),
        ("Letters to the editor", False),
        ("[TV 하이라이트]", False),
        ("", False),
        ("Wild Flavors All Year Round", True),
        ("北京大学校长今日宣布辞职", True),
        ("インタビュー：スエズ経由の調達開始", True),
    ],
)
def test_only_a_telling_headline_identifies_a_story(title: str, telling: bool) -> None:
    assert (soft_title(title) is not None) is telling

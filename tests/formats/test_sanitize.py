"""Harmless HTML and harmless addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.sanitize import DEEPEST, LONGEST_URL, harmless, safe_url

BASE = "https://example.org/news/feed.xml"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='&#14; javascript:alert(1)'>x</a>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x",
        "<iframe src='data:text/html,<script>alert(1)</script>'></iframe>",
        "<p style='background:url(javascript:alert(1))' class=x id=y>x</p>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<![CDATA[<![CDATA[<script>alert(1)</script>]]>]]>",
        "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'><base href=//evil.example>",
        "<template><script>alert(1)</script></template>",
        "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    ],
)
def test_nothing_that_runs_gets_through(html: str) -> None:
    cleaned = harmless(html, BASE).lower()
    for bad in (
        "<script",
        "onerror=",
        "javascript:",
        "<svg",
        "<iframe",
        "style=",
        "data:",
        "<form",
    ):
        assert bad not in cleaned


def test_links_and_pictures_are_absolute_and_links_are_marked() -> None:
    assert harmless(
        '<a href="../a?b=1&amp;c=2" target=_top>x</a><img src=i.png width="99%">', BASE
    ) == (
        '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">x</a>'
        '<img src="https://example.org/news/i.png">'
    )


def test_a_mailbox_may_be_linked_and_not_shown() -> None:
    cleaned = harmless("<a href='MAILTO:desk@example.org'>x</a><img src='mailto:desk@example.org'>")
    assert 'href="mailto:desk@example.org"' in cleaned
    assert "<img>" in cleaned


def test_markup_of_texts_stays() -> None:
    html = '<p lang="zh">a <b>b</b></p><ul><li>c</li></ul><time datetime="2026-05-01">May</time>'
    assert harmless(html) == html


def test_text_without_markup_stays() -> None:
    assert harmless('He said "no"\r\n') == 'He said "no"\n'
    assert harmless("a < b > c & d") == "a &lt; b &gt; c &amp; d"


def test_html_that_is_too_deep_is_cut_to_its_text() -> None:
    deep = "<div>" * (DEEPEST + 1) + "a &lt; b" + "</div>" * (DEEPEST + 1)
    assert harmless(deep).strip() == "a &lt; b"
    fine = "<div>" * DEEPEST + "a" + "</div>" * DEEPEST
    assert harmless(fine) == fine


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div ",
        "<a href=",
        "'java",
        "script:",
        ">",
        "<b",
        "<table>",
        "<td>",
        "<svg>",
        "<style>",
        "</style>",
        "&#14;",
        "&lt;",
        "&",
        "x",
        " ",
        '"',
        "\xa0",
        "<pre>\n",
        "<!--",
        "-->",
        "<img src=",
        "//e.example/i ",
        "title='",
        "<li>",
        "</a>",
        "<math>",
        "<h1>",
        "<ruby>",
        "\n",
    ]
)


@given(st.text() | st.lists(PIECES).map("".join))
def test_html_cleaned_twice_is_as_cleaned_once(html: str) -> None:
    once = harmless(html, BASE)
    assert harmless(once, BASE) == once


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=%2f#c", "https://example.org/a?b=%2f#c"),
        ("HTTP://EXAMPLE.org", "http://example.org/"),
        (" /a b\n", "https://example.org/a%20b"),
        ("//cdn.example/i.png", "https://cdn.example/i.png"),
        ("https://münchen.example/ü?ö=ä", "https://xn--mnchen-3ya.example/%C3%BC?%C3%B6=%C3%A4"),
        ("https://example.org/100%", "https://example.org/100%25"),
        (
            "https://example.org/a?u=http://x.example/y,z;w|v",
            "https://example.org/a?u=http://x.example/y,z;w%7Cv",
        ),
        ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
        ("https://a_b.example.org/", "https://a_b.example.org/"),
    ],
)
def test_an_address_of_the_web_is_kept_as_it_is(url: str, safe: str) -> None:
    assert safe_url(url, BASE) == safe


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x0ejavascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:desk@example.org",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://good.example\\@evil.example/",
        "https:///nowhere",
        "https://exa mple.org/",
        'https://exa"mple.org/',
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/\x00",
        "https://example.org/" + "a" * LONGEST_URL,
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    assert safe_url(url, BASE) is None


def test_a_relative_address_needs_a_base() -> None:
    assert safe_url("/a") is None


@given(st.text() | st.text("htps:/.@\\[]%?#&=a1").map("https://".__add__))
def test_an_address_found_safe_is_safe_and_the_same_again(url: str) -> None:
    safe = safe_url(url, BASE)
    if safe is not None:
        assert safe.isascii()
        assert safe.startswith(("http://", "https://"))
        assert safe_url(safe) == safe

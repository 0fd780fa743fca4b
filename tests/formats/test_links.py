"""The form in which links are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.links import canonical
from feedserver.formats.sanitize import safe_url


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("http://Example.org:80/a/../b", "https://example.org/b"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org/%7euser", "https://example.org/~user"),
        ("https://example.org/a?utm_source=rss&UTM_Medium=x", "https://example.org/a"),
        ("https://example.org/a?id=1&at_medium=RSS&ns_mchannel=y", "https://example.org/a?id=1"),
        ("https://example.org/a?ref=rss&amp;utm_source=b", "https://example.org/a"),
        ("https://example.org/a?amp;amp;id=7", "https://example.org/a?id=7"),
        ("https://example.org/a?fbclid=1#tk.rss_all", "https://example.org/a"),
        ("https://example.org/a#ref=rss", "https://example.org/a"),
        ("https://example.org/a#:~:text=word", "https://example.org/a"),
        ("https://example.org/a?&id=1&", "https://example.org/a?id=1"),
    ],
)
def test_links_to_one_page_are_one(link: str, same: str) -> None:
    assert canonical(link) == canonical(same) == same


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("https://example.org/n?objectid=1", "https://example.org/n?objectid=2"),
        ("https://example.org/a", "https://example.org/a/"),
        ("https://example.org/2026/05/#a1", "https://example.org/2026/05/#a2"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://example.org/a?ref=1", "https://example.org/a?ref=2"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org:8443/", "https://example.org/"),
        ("https://example.org/a?b=1&c=2", "https://example.org/a?c=2&b=1"),
        ("https://example.org/a?x=a%26b", "https://example.org/a?x=a&b"),
    ],
)
def test_what_may_be_another_page_is_another_link(link: str, other: str) -> None:
    assert canonical(link) != canonical(other)


PIECES = st.sampled_from(
    [
        "a",
        "/",
        "..",
        "?",
        "&",
        "=",
        "amp;",
        "utm_source",
        "ref=rss",
        "#",
        "!",
        "%2f",
        "%zz",
        ":80",
        "ü",
        ";",
        "+",
        "id=1",
        "@",
        ".",
        "tk.x",
        "://",
        "[",
        "\\",
    ]
)


@given(st.lists(PIECES).map("".join))
def test_a_canonical_link_is_its_own_and_a_safe_address(rest: str) -> None:
    link = safe_url("http://example.org/" + rest)
    if link is not None:
        once = canonical(link)
        assert canonical(once) == once
        assert safe_url(once) == once

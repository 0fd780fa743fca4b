import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.address import web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://outlet.example/a%2Fb?x=1&y=%20#part",
        "http://outlet.example:8080",
        "https://outlet.example/a,b;c='d'(e)",
    ],
)
def test_a_proper_address_stays_byte_for_byte(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (" https://outlet.example/a b\n", "https://outlet.example/a%20b"),
        ("https://outlet.example/雾", "https://outlet.example/%E9%9B%BE"),
        ('https://outlet.example/"><script>', "https://outlet.example/%22%3E%3Cscript%3E"),
        ("https://user:secret@outlet.example/x", "https://outlet.example/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_what_an_address_must_not_hold_is_encoded_or_left_out(given: str, written: str) -> None:
    assert web_address(given) == written


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//outlet.example/x",
        "/relative",
        "http://",
        "http://[",
        "https://outlet.example:port/",
        "JAVASCRIPT://x/%0aalert(1)",
        "file:///etc/passwd",
    ],
)
def test_what_leads_nowhere_on_the_web_is_none(address: str | None) -> None:
    assert web_address(address) is None


@given(st.text() | st.text().map("https://outlet.example/".__add__))
def test_whatever_comes_the_answer_is_an_ascii_address_or_none(text: str) -> None:
    address = web_address(text)
    assert address is None or (address.isascii() and address.startswith(("http://", "https://")))

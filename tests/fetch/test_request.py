from base64 import b64decode

import pytest

from feedserver.errors import BlockedError, FetchError
from feedserver.fetch.request import FEED_TYPES, Request, redirected, request_for
from feedserver.model.source import Validators

NOTHING = Validators()


def asking(address: str, validators: Validators = NOTHING) -> Request:
    return request_for(address, accept=FEED_TYPES, validators=validators)


@pytest.mark.parametrize(
    "address",
    [
        "http://one.test/feed?sig=%3A%2F&a=b+c%20d",
        "https://one.test/a/../b/%7Euser;x=1",
        "http://[2606:4700::1]/feed",
    ],
)
def test_a_well_written_address_is_asked_exactly_as_it_is_written(address: str) -> None:
    assert str(asking(address).url) == address


def test_an_address_with_spaces_or_other_scripts_is_escaped() -> None:
    assert str(asking("http://one.test/中 国").url) == "http://one.test/%E4%B8%AD%20%E5%9B%BD"


def test_a_fragment_is_not_sent() -> None:
    assert str(asking("http://one.test/feed#top").url) == "http://one.test/feed"


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "gopher://one.test/", "feed://one.test/", "one.test/feed", ""]
)
def test_only_the_schemes_of_the_web_are_asked(address: str) -> None:
    with pytest.raises(BlockedError, match="only http and https"):
        asking(address)


@pytest.mark.parametrize(
    "address", ["http://one.test:99999/", "http://[::1/", "http:///feed", "http://a\\@one.test/"]
)
def test_what_is_no_address_is_said_to_be_none(address: str) -> None:
    with pytest.raises(FetchError, match=r"is not an address|names no host"):
        asking(address)


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),  # noqa: S104 - is refused
        ("134744072", "8.8.8.8"),
    ],
)
def test_an_old_spelling_of_an_address_is_refused_with_what_it_means(host: str, meant: str) -> None:
    with pytest.raises(BlockedError, match=f"old spelling of {meant}"):
        asking(f"http://{host}/")


def test_credentials_go_into_a_header_and_out_of_the_address() -> None:
    request = asking("http://user:p%40ss@one.test/feed")
    assert str(request.url) == "http://one.test/feed"
    scheme, _, pair = request.headers["Authorization"].partition(" ")
    assert (scheme, b64decode(pair)) == ("Basic", b"user:p@ss")


@pytest.mark.parametrize(
    "address", ["http://user:s3cret@one.test:99999/", "ftp://user:s3cret@one.test/"]
)
def test_credentials_are_in_no_error(address: str) -> None:
    with pytest.raises(FetchError) as caught:
        asking(address)
    assert "s3cret" not in str(caught.value)
    assert "one.test" in str(caught.value)


def test_nothing_tells_where_we_come_from_or_asks_for_a_part() -> None:
    sent = asking("http://one.test/").headers
    assert set(sent) == {"Accept", "Accept-Encoding"}
    assert "application/atom+xml" in sent["Accept"]
    assert sent["Accept-Encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "http://one.test/new"),
        ("new", "http://one.test/a/new"),
        ("?page=2", "http://one.test/a/feed?page=2"),
        ("//two.test/feed", "http://two.test/feed"),
        ("https://two.test/feed#x", "https://two.test/feed"),
        ("/x%0d%0aX-Injected:%20yes", "http://one.test/x%0d%0aX-Injected:%20yes"),
        ("/a b", "http://one.test/a%20b"),
    ],
)
def test_a_location_is_read_relative_to_the_address_that_was_asked(
    location: str, target: str
) -> None:
    assert str(redirected(asking("http://one.test/a/feed"), location).url) == target


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "javascript:alert(1)", "http://0x7f.1/"]
)
def test_a_redirect_out_of_the_web_is_refused(location: str) -> None:
    with pytest.raises(BlockedError, match=r"^http://one.test/: redirects to "):
        redirected(asking("http://one.test/"), location)


def test_a_redirect_to_nonsense_is_an_error() -> None:
    with pytest.raises(FetchError, match="redirects to what is no address"):
        redirected(asking("http://one.test/"), "http://one.test:99999/")


def test_a_redirect_does_not_give_up_the_encryption() -> None:
    with pytest.raises(BlockedError, match="from https to http"):
        redirected(asking("https://one.test/"), "http://one.test/")
    assert redirected(asking("http://one.test/"), "https://one.test/").url.scheme == "https"


@pytest.mark.parametrize(
    "location",
    ["http://two.test/", "http://one.test:8080/", "https://one.test/", "http://a:b@two.test/"],
)
def test_credentials_do_not_follow_to_another_origin(location: str) -> None:
    request = redirected(asking("http://user:s3cret@one.test/"), location)
    assert "Authorization" not in request.headers
    assert request.url.user is None


def test_credentials_stay_with_their_origin_whatever_a_location_brings() -> None:
    first = asking("http://user:s3cret@one.test/")
    request = redirected(first, "http://evil:x@one.test/b")
    assert request.headers["Authorization"] == first.headers["Authorization"]


def test_validators_go_to_the_hop_that_gave_them_and_to_no_other() -> None:
    known = Validators(etag='"1"', url="http://one.test/new")
    first = asking("http://user:pw@one.test/old", known)
    assert first.conditions == {}
    assert redirected(first, "/new").headers["If-None-Match"] == '"1"'

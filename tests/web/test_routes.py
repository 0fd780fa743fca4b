"""Every line of the route table keeps its word, and every answer is dressed."""

import pytest

from feedserver.config.settings import Settings
from feedserver.web.policy import May, Route
from feedserver.web.routes import ROUTES
from tests.fakes import FakeClock
from tests.web.newsdesk import Newsdesk, article, served

OPEN = [route for route in ROUTES if route.may is May.ANYONE and route.method == "GET"]
CLOSED = [route for route in ROUTES if route.may in {May.DESK_TOKEN, May.ARTICLES_TOKEN}]
DESK = [route for route in ROUTES if route.may is May.CURATOR]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(route: Route, version: str = "0") -> str:
    path = route.path.replace("{name:[a-z0-9-]+}", "china").replace("{form:rss|atom|json}", "atom")
    path = path.replace("{number:[0-9]{1,15}}", "1").replace("{external_id}", "a-1")
    return path.replace("{version}", version).replace("{path:.+}", "site.css")


def test_no_two_routes_answer_the_same_question() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
async def test_without_a_token_nobody_gets_in_and_everybody_is_told_how(
    rim: Newsdesk, route: Route
) -> None:
    answer = await rim.ask(route.method, path_of(route))

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.content_type == "application/problem+json"
    assert "feedserver tokens add" in (await answer.json(content_type=None))["detail"]


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
async def test_a_token_for_something_else_does_not_open(rim: Newsdesk, route: Route) -> None:
    other = rim.cms if route.may is May.DESK_TOKEN else rim.curator

    assert (await rim.ask(route.method, path_of(route), headers=other)).status == 403


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
async def test_an_unknown_token_does_not_open(rim: Newsdesk, route: Route) -> None:
    sent = {"Authorization": "Bearer fst_" + "x" * 43}
    answer = await rim.ask(route.method, path_of(route), headers=sent)

    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("route", DESK, ids=name_of)
async def test_whoever_is_not_logged_in_is_led_to_the_door(rim: Newsdesk, route: Route) -> None:
    answer = await rim.ask(route.method, path_of(route))

    assert answer.status == 303
    assert answer.headers["Location"] == "/desk/login"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", OPEN, ids=name_of)
async def test_what_is_open_is_answered_as_the_table_says(rim: Newsdesk, route: Route) -> None:
    await rim.put("a-1", article())
    version = (await rim.page("/")).split("/static/")[1].split("/")[0]
    answer = await rim.get(path_of(route, version))

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == route.cache
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Server"] == "feedserver"
    assert "Set-Cookie" not in answer.headers or route.path.startswith("/desk")
    if answer.content_type.startswith("text/"):
        assert answer.charset == "utf-8"


@pytest.mark.parametrize("route", OPEN, ids=name_of)
async def test_head_says_what_get_says_without_the_body(rim: Newsdesk, route: Route) -> None:
    await rim.put("a-1", article())
    got, head = await rim.get(path_of(route)), await rim.ask("HEAD", path_of(route))

    assert await head.read() == b""
    assert head.status == got.status
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Last-Modified"):
        assert head.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/feeds", 200),
        ("GET", "/feeds/china", 200),
        ("GET", "/desk/login", 200),
        ("GET", "/nothing", 404),
        ("POST", "/feeds", 405),
        ("GET", "/feeds/old", 410),
        ("GET", "/articles/99", 404),
    ],
)
async def test_every_page_is_protected_errors_included(
    rim: Newsdesk, method: str, path: str, status: int
) -> None:
    answer = await rim.ask(method, path)
    headers = answer.headers
    policy = headers["Content-Security-Policy"]

    assert answer.status == status
    assert answer.content_type == "text/html"
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    page = await answer.text()
    assert "<script" not in page
    assert " style=" not in page
    assert 'rel="alternate"' in page


async def test_under_tls_browsers_are_told_to_stay_there(sqlite_url: str, clock: FakeClock) -> None:
    async with served(
        Settings(database=sqlite_url), clock, base_url="https://news.test"
    ) as newsdesk:
        answer = await newsdesk.get("/desk/login")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-feedserver-visit=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))


async def test_an_error_of_the_api_is_problem_details(rim: Newsdesk) -> None:
    answer = await rim.get("/api/v1/nothing")

    assert answer.status == 404
    assert answer.content_type == "application/problem+json"
    told = await answer.json(content_type=None)
    assert (told["status"], told["title"]) == (404, "Not Found")


async def test_a_method_that_is_not_possible_is_told_which_is(rim: Newsdesk) -> None:
    answer = await rim.ask("POST", "/feeds/china.atom")

    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD"}

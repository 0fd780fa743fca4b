"""What no handler sees: other hosts, other sites, compressed or endless bodies."""

from io import BytesIO

import pytest

from tests.web.newsdesk import Newsdesk, article


@pytest.mark.parametrize(
    "host", ["evil.test", "news.test.evil.test", "news.test@evil.test", "[::", "10.0.0.1", ""]
)
async def test_under_another_name_nothing_is_answered(rim: Newsdesk, host: str) -> None:
    answer = await rim.get("/feeds", headers={"Host": host})

    assert answer.status == 421
    assert "http://news.test" in await answer.text()


@pytest.mark.parametrize(
    "host", ["news.test", "NEWS.test:8080", "127.0.0.1", "localhost:1", "[::1]:80"]
)
async def test_under_our_name_or_this_machines_own_everything_is(rim: Newsdesk, host: str) -> None:
    assert (await rim.get("/feeds", headers={"Host": host})).status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_probe_may_ask_by_address(rim: Newsdesk, path: str) -> None:
    assert (await rim.get(path, headers={"Host": "10.0.0.1:8080"})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://news.test"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_what_another_site_has_a_browser_send_is_refused(
    demo: Newsdesk, headers: dict[str, str]
) -> None:
    number = await demo.story()
    path = f"/api/v1/stories/{number}/pick"
    answer = await demo.ask("POST", path, json={"sections": ["china"]}, headers=headers)

    assert answer.status == 403
    assert not (await demo.service.inbox.story(number)).picks


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Host": "news.test", "Origin": "http://news.test"},
    ],
)
async def test_what_our_own_pages_and_programs_send_is_taken(
    rim: Newsdesk, headers: dict[str, str]
) -> None:
    number = await rim.story()
    path = f"/api/v1/stories/{number}/pick"
    sent = {**rim.curator, **headers}
    answer = await rim.ask("POST", path, json={"sections": ["china"]}, headers=sent)

    assert answer.status == 201


async def test_a_compressed_body_is_refused_unread(rim: Newsdesk) -> None:
    answer = await rim.put("a-1", article(), Content_Encoding="br")

    assert answer.status == 415
    assert answer.headers["Accept-Encoding"] == "identity"


async def test_a_body_beyond_five_mebibytes_is_refused(rim: Newsdesk) -> None:
    sent = {**rim.cms, "Content-Type": "application/json"}
    body = BytesIO(b" " * (5 * 1024 * 1024 + 1))
    answer = await rim.ask("PUT", "/api/v1/articles/a-1", data=body, headers=sent)

    assert answer.status == 413
    assert "5 MiB" in (await answer.json(content_type=None))["detail"]


@pytest.mark.parametrize(
    "proxied",
    [{"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}, {"Host": "news.test"}],
)
async def test_the_demo_is_open_to_this_machine_but_to_no_proxy_on_it(
    demo: Newsdesk, proxied: dict[str, str]
) -> None:
    assert (await demo.get("/desk")).status == 200
    assert (await demo.get("/api/v1/stories")).status == 200
    assert (await demo.get("/desk", headers=proxied)).status == 303
    assert (await demo.get("/api/v1/stories", headers=proxied)).status == 401


async def test_a_failure_of_the_store_says_when_to_come_back_and_nothing_else(
    rim: Newsdesk,
) -> None:
    async with rim.service.database.write() as tx:
        await tx.all("DROP TABLE edge")
    answer = await rim.get("/api/v1/stories", headers=rim.curator)
    text = await answer.text()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert "edge" not in text
    assert "Traceback" not in text


async def test_a_fault_of_ours_is_admitted_without_its_trace(rim: Newsdesk) -> None:
    await rim.put("a-1", article())
    async with rim.service.database.write() as tx:
        await tx.all("UPDATE article SET content = 'no JSON'")
    page = await rim.get("/articles/1")
    told = await rim.get("/api/v1/articles/a-1", headers=rim.cms)

    assert (page.status, told.status) == (500, 500)
    assert page.content_type == "text/html"
    assert told.content_type == "application/problem+json"
    for answer in (page, told):
        text = await answer.text()
        assert "the fault is ours" in text.lower()
        assert "msgspec" not in text

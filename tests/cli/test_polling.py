"""``feedserver poll``, against a publisher on this machine."""

import asyncio
import signal

from feedserver.clock import SystemClock
from tests.cli.conftest import Command, reaching, rss
from tests.publisher import Publisher

KEYS = ["source", "url", "outcome", "status", "entries", "new", "revised", "bytes", "seconds"]
KEYS += ["reason", "next_poll_at"]


async def test_what_is_due_is_polled_once_and_told_as_it_ends(
    online: Command, publisher: Publisher
) -> None:
    url = publisher.url("http://one.test/feed")
    publisher.put("http://one.test/feed", rss("River floods town", "Mayor resigns"))
    online.follows(one=url)

    first = await online.good("poll", "--json")
    again = await online.good("poll", "--json")

    [record] = first.records
    assert list(record) == KEYS
    assert (record["source"], record["url"]) == ("one", url)
    assert (record["outcome"], record["status"], record["entries"]) == ("ok", 200, 2)
    assert (record["new"], record["revised"], record["reason"]) == (2, 0, "")
    assert record["bytes"] == len(rss("River floods town", "Mayor resigns"))
    assert again.records == []
    assert "nothing is due" in again.err
    assert len(publisher.asked("http://one.test/feed")) == 1


async def test_stories_are_filed_after_a_poll(online: Command, publisher: Publisher) -> None:
    publisher.put("http://one.test/feed", rss("River floods town"))
    online.follows(one=publisher.url("http://one.test/feed"))

    done = await online.good("poll")
    stories = await online.good("stories", "list", "--json", "--section", "world")

    assert done.out.startswith("ok         one")
    assert "1 entry, 1 new" in done.out
    assert [story["title"] for story in stories.records] == ["River floods town"]


async def test_failures_of_sources_are_results(local: Command, publisher: Publisher) -> None:
    online = reaching(local, publisher)
    publisher.put("http://gone.test/feed", status=410)
    publisher.put("http://busy.test/feed", status=429, headers={"Retry-After": "120"})
    publisher.put("http://page.test/feed", "<!doctype html><html><p>Hello</p></html>")
    addresses = {name: f"http://{name}.test/feed" for name in ("gone", "busy", "page")}
    urls = {name: publisher.url(url) for name, url in addresses.items()}
    online.follows(**urls, shut="http://127.0.0.1:1/feed")

    done = await online.good("poll", "--json")

    outcomes = {record["source"]: record["outcome"] for record in done.records}
    assert outcomes == {"gone": "gone", "busy": "throttled", "page": "error", "shut": "blocked"}
    assert all(record["reason"] for record in done.records)


async def test_a_person_in_a_hurry_is_told_when_a_source_is_asked_again(
    online: Command, publisher: Publisher
) -> None:
    publisher.put("http://one.test/feed", rss("News"))
    online.follows(one=publisher.url("http://one.test/feed"))

    [first] = (await online.good("poll", "--now", "--json", "one")).records
    [second] = (await online.good("poll", "--now", "--json", "one")).records
    [forced] = (await online.good("poll", "--now", "--force", "--json")).records

    assert (first["outcome"], second["outcome"]) == ("ok", "skipped")
    assert "less than 5 min ago; asked again from" in second["reason"]
    assert second["next_poll_at"] == first["next_poll_at"]
    assert (forced["outcome"], forced["status"]) == ("unchanged", 304)


async def test_a_host_that_asked_for_rest_has_it_with_all_its_feeds(
    online: Command, publisher: Publisher
) -> None:
    publisher.put("http://busy.test/a", status=503, headers={"Retry-After": "600"})
    publisher.put("http://busy.test/b", rss("News"))
    online.follows(a=publisher.url("http://busy.test/a"))
    await online.good("poll", "--now")
    online.follows(a=publisher.url("http://busy.test/a"), b=publisher.url("http://busy.test/b"))

    [record] = (await online.good("poll", "--now", "--json", "b")).records

    assert record["outcome"] == "skipped"
    assert "its host rests until" in record["reason"]
    assert not publisher.asked("http://busy.test/b")


async def test_force_is_for_servers_of_ones_own(local: Command, publisher: Publisher) -> None:
    online = reaching(local, publisher)
    public = await online("poll", "--now", "--force", "http://192.0.2.7/feed")
    unknown = await online("poll", "--now", "--force", "https://example.org/feed")
    closed = await online("poll", "--now", "--force", "http://one.test:9/feed")

    assert [public.status, unknown.status, closed.status] == [2, 2, 2]
    assert "no setting says where example.org leads" in unknown.err
    assert "127.0.0.1 port 9 is not opened by FEEDSERVER_ALLOW_PRIVATE" in closed.err
    assert (await online.good("sources", "list", "--json")).records == []


async def test_an_unknown_address_is_followed_from_then_on(
    local: Command, publisher: Publisher
) -> None:
    online = reaching(local, publisher)
    url = publisher.url("http://www.new.test/feed")
    publisher.put("http://www.new.test/feed", rss("News"))

    done = await online.good("poll", "--now", "--json", url)

    [record] = done.records
    [listed] = (await online.good("sources", "list", "--json")).records
    key = f"new-test-{publisher.port}"
    assert (record["source"], record["outcome"]) == (key, "ok")
    assert (listed["source"], listed["origin"], listed["followed"]) == (key, "desk", True)
    assert f"feedserver sources remove {key}" in done.err


async def test_hosts_are_asked_side_by_side(local: Command, publisher: Publisher) -> None:
    """One that hangs holds up nobody else: the others' lines are there while it is waited for."""
    online = reaching(local, publisher)
    never = asyncio.Event()
    publisher.put("http://slow.test/feed", until=never)
    for name in ("a", "b", "c"):
        publisher.put(f"http://{name}.test/feed", rss("News", host=f"{name}.test"))
    names = ["slow", "a", "b", "c"]
    online.follows(**{name: publisher.url(f"http://{name}.test/feed") for name in names})

    async with online.started("poll", "--json") as process:
        assert process.stdout is not None
        lines = [await process.stdout.readline() for _ in range(3)]
        assert all(b'"ok"' in line for line in lines)
        assert process.returncode is None


async def test_words_that_do_not_go_together_are_refused(bare: Command) -> None:
    named = await bare("poll", "one")
    forced = await bare("poll", "--force")

    assert (named.status, forced.status) == (2, 2)
    assert "goes with --now" in named.err
    assert "goes with --now" in forced.err


async def test_it_says_when_it_could_not_poll_at_all(bare: Command) -> None:
    done = await bare.given(database="postgresql:///nowhere?host=/nowhere")("poll")

    assert done.status == 1
    assert done.err.startswith("cannot reach PostgreSQL")
    assert "Traceback" not in done.err


async def test_a_run_that_is_broken_off_says_nothing_and_leaves_nothing_behind(
    local: Command, publisher: Publisher
) -> None:
    online = reaching(local, publisher)
    publisher.put("http://slow.test/feed", until=asyncio.Event())
    online.follows(slow=publisher.url("http://slow.test/feed"))

    async with online.started("poll", "--json") as process:
        async with asyncio.timeout(30):
            while not publisher.asked("http://slow.test/feed"):
                await SystemClock().sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    publisher.put("http://slow.test/feed", rss("News"))
    [record] = (await online.good("poll", "--json")).records

    assert process.returncode == 130
    assert (out, err) == (b"", b"")
    assert record["outcome"] == "ok"

"""Whether the process lives, whether it is ready, and its numbers."""

import pytest

from feedserver.config.settings import MetricsReaders, Settings
from feedserver.web.keys import DRAINING
from tests.fakes import FakeClock
from tests.web.newsdesk import Newsdesk, served


async def test_it_is_ready_when_the_database_answers_and_feeds_are_made(
    newsdesk: Newsdesk,
) -> None:
    answer = await newsdesk.get("/readyz")

    assert answer.status == 200
    assert await answer.json() == {"ready": True, "reasons": []}


async def test_when_it_stops_it_is_alive_but_not_ready(rim: Newsdesk) -> None:
    assert rim.client.app is not None
    rim.client.app[DRAINING].set()
    answer = await rim.get("/readyz")

    assert answer.status == 503
    assert (await answer.json())["reasons"] == ["stopping"]
    assert (await rim.get("/healthz")).status == 200


async def test_without_a_usable_database_it_is_not_ready(rim: Newsdesk) -> None:
    async with rim.service.database.write() as tx:
        await tx.all("DROP TABLE feed")

    answer = await rim.get("/readyz")
    assert (await answer.json())["reasons"] == ["database does not answer"]


async def test_the_numbers_are_counted_by_route_and_not_by_path(newsdesk: Newsdesk) -> None:
    await newsdesk.story()
    for path in ("/feeds/china.atom", "/feeds/world.rss", "/x1", "/x2"):
        await newsdesk.get(path)
    text = await newsdesk.page("/metrics")

    assert 'feedserver_requests_total{method="none",route="none",status="404"} 2.0' in text
    assert 'status="200"} 2.0' in text
    assert "feedserver_stories 1.0" in text
    assert 'feedserver_sources{state="new"} 2.0' in text
    assert 'feedserver_feed_version{feed="china"} 1.0' in text


async def test_numbers_are_for_this_machine(rim: Newsdesk) -> None:
    answer = await rim.get("/metrics", headers={"Host": "news.test"})

    assert answer.status == 403
    assert "FEEDSERVER_METRICS=public" in await answer.text()


@pytest.mark.parametrize("host", ["news.test", "10.0.0.1"])
async def test_numbers_are_for_everybody_where_the_settings_say_so(
    sqlite_url: str, clock: FakeClock, host: str
) -> None:
    settings = Settings(database=sqlite_url, metrics=MetricsReaders.PUBLIC)
    async with served(settings, clock) as newsdesk:
        assert (await newsdesk.get("/metrics", headers={"Host": host})).status == 200

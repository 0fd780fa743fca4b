"""A poll that is cancelled wherever it waits is kept whole or not at all, and is done again."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from feedserver.config.folder import read_newsroom
from feedserver.config.settings import Settings
from feedserver.model.source import Source
from feedserver.poll.pipeline import Pipeline
from feedserver.poll.poller import LEASE
from feedserver.poll.prepare import Prepared, prepare
from feedserver.service import open_service
from feedserver.store import sources
from feedserver.store.database import to_micros
from tests.fakes import FakeClock
from tests.faults.checks import after_fault, when_settled
from tests.faults.desk import Desk
from tests.faults.newsroom import make_folder
from tests.faults.outlets import outlets
from tests.faults.stored import stored_in
from tests.publisher import Publisher
from tests.store.interrupted import Interrupted

FAR = 300
"""More places to wait than a poll has."""


class ParserHere:
    """Reads documents in this process, which waits nowhere."""

    async def parse(self, document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
        return prepare(document, url=url, headers=headers)


@pytest.mark.parametrize("how", ["waiting", "woken"])
async def test_a_poll_cancelled_anywhere_is_whole_or_not_at_all(
    durable_url: str, clock: FakeClock, tmp_path: Path, how: str
) -> None:
    async with Publisher.running() as publisher, aiohttp.ClientSession() as session:
        (outlet,) = outlets(publisher, 1)
        newsroom = read_newsroom(make_folder(tmp_path / "newsroom", [(outlet.key, outlet.url)]))
        settings = replace(
            Settings(),
            database=durable_url,
            allow_private=publisher.allow,
            resolve=publisher.resolve,
        )
        nobody = Desk(session=session)
        async with open_service(settings, newsroom, clock=clock) as service:
            pipeline = replace(service.poller.pipeline, parser=ParserHere())
            await pipeline.poll(await leased(pipeline, clock))
            for place in range(FAR):
                outlet.correct("first")
                outlet.tell(f"item{place}")
                polling = pipeline.poll(await leased(pipeline, clock))
                poll = Interrupted(polling, **{how: frozenset({place})})
                await poll.run()
                stored = await stored_in(service.database)
                assert not after_fault(stored, [outlet], nobody), f"cancelled at wait {place}"
                await pipeline.poll(await leased(pipeline, clock))
                await service.filer.file_all()
                stored = await stored_in(service.database)
                assert not when_settled(stored, [outlet], now=to_micros(clock.now()))
                if place >= poll.waits:
                    assert poll.waits > 10
                    return
        raise AssertionError(f"a poll waits more than {FAR} times")


async def leased(pipeline: Pipeline, clock: FakeClock) -> Source:
    """Return the only source, leased once the last lease has run out."""
    clock.moment += LEASE
    async with pipeline.database.write() as tx:
        (number,) = [source.id for source in await sources.everyone(tx)]
        (source,) = await sources.lease_these(tx, [number], lease=LEASE)
    return source

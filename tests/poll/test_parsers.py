"""Documents are read in processes that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from feedserver.errors import ParseError
from feedserver.poll.parsers import Limits, Parsers

URL = "https://example.org/feed"
GOOD = b'<rss version="2.0"><channel><item><title>Good</title></item></channel></rss>'
IMPATIENT = Limits(cpu=1)

SLOW = {
    "author": b'<rss version="2.0"><channel><item><author>%s</author></item></channel></rss>'
    % (b"a" * 80_000),
    "attributes": b'<rss version="2.0"><channel><item %s><title>x</title></item></channel></rss>'
    % b" ".join(b'a%d="1"' % number for number in range(50_000)),
    "entries": b'<rss version="2.0"><channel>%s</channel></rss>'
    % (b"<item><title>x</title><description>y</description></item>" * 50_000),
}
"""Documents that feedparser takes 10 s to minutes for."""


async def titles(parsers: Parsers, document: bytes = GOOD) -> list[str]:
    feed = await parsers.parse(document, url=URL)
    return [draft.item.title for draft in feed.drafts]


def numbered(number: int) -> bytes:
    return GOOD.replace(b"Good", b"%d" % number)


async def test_a_document_is_read_in_another_process() -> None:
    async with Parsers(count=1) as parsers:
        assert parsers.pids == frozenset()
        assert await titles(parsers) == ["Good"]
        (pid,) = parsers.pids
        assert pid != os.getpid()
        assert await titles(parsers) == ["Good"]
        assert parsers.pids == {pid}


async def test_headers_go_with_the_document() -> None:
    document = GOOD.replace(b"Good", "北京".encode("gbk"))
    async with Parsers(count=1) as parsers:
        headers = {"Content-Type": "text/xml; charset=gbk"}
        feed = await parsers.parse(document, url=URL, headers=headers)
    assert feed.drafts[0].item.title == "北京"


async def test_what_is_no_feed_is_an_error_and_costs_no_process() -> None:
    async with Parsers(count=1) as parsers:
        await titles(parsers)
        before = parsers.pids
        with pytest.raises(ParseError, match="HTML page"):
            await parsers.parse(b"<html></html>", url=URL)
        assert parsers.pids == before


async def test_html_is_made_harmless_in_another_process() -> None:
    async with Parsers(count=1, limits=IMPATIENT) as parsers:
        assert await parsers.clean("<p onclick=x>a<script>b</script>") == "<p>a</p>"
        with pytest.raises(ParseError, match=r"reading took more than|needed more than|died"):
            await parsers.clean("".join(f"<p><b lang=x{number}>" for number in range(50_000)))
        assert await parsers.clean("<i>again") == "<i>again</i>"


async def test_it_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "feedparser.py").write_text("raise SystemExit('imported from anywhere')")
    monkeypatch.chdir(tmp_path)
    async with Parsers(count=1) as parsers:
        assert await titles(parsers) == ["Good"]


@pytest.mark.parametrize("kind", SLOW)
async def test_a_slow_document_is_given_up_while_others_are_read(kind: str) -> None:
    async with Parsers(count=2, limits=IMPATIENT) as parsers, asyncio.TaskGroup() as group:
        slow = group.create_task(_reason(parsers, SLOW[kind]))
        for number in range(20):
            assert await titles(parsers, numbered(number)) == [str(number)]
    assert "1 s of processor time" in slow.result()


async def _reason(parsers: Parsers, document: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        await parsers.parse(document, url=URL)
    return str(caught.value)


async def test_the_pool_is_whole_after_every_kind_of_end() -> None:
    async with Parsers(count=1, limits=IMPATIENT) as parsers:
        for document in SLOW.values():
            assert "processor time" in await _reason(parsers, document)
            assert await titles(parsers) == ["Good"]
            assert len(parsers.pids) == 1


async def test_a_document_may_not_take_all_memory() -> None:
    hungry = GOOD.replace(b"Good", b"<b>Good</b> " * 300_000)
    async with Parsers(count=1, limits=Limits(memory=64 << 20)) as parsers:
        assert "64 MiB of memory" in await _reason(parsers, hungry)
        assert await titles(parsers) == ["Good"]


async def test_a_process_that_hangs_is_killed() -> None:
    async with Parsers(count=1, limits=Limits(wall=0.3)) as parsers:
        await titles(parsers)
        (pid,) = parsers.pids
        os.kill(pid, signal.SIGSTOP)
        assert "longer than 0.3 s" in await _reason(parsers, GOOD)
        assert await titles(parsers) == ["Good"]
        assert pid not in parsers.pids


async def test_a_process_that_is_killed_loses_one_document_at_most() -> None:
    async with Parsers(count=1) as parsers:
        await titles(parsers)
        (pid,) = parsers.pids
        os.kill(pid, signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(_reason(parsers, GOOD))
            await asyncio.wait([reading], timeout=0.1)
            os.kill(pid, signal.SIGKILL)
        assert "SIGKILL" in reading.result()
        assert await titles(parsers) == ["Good"]


async def test_a_cancelled_reading_leaves_no_answer_for_the_next() -> None:
    async with Parsers(count=1) as parsers:
        await titles(parsers)
        for milliseconds in range(12):
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(titles(parsers, numbered(1)))
                await asyncio.wait([reading], timeout=milliseconds / 10_000)
                reading.cancel()
            assert await titles(parsers, numbered(2)) == ["2"]
            assert len(parsers.pids) <= 1


async def test_a_start_that_is_cancelled_leaves_no_process() -> None:
    async with Parsers(count=1) as parsers:
        for milliseconds in (0, 1, 5, 20, 60):
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(titles(parsers))
                await asyncio.wait([reading], timeout=milliseconds / 1000)
                reading.cancel()
    assert _children() == set()


async def test_a_process_that_does_not_come_up_is_an_error() -> None:
    async with Parsers(count=1, limits=Limits(start=0.001)) as parsers:
        assert "ready within 0.001 s" in await _reason(parsers, GOOD)
    async with Parsers(count=1, limits=Limits(memory=1 << 20)) as parsers:
        assert "no parser process can be started" in await _reason(parsers, GOOD)


async def test_more_documents_than_processes_wait_their_turn() -> None:
    async with Parsers(count=2) as parsers, asyncio.TaskGroup() as group:
        reading = [group.create_task(titles(parsers, numbered(number))) for number in range(40)]
    assert [task.result() for task in reading] == [[str(number)] for number in range(40)]


async def test_no_process_outlives_its_pool() -> None:
    async with Parsers(count=2) as parsers:
        async with asyncio.TaskGroup() as group:
            group.create_task(titles(parsers))
            group.create_task(titles(parsers))
        assert len(_children() & parsers.pids) == 2
    assert parsers.pids == frozenset()
    assert _children() == set()


def test_a_process_ends_when_its_parent_is_gone() -> None:
    command = [sys.executable, "-m", "feedserver.poll.child", str(Limits().memory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.communicate(timeout=30)
        assert child.returncode == 0


def test_the_limits_are_those_we_promise() -> None:
    assert replace(Limits(), start=0) == Limits(cpu=5, wall=10, memory=512 << 20, start=0)


def _children() -> set[int]:
    """Return the numbers of this process's children, the dead but not reaped among them."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in listed.split()}

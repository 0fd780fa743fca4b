"""Every document of the corpus through the real processes, against feedparser's own count."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from feedserver.errors import ParseError
from feedserver.model.entry import Item, Received
from feedserver.poll.parsers import Parsers
from feedserver.poll.prepare import Prepared
from tests.corpus_folder import corpus

COUNT = """
import json, pathlib, sys, feedparser
TELLING = ("id", "link", "title", "summary", "content")
for path in sys.stdin.read().splitlines():
    read = feedparser.parse(pathlib.Path(path).read_bytes(), sanitize_html=False,
                            resolve_relative_uris=False)
    telling = [entry for entry in read.entries if any(entry.get(name) for name in TELLING)]
    print(json.dumps([path, len(telling), len(read.entries)]), flush=True)
"""

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PASSED_A_LIMIT = re.compile("took|needed more|died")
RUNS = re.compile(r"<\s*script|<[^>]*\son\w+\s*=|<[^>]*javascript:", re.IGNORECASE)


def counted(paths: list[Path]) -> dict[Path, tuple[int, int]]:
    """Return how many entries feedparser reads in each: those that say anything, and all."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COUNT],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    rows = map(json.loads, done.stdout.splitlines())
    return {Path(path): (telling, entries) for path, telling, entries in rows}


def texts(value: object) -> Iterator[str]:
    """Yield all texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def harm(item: Item) -> list[str]:
    """Return the item's outgoing texts that must not go out."""
    outgoing = texts(msgspec.to_builtins(replace(item, received=Received())))
    bad = [text for text in outgoing if CONTROLS.search(text) or RUNS.search(text)]
    addresses = [item.link, item.canonical, *(image.url for image in item.images)]
    addresses += [enclosure.url for enclosure in item.enclosures]
    return bad + [url for url in addresses if url and not url.startswith(("http://", "https://"))]


async def read(parsers: Parsers, document: bytes) -> Prepared | ParseError:
    try:
        return await parsers.parse(document, url="https://outlet.example/feed")
    except ParseError as error:
        return error


async def test_every_real_document_gives_what_feedparser_reads_and_no_harm() -> None:
    paths = corpus("wellformed-real", "malformed")
    async with Parsers(count=2) as parsers, asyncio.TaskGroup() as group:
        tasks = {path: group.create_task(read(parsers, path.read_bytes())) for path in paths}
        expected = await asyncio.to_thread(counted, paths)
    for path, task in tasks.items():
        telling, entries = expected[path]
        match task.result():
            case Prepared(drafts=drafts, rejects=rejects):
                items = [draft.item for draft in drafts]
                assert len(items) >= telling, f"{path}: read {len(items)} of {telling} items"
                assert len(items) + len(rejects) >= entries, f"{path}: lost items without a word"
                assert [harm(item) for item in items if harm(item)] == [], path
            case ParseError() as error:
                assert telling == 0, f"{path}: {error}"
                assert not PASSED_A_LIMIT.search(str(error)), f"{path}: {error}"
    assert len(expected) == len(paths)

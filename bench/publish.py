"""What it costs to publish one article into feeds of 50: RSS, Atom and JSON, and each gzipped.

It goes into two feeds, its section's and the site's. The peer is what sites do that build a feed
with feedgen: all of one feed anew, in RSS and Atom, the formats that it knows.
"""

import argparse
import asyncio
import gzip
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from feedgen.feed import FeedGenerator

from bench.articles import BETWEEN, LENGTH, backlog, submission
from bench.cost import tell_machine, tell_table
from bench.newsroom import NEWSROOM
from feedserver.clock import SystemClock
from feedserver.config.settings import Settings
from feedserver.demo.clock import PlayedClock
from feedserver.model.article import Submission
from feedserver.publish.names import all_feeds
from feedserver.service import open_service

GOAL = 5.0
"""Milliseconds for one feed."""

START = datetime(2025, 3, 2, tzinfo=UTC)


def main() -> None:
    """Print milliseconds of CPU; the ratio last."""
    parser = argparse.ArgumentParser(prog="python -m bench.publish", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    rounds: int = parser.parse_args().rounds
    tell_machine()
    with tempfile.TemporaryDirectory() as folder:
        saving, showing = asyncio.run(_ours(Path(folder) / "feedserver.db", rounds))
    peer = _feedgen(rounds)
    feeds = len(all_feeds(NEWSROOM))
    one = saving + showing / feeds
    print("\nCPU-milliseconds for one article")
    tell_table(
        ("", "ms"),
        [
            ("feedserver: save it", saving),
            (f"feedserver: show it in {feeds} feeds of 3 formats", showing),
            (f"feedserver: save it, and show it in one feed (goal {GOAL:g})", one),
            ("feedgen and gzip: one feed of 2 formats", peer),
        ],
    )
    print(f"ratio: feedgen's cost is {peer / one:.2f} of ours")


async def _ours(database: Path, rounds: int) -> tuple[float, float]:
    clock = PlayedClock(START, SystemClock())
    saving, showing = list[float](), list[float]()
    async with open_service(Settings(database=str(database)), NEWSROOM, clock=clock) as service:
        for sent in backlog(START):
            await service.articles.put(sent, actor="bench")
        await service.shelf.refresh()
        for number in range(LENGTH, LENGTH + rounds):
            clock.set_forward(clock.now() + BETWEEN)
            begun = time.process_time()
            await service.articles.put(submission(number, clock.now()), actor="bench")
            saved = time.process_time()
            await service.shelf.refresh()
            saving.append(saved - begun)
            showing.append(time.process_time() - saved)
    return 1000 * median(saving), 1000 * median(showing)


def _feedgen(rounds: int) -> float:
    articles = backlog(START)
    costs = list[float]()
    for _ in range(rounds):
        begun = time.process_time()
        feed = _generator(articles)
        for document in (feed.rss_str(), feed.atom_str()):
            gzip.compress(document, 6, mtime=0)
        costs.append(time.process_time() - begun)
    return 1000 * median(costs)


def _generator(articles: Sequence[Submission]) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id("https://measured.example/")
    feed.title("The Measured Post")
    feed.description("News")
    feed.link(href="https://measured.example/")
    for article in articles:
        content = article.content
        entry = feed.add_entry()
        entry.id(content.link)
        entry.title(content.title)
        entry.link(href=content.link)
        entry.summary(content.summary)
        entry.content(content.html, type="html")
        entry.author(name=content.authors[0].name)
        entry.category(term=content.tags[0])
        entry.published(article.published_at)
        entry.updated(article.updated_at)
    return feed


if __name__ == "__main__":
    main()

"""Play the script: two days of it in seconds, through the real service, then live."""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network

from feedserver.clock import Clock
from feedserver.config.settings import Settings
from feedserver.demo.clock import PlayedClock
from feedserver.demo.edition import Stage, show
from feedserver.demo.newsroom import demo_newsroom, submissions
from feedserver.demo.outlets import Outlets
from feedserver.demo.reading import read_script
from feedserver.demo.script import HISTORY, PlannedPick, Script
from feedserver.model.article import Submission
from feedserver.model.entry import Entry
from feedserver.model.network import AllowedNetwork, Resolution
from feedserver.model.site import Newsroom
from feedserver.model.story import StoryFilter
from feedserver.poll.pipeline import Report
from feedserver.service import Service, open_service
from feedserver.store import sources

CURATOR = "the demo's curator"
CMS = "the demo's CMS"
NOW = timedelta(0)

Progress = Callable[[float], None]
"""Told how much of the history was played, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A newsroom that has been played up to now.

    Attributes:
        outlets_url: A page that lists the outlets, for a browser.
        puts: What our CMS will still put while somebody watches, each at its ``updated_at``.
    """

    service: Service
    outlets_url: str
    puts: tuple[Submission, ...]

    async def go_on(self) -> None:
        """Do what our own people do from now on; the outlets go on by themselves."""
        clock = self.service.clock
        for put in self.puts:
            moment = put.updated_at or clock.now()
            await clock.sleep(max(0.0, (moment - clock.now()).total_seconds()))
            await self.service.articles.put(put, actor=CMS)


@asynccontextmanager
async def played(
    settings: Settings, newsroom: Newsroom, wall: Clock, *, base_url: str, progress: Progress
) -> AsyncGenerator[Demo]:
    """Open the demo's newsroom and outlets, with the script's history behind them.

    Args:
        settings: Whose database is used, and should be empty.
        base_url: Where the newsroom will be served.

    Raises:
        ConfigError: The newsroom lacks a section that the script fills.
    """
    script = read_script()
    start = wall.now().replace(microsecond=0)
    clock = PlayedClock(start - HISTORY, wall)
    async with Outlets.running(script, clock, start) as outlets:
        stage = outlets.stage
        async with open_service(
            _on_loopback(settings),
            demo_newsroom(newsroom, script, stage.port),
            clock=clock,
            base_url=base_url,
        ) as service:
            await _History(service=service, script=script, stage=stage).play(clock, progress)
            clock.go_live()
            puts = submissions(script, stage)
            yield Demo(
                service=service,
                outlets_url=f"http://{stage.host}:{stage.port}/",
                puts=tuple(put for put in puts if put.updated_at and put.updated_at > start),
            )


def _on_loopback(settings: Settings) -> Settings:
    """Return the settings with the outlets within reach, by names that no DNS knows."""
    return replace(
        settings,
        allow_private=(*settings.allow_private, AllowedNetwork(network=ip_network("127.0.0.1/32"))),
        resolve=(*settings.resolve, Resolution(pattern="*.localhost", address="127.0.0.1")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """The script up to now: at each moment the outlets publish, we poll, and people act."""

    service: Service
    script: Script
    stage: Stage

    async def play(self, clock: PlayedClock, progress: Progress) -> None:
        moments = sorted({moment for moment, _ in self._news()} | set(self._deeds()))
        puts = submissions(self.script, self.stage)
        for number, moment in enumerate(moments, start=1):
            clock.set_forward(self.stage.start + moment)
            await self._poll({outlet for at, outlet in self._news() if at == moment})
            await self._put(put for put in puts if put.updated_at == clock.now())
            await self._pick(planned for planned in self.script.picks if planned.at == moment)
            progress(number / len(moments))
        clock.set_forward(self.stage.start)
        await self.service.errand.poll_due(_told_nobody)
        await self.service.filer.file_all()
        await self.service.shelf.refresh()

    def _news(self) -> Iterator[tuple[timedelta, str]]:
        """Yield when which outlet has something new, up to now."""
        for telling in self.script.tellings:
            for moment in (telling.at, *(edit.at for edit in telling.edits)):
                if moment <= NOW:
                    yield moment, telling.outlet

    def _deeds(self) -> Iterator[timedelta]:
        """Yield when our own people do something, up to now."""
        moments = [article.at for article in self.script.articles]
        moments += [planned.at for planned in self.script.picks]
        yield from (moment for moment in moments if moment <= NOW)

    async def _poll(self, outlets: Iterable[str]) -> None:
        async with self.service.database.read() as tx:
            found = [await sources.by_key(tx, key) for key in sorted(outlets)]
        there = [source for source in found if source is not None]
        await self.service.errand.poll_these(there, _told_nobody, force=True)
        await self.service.filer.file_all()

    async def _put(self, puts: Iterable[Submission]) -> None:
        for submission in puts:
            await self.service.articles.put(submission, actor=CMS)

    async def _pick(self, picks: Iterable[PlannedPick]) -> None:
        for planned in picks:
            lead = await self._entry(planned)
            story = lead.story
            assert story is not None  # noqa: S101 - it was found in a story
            pick = replace(planned.pick, lead=lead.id)
            await self.service.picker.pick(story, pick, actor=CURATOR)

    async def _entry(self, planned: PlannedPick) -> Entry:
        telling = self.script.telling(planned.telling).as_of(planned.at)
        link = show(self.script, telling, self.stage).link
        page = await self.service.inbox.page(
            StoryFilter(source=telling.outlet), before=None, limit=200
        )
        entries = (entry for story in page.stories for entry in story.entries)
        return next(entry for entry in entries if entry.item.link == link)


def _told_nobody(_: Report) -> None:
    """Take a report of a poll that the script made."""

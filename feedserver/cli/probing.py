"""Say in plain words what a source would give, or why it would not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from feedserver.cli.following import found
from feedserver.cli.opening import all_read, store_opened
from feedserver.cli.running import tell
from feedserver.cli.screen import amount, distance, length, moment, show, show_json, size
from feedserver.clock import SystemClock
from feedserver.config.readers import web_address
from feedserver.config.settings import Settings
from feedserver.errors import BlockedError, FetchError, NotFoundError, ParseError
from feedserver.fetch.answers import Fetched
from feedserver.model.entry import Item
from feedserver.model.site import Newsroom
from feedserver.poll.parsers import Parsers
from feedserver.poll.prepare import Prepared
from feedserver.service import open_client

HEADLINES = 3
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an address gave when it was asked once, and nothing was kept."""

    answer: Fetched
    feed: Prepared
    now: datetime

    @property
    def items(self) -> Sequence[Item]:
        """Its items, in the publisher's order."""
        return [draft.item for draft in self.feed.drafts]

    @property
    def dates(self) -> Sequence[datetime]:
        """When its items were published, as far as they say, the newest first."""
        dates = (item.published_at or item.updated_at for item in self.items)
        return sorted((date for date in dates if date is not None), reverse=True)

    @property
    def has(self) -> Mapping[str, int]:
        """How many items have what the desk can use."""
        return {
            "guid": sum(item.guid is not None for item in self.items),
            "link": sum(item.link is not None for item in self.items),
            "date": len(self.dates),
            "author": sum(bool(item.author) for item in self.items),
            "image": sum(bool(item.images) for item in self.items),
        }

    @property
    def left_out(self) -> Mapping[str, int]:
        """Why items were left out, and how many each."""
        return Counter(self.feed.rejects)

    @property
    def rhythm(self) -> timedelta | None:
        """The usual time between two items; ``None`` where too few have a date."""
        gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(self.dates)]
        return timedelta(seconds=median(gaps)) if len(gaps) > 1 else None


async def test_source(name: str, *, as_json: bool) -> bool:
    """Ask an address, or a source by its key, once; keep nothing.

    Returns:
        Whether it gave a feed.
    """
    settings, newsroom = all_read()
    url = await _address(settings, newsroom, name)
    clock = SystemClock()
    try:
        async with open_client(settings, newsroom, clock) as client, Parsers(count=1) as parsers:
            answer = await client.get(url)
            assert isinstance(answer, Fetched)  # noqa: S101 - there is no 304 without validators
            feed = await parsers.parse(answer.body, url=answer.url, headers=answer.headers)
    except (FetchError, ParseError) as error:
        advice = _advice(url, error, settings)
        if as_json:
            show_json({"url": url, "feed": False, "reason": str(error), "advice": advice})
        else:
            tell(f"no feed: {error}", advice)
        return False
    probe = Probe(answer=answer, feed=feed, now=clock.now())
    if as_json:
        show_json(as_record(url, probe))
    else:
        for text in in_words(url, probe):
            show(text)
    return True


def in_words(url: str, probe: Probe) -> Iterator[str]:
    """Yield what is to be said of a source, line by line."""
    feed = probe.feed
    title = f'"{feed.title}"' if feed.title else "without a title"
    yield f"{feed.version} {title}, language {feed.language or 'not said'}"
    yield from _way(url, probe.answer)
    yield f"  sent      {amount(len(probe.items), 'item')} in {size(len(probe.answer.body))}"
    if probe.items:
        yield f"  items     {_share(probe)}"
    if probe.dates:
        yield f"  newest    {moment(probe.dates[0])}, {distance(probe.dates[0], probe.now)}"
    if probe.rhythm is not None:
        yield f"  rhythm    an item about every {length(probe.rhythm)}"
    yield from (f"  mended    {what}: {times}" for what, times in feed.repairs.items())
    yield from (f"  left out  {why}: {times}" for why, times in probe.left_out.items())
    yield f"  asking    {_manners(probe)}"
    yield from (f"  headline  {item.title or '(none)'}" for item in probe.items[:HEADLINES])


def _way(url: str, answer: Fetched) -> Iterator[str]:
    for hop in answer.hops:
        kind = "for good; write the new address down" if hop.permanent else "for now"
        yield f"  moved     {hop.url} leads elsewhere {kind}"
    if answer.url != url:
        yield f"  answered  {answer.url}"


def as_record(url: str, probe: Probe) -> Mapping[str, object]:
    """Return the same as JSON shows it."""
    feed, answer = probe.feed, probe.answer
    return {
        "url": url,
        "feed": True,
        "answered_at": answer.url,
        "moved": [{"url": hop.url, "permanent": hop.permanent} for hop in answer.hops],
        "format": feed.version,
        "title": feed.title,
        "language": feed.language,
        "bytes": len(answer.body),
        "items": len(probe.items),
        "newest": probe.dates[0] if probe.dates else None,
        "rhythm_seconds": None if probe.rhythm is None else probe.rhythm.total_seconds(),
        "has": probe.has,
        "mended": feed.repairs,
        "left_out": probe.left_out,
        "etag": answer.validators.etag,
        "last_modified": answer.validators.last_modified,
        "fresh_seconds": answer.fresh_for.total_seconds(),
        "ttl_seconds": feed.ttl * 60,
        "headlines": [item.title for item in probe.items[:HEADLINES]],
    }


def _share(probe: Probe) -> str:
    total = len(probe.items)
    said = {total: "all have", 0: "none has"}
    return "; ".join(
        f"{said[number]} {what}" if number in said else f"{number} of {total} have {what}"
        for what, number in probe.has.items()
    )


def _manners(probe: Probe) -> str:
    """Say how one may ask whether something is new, and how often that makes sense."""
    validators = probe.answer.validators
    named = {"ETag": validators.etag, "Last-Modified": validators.last_modified}
    given = [name for name, value in named.items() if value]
    parts = [
        f"{' and '.join(given)} tell whether it changed"
        if given
        else "no ETag and no Last-Modified: the whole document comes each time"
    ]
    if probe.answer.fresh_for:
        parts.append(f"HTTP says that it stays fresh for {length(probe.answer.fresh_for)}")
    if probe.feed.ttl:
        parts.append(f"its ttl asks for {length(timedelta(minutes=probe.feed.ttl))} between polls")
    return "; ".join(parts)


async def _address(settings: Settings, newsroom: Newsroom, name: str) -> str:
    """Return the address to ask: the one given, or that of the source of that key.

    The newsroom's folder goes first: a source may be tried before anything is stored.
    """
    if listed := [wish.url for wish in newsroom.sources if wish.key == name]:
        return listed[0]
    if "://" not in name:
        async with store_opened(settings) as database, database.read() as tx:
            return (await found(tx, name)).url
    try:
        return web_address(name)
    except ValueError as error:
        raise NotFoundError(str(error)) from error


def _advice(url: str, error: FetchError | ParseError, settings: Settings) -> str:
    match error:
        case BlockedError():
            return f"if that server is yours: {_opening(url, settings)} lets polls reach it"
        case FetchError(status=int()):
            return "the server answers, but not with a document; see the address in a browser"
        case FetchError():
            return "check the address, and whether this machine reaches the network"
        case _:
            return "look for the page's link to its feed (RSS or Atom), and test that address"


def _opening(url: str, settings: Settings) -> str:
    """Return the setting that would let polls reach an address that is refused."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = next((known.address for known in settings.resolve if known.matches(host)), host)
    try:
        address = ip_address(known)
    except ValueError:
        return "its network in FEEDSERVER_ALLOW_PRIVATE, as 10.0.0.0/8 or 127.0.0.1/32:8080,"
    network = f"[{address}]/128" if address.version == 6 else f"{address}/32"  # noqa: PLR2004 - IPv6
    port = parts.port or PORTS.get(parts.scheme)
    return f"FEEDSERVER_ALLOW_PRIVATE={network}:{port}"

"""Poll at the command line: a line for each poll as it ends."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import typer

from feedserver.cli.following import follow, found, how_to_remove, key_for, wish_for
from feedserver.cli.opening import all_read
from feedserver.cli.progress import Bar, bar
from feedserver.cli.running import tell
from feedserver.cli.screen import amount, distance, fitted, json_line, width
from feedserver.clock import SystemClock
from feedserver.config.settings import Settings
from feedserver.model.attempt import Outcome
from feedserver.model.source import Source
from feedserver.poll.pipeline import Report
from feedserver.service import Service, open_service
from feedserver.store import sources

PORTS = {"http": 80, "https": 443}


async def poll_due(*, as_json: bool) -> None:
    """Poll what is due, once."""
    settings, newsroom = all_read()
    async with open_service(settings, newsroom) as service:
        with bar("polling") as shown:
            lines = Lines(shown=shown, format=_format(as_json=as_json))
            await service.errand.poll_due(lines.add)
        await _end(service, lines)


async def poll_now(names: Sequence[str], *, force: bool, as_json: bool) -> None:
    """Poll the sources of these keys and addresses, or all that are followed, due or not.

    Raises:
        BadParameter: ``force`` is meant for servers that are not the operator's own.
        NotFoundError: There is no source of a key.
    """
    settings, newsroom = all_read()
    async with open_service(settings, newsroom) as service:
        wanted = await _wanted(service, names, force=force)
        with bar("polling", len(wanted)) as shown:
            lines = Lines(shown=shown, format=_format(as_json=as_json))
            await service.errand.poll_these(wanted, lines.add, force=force)
        await _end(service, lines)


@dataclass(slots=True, kw_only=True)
class Lines:
    """Prints reports as they come, and counts them."""

    shown: Bar
    format: Callable[[Report], str]
    counts: Counter[Outcome] = field(default_factory=Counter[Outcome])

    def add(self, report: Report) -> None:
        """Print a report."""
        self.counts[report.attempt.outcome] += 1
        self.shown.line(self.format(report))
        self.shown.advance()


def as_line(report: Report) -> str:
    """Return what a poll came to, for a person."""
    source, attempt = report.source, report.attempt
    upcoming = distance(source.next_poll_at, SystemClock().now())
    line = f"{attempt.outcome:<9}  {source.wish.key:<20}  next {upcoming}; {_came_to(report)}"
    return fitted(line, width())


def as_record(report: Report) -> str:
    """Return what a poll came to, as JSON."""
    source, attempt = report.source, report.attempt
    return json_line(
        {
            "source": source.wish.key,
            "url": source.url,
            "outcome": attempt.outcome,
            "status": attempt.status,
            "entries": attempt.entries,
            "new": attempt.new,
            "revised": attempt.revised,
            "bytes": attempt.bytes,
            "seconds": round(attempt.took.total_seconds(), 3),
            "reason": attempt.reason,
            "next_poll_at": source.next_poll_at,
        }
    )


def not_ours(url: str, settings: Settings) -> str | None:
    """Return why an address may not be polled by force; ``None`` where it is the operator's own.

    It is when the settings alone say where its host leads, and open that private network.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = next((known.address for known in settings.resolve if known.matches(host)), host)
    try:
        address = ip_address(known)
    except ValueError:
        return f"no setting says where {host} leads (FEEDSERVER_RESOLVE)"
    port = parts.port or PORTS[parts.scheme]
    if not address.is_private:
        return f"{host} is at {address}, which is no private network"
    if not any(network.matches(address, port) for network in settings.allow_private):
        return f"{address} port {port} is not opened by FEEDSERVER_ALLOW_PRIVATE"
    return None


async def _wanted(service: Service, names: Sequence[str], *, force: bool) -> Sequence[Source]:
    if force:
        # Before anything is followed: what is refused should leave no trace.
        _check_ours([name for name in names if _is_address(name)], service.settings)
    if names:
        wanted = {source.id: source for name in names for source in [await _named(service, name)]}
        chosen: Sequence[Source] = tuple(wanted.values())
    else:
        async with service.database.read() as tx:
            chosen = [source for source in await sources.everyone(tx) if source.followed]
    if force:
        _check_ours([source.url for source in chosen], service.settings)
    return chosen


def _check_ours(urls: Sequence[str], settings: Settings) -> None:
    refused = {url: reason for url in urls if (reason := not_ours(url, settings))}
    if refused:
        url, reason = next(iter(refused.items()))
        others = f", nor are {len(refused) - 1} others" if len(refused) > 1 else ""
        raise typer.BadParameter(
            "takes no notice of the rest that servers ask for, so it is for your own only. "
            f"{url} is not{others}: {reason}",
            param_hint="--force",
        )


async def _named(service: Service, name: str) -> Source:
    async with service.database.read() as tx:
        if not _is_address(name) or await sources.by_url(tx, name):
            return await found(tx, name)
        wish = wish_for(name, {"key": await key_for(tx, name)}, service.newsroom)
    source = await follow(service.database, wish)
    tell(f"{name} is followed from now on as {source.wish.key}; {how_to_remove(source)}")
    return source


def _is_address(name: str) -> bool:
    return "://" in name


async def _end(service: Service, lines: Lines) -> None:
    filed = await service.filer.file_all()
    counts = ", ".join(f"{number} {outcome}" for outcome, number in lines.counts.most_common())
    polled = f"{amount(lines.counts.total(), 'source')}: {counts}" if counts else "nothing is due"
    tell(f"{polled}; {amount(filed, 'entry', 'entries')} filed into stories")


def _format(*, as_json: bool) -> Callable[[Report], str]:
    return as_record if as_json else as_line


def _came_to(report: Report) -> str:
    attempt = report.attempt
    match attempt.outcome:
        case Outcome.OK:
            seconds = f"{attempt.took.total_seconds():.1f} s"
            entries = amount(attempt.entries, "entry", "entries")
            return f"{entries}, {attempt.new} new, {attempt.revised} revised, {seconds}"
        case Outcome.UNCHANGED:
            return "not modified (304)" if attempt.status == 304 else "the same body as before"  # noqa: PLR2004 - HTTP's number
        case _:
            return attempt.reason.removeprefix(f"{report.source.url}: ")

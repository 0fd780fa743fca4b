"""The sources that the newsroom follows: list them, add one, take one away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

import msgspec
import typer

from feedserver.cli.opening import all_read, settings_read, store_opened
from feedserver.cli.running import tell
from feedserver.cli.screen import amount, distance, show, show_json, show_table
from feedserver.clock import SystemClock
from feedserver.config.checks import LONGEST_INTERVAL, SHORTEST_INTERVAL, is_ours
from feedserver.config.readers import did_you_mean
from feedserver.config.shapes import SOURCES
from feedserver.errors import ConflictError, InvalidError, NotFoundError
from feedserver.model.site import Newsroom
from feedserver.model.source import RightsClass, Source, SourceWish, host_of
from feedserver.publish.revise import check_sections
from feedserver.service import DESK
from feedserver.store import sources
from feedserver.store.database import Database, Transaction

UNKNOWN = {"country": "ZZ", "language": "und", "kind": "blog", "rights": RightsClass.HEADLINE.value}
"""What is taken for a source of which nobody said more: the most careful of each.

``ZZ`` and ``und`` are the standards' own words for "not known" (ISO 3166-1, BCP 47).
"""


async def list_sources(*, as_json: bool) -> None:
    """Print every source: its state, its last poll, its next and why then."""
    async with store_opened(settings_read()) as database, database.read() as tx:
        found = await sources.everyone(tx)
    if as_json:
        for source in found:
            show_json(source_shape(source))
        return
    now = SystemClock().now()
    head = ("KEY", "STATE", "LAST POLL", "NEXT POLL", "WHY THEN")
    show_table(head, [_row(source, now) for source in found])
    followed = sum(source.followed for source in found)
    tell(f"{amount(len(found), 'source')}, {followed} of them followed")


async def add_source(url: str, said: Mapping[str, str | None]) -> None:
    """Follow a source from now on.

    Args:
        said: What a person said of it, by the keys of ``sources.toml``.

    Raises:
        ConflictError: It is followed already, or another has its key.
    """
    settings, newsroom = all_read()
    async with store_opened(settings) as database:
        async with database.read() as tx:
            key = said.get("key") or await key_for(tx, url)
        source = await follow(database, wish_for(url, {**said, "key": key}, newsroom))
    show(f"{source.wish.key} is followed; {how_to_remove(source)}")


async def remove_source(name: str) -> None:
    """Follow a source no more. What it brought stays.

    Raises:
        NotFoundError: There is none of that key or address.
        ConflictError: The newsroom's folder lists it, and would bring it back.
    """
    settings = settings_read()
    async with store_opened(settings) as database, database.write() as tx:
        source = await found(tx, name)
        if source.origin != DESK and source.followed:
            raise ConflictError(
                f"{settings.feeds / SOURCES.file} lists {source.wish.key}; take it out there, "
                "and it pauses at the next start"
            )
        await sources.unfollow(tx, source.id)
    show(f"{source.wish.key} is not polled any more; what it brought stays")


async def follow(database: Database, wish: SourceWish) -> Source:
    """Follow a source that no file lists, or one again that was removed.

    Raises:
        ConflictError: Its address or its key is another's, or it is followed already.
    """
    async with database.write() as tx:
        for known in (await sources.by_url(tx, wish.url), await sources.by_key(tx, wish.key)):
            if known is not None and (known.followed or known.origin != DESK):
                raise ConflictError(f"{known.wish.key} is at {known.url} already")
            if known is not None and known.wish.key != wish.key:
                raise ConflictError(
                    f"{known.wish.key} was at {known.url} before; "
                    f"--key {known.wish.key} follows it again"
                )
        await sources.add(tx, wish, origin=DESK, now=await tx.now())
        return await found(tx, wish.key)


def how_to_remove(source: Source) -> str:
    """Return the advice that belongs to having followed a source."""
    return f"`feedserver sources remove {source.wish.key}` ends that"


def wish_for(url: str, said: Mapping[str, str | None], newsroom: Newsroom) -> SourceWish:
    """Return what we wish of a source at an address, with care where nothing was said of it.

    Args:
        said: By the keys of ``sources.toml``, ``key`` at least.

    Raises:
        BadParameter: Something that was said is not right.
    """
    address = _read("url", url)
    given = {key: _read(key, text) for key, text in said.items() if text is not None}
    host = host_of(address)
    named = {**UNKNOWN, "title": host, "owner": host, **given, "url": address}
    wish = msgspec.convert(named, SourceWish)
    if wish.section is not None:
        _check_section(wish.section, newsroom)
    shortest = wish.interval < SHORTEST_INTERVAL and not is_ours(address)
    if shortest or wish.interval > LONGEST_INTERVAL:
        raise typer.BadParameter('is out of range; write "5m" to "7d"', param_hint="--interval")
    return wish


async def key_for(tx: Transaction, url: str) -> str:
    """Return the key for a source at an address of which no key was said.

    It is the one that it had before, or is made of the host: ``example-org``, ``example-org-2``.
    """
    if (known := await sources.by_url(tx, url)) is not None:
        return known.wish.key
    host = host_of(url).removeprefix("www.")
    letters = (char if char.isascii() and char.isalnum() else " " for char in host)
    first = "-".join("".join(letters).split()) or "source"
    taken = {source.wish.key for source in await sources.everyone(tx)}
    more = (f"{first}-{number}" for number in count(2))
    return next(key for key in chain([first], more) if key not in taken)


async def found(tx: Transaction, name: str) -> Source:
    """Return the source of that key or address.

    Raises:
        NotFoundError: There is none, but perhaps one of nearly that key.
    """
    source = await sources.by_key(tx, name) or await sources.by_url(tx, name)
    if source is None:
        keys = [known.wish.key for known in await sources.everyone(tx)]
        advice = did_you_mean(name, keys, otherwise="`feedserver sources list` has all")
        raise NotFoundError(f"there is no source {name!r}; {advice}")
    return source


def source_shape(source: Source) -> dict[str, Any]:
    """Return a source as JSON shows it."""
    wish = source.wish
    return {
        "source": wish.key,
        "url": source.url,
        "title": wish.title,
        "owner": wish.owner,
        "country": wish.country,
        "language": wish.language,
        "kind": wish.kind,
        "rights": wish.rights,
        "section": wish.section,
        "interval_seconds": round(wish.interval.total_seconds()),
        "verified": wish.verified,
        "origin": source.origin,
        "followed": source.followed,
        "state": source.state,
        "failures": source.failures,
        "last_polled_at": source.last_polled_at,
        "last_ok_at": source.last_ok_at,
        "next_poll_at": source.next_poll_at if source.followed else None,
        "next_poll_reason": source.next_poll_reason if source.followed else None,
    }


def _read(key: str, text: str) -> Any:  # noqa: ANN401 - as the key's reader gives it
    try:
        return SOURCES.keys[key].read(text)
    except ValueError as error:
        raise typer.BadParameter(
            str(error), param_hint="URL" if key == "url" else f"--{key}"
        ) from error


def _check_section(slug: str, newsroom: Newsroom) -> None:
    try:
        check_sections([slug], newsroom)
    except InvalidError as error:
        sentence = "; ".join(error.problems.values())
        raise typer.BadParameter(sentence, param_hint="--section") from error


def _row(source: Source, now: datetime) -> Sequence[str]:
    state = source.state.value if source.followed else "paused"
    last = "never" if source.last_polled_at is None else distance(source.last_polled_at, now)
    due = "now" if source.next_poll_at <= now else distance(source.next_poll_at, now)
    upcoming = (due, source.next_poll_reason) if source.followed else ("", "")
    return (source.wish.key, state, last, *upcoming)

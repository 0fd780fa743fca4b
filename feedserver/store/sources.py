"""The ``source`` and ``host_rest`` tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from feedserver.model.source import (
    Kind,
    RightsClass,
    Source,
    SourceId,
    SourceState,
    SourceWish,
    Validators,
    host_of,
)
from feedserver.store import counters
from feedserver.store.database import (
    MICROSECOND,
    Row,
    Transaction,
    Value,
    from_micros,
    micros_or_none,
    moment_or_none,
    one,
    to_micros,
)

SLEEP = timedelta(days=60)
"""Longer than any wait that we decide: what goes beyond was set by a clock that ran ahead."""


async def add(tx: Transaction, wish: SourceWish, *, origin: str, now: datetime) -> bool:
    """Follow a source, or bring what we wish of a known one up to date; tell if it was unknown.

    A source whose address changed begins anew: what was learned belongs to the old address, and so
    does a poll that is under way.

    Args:
        origin: ``files`` or ``desk``: who may take it away again.
    """
    values: dict[str, Value] = {
        "key": wish.key,
        "title": wish.title,
        "url": wish.url,
        "host": host_of(wish.url),
        "owner": wish.owner,
        "country": wish.country,
        "language": wish.language,
        "kind": wish.kind,
        "rights": wish.rights,
        "section": wish.section,
        "interval": wish.interval // MICROSECOND,
        "verified": int(wish.verified),
        "origin": origin,
        "now": to_micros(now),
    }
    known = await one(tx, "SELECT url FROM source WHERE key = :key", key=wish.key)
    if known is None and await _insert(tx, values):
        return True
    await _move(tx, values)
    await tx.all(
        """
        UPDATE source SET title = :title, owner = :owner, country = :country, language = :language,
            kind = :kind, rights = :rights, section = :section, interval_us = :interval,
            verified = :verified, origin = :origin, followed = 1
        WHERE key = :key
        """,
        **values,
    )
    return False


async def _insert(tx: Transaction, values: Mapping[str, Value]) -> bool:
    # Who takes the number waits for all others who add: the key may have come up meanwhile.
    number = await counters.take(tx, "source")
    rows = await tx.all(
        """
        INSERT INTO source (id, key, title, url, host, owner, country, language, kind, rights,
            section, interval_us, verified, origin, next_poll_at, next_poll_reason)
        VALUES (:id, :key, :title, :url, :host, :owner, :country, :language, :kind, :rights,
            :section, :interval, :verified, :origin, :now, 'never polled')
        ON CONFLICT (key) DO NOTHING RETURNING id
        """,
        id=number,
        **values,
    )
    return bool(rows)


async def _move(tx: Transaction, values: Mapping[str, Value]) -> None:
    await tx.all(
        """
        UPDATE source SET url = :url, host = :host, etag = NULL, last_modified = NULL,
            validators_url = NULL, body_sha256 = NULL, ttl_us = 0, failures = 0, state = 'new',
            gone_since = NULL, next_poll_at = :now, next_poll_reason = 'its address changed',
            lease = lease + 1, leased_until = 0
        WHERE key = :key AND url <> :url
        """,
        **values,
    )


async def pause_all_but(tx: Transaction, keys: Iterable[str], *, origin: str) -> int:
    """Stop following the sources of that origin which are not named; return how many there were."""
    named = set(keys)
    rows = await tx.all(
        "SELECT key FROM source WHERE origin = :origin AND followed = 1", origin=origin
    )
    left = [{"key": row["key"]} for row in rows if row["key"] not in named]
    await tx.many("UPDATE source SET followed = 0 WHERE key = :key", left)
    return len(left)


async def lease_due(tx: Transaction, *, lease: timedelta, limit: int) -> Sequence[Source]:
    """Take up to ``limit`` sources that are due, the most overdue first.

    A source taken here is not given to another worker until the lease runs out, so a worker that
    dies loses nothing; and its number grows, so what a late worker brings is refused.
    """
    now = await tx.now()
    rows = await tx.all(
        """
        WITH due AS MATERIALIZED (
            SELECT id FROM source
            WHERE followed = 1 AND (next_poll_at <= :now OR next_poll_at > :never)
                AND (leased_until <= :now OR leased_until > :absurd)
                AND NOT EXISTS (
                    SELECT 1 FROM host_rest WHERE host_rest.host = source.host
                        AND rest_until > :now AND rest_until <= :never
                )
            ORDER BY next_poll_at LIMIT :limit /* skip locked */
        )
        UPDATE source SET leased_until = :until, lease = lease + 1
        WHERE id IN (SELECT id FROM due) RETURNING *
        """,
        never=to_micros(now + SLEEP),
        limit=limit,
        **_lease_times(now, lease),
    )
    return sorted(map(_source, rows), key=lambda source: source.next_poll_at)


async def lease_these(
    tx: Transaction, ids: Iterable[SourceId], *, lease: timedelta
) -> Sequence[Source]:
    """Take sources by id whether they are due or not; those that another worker has stay out."""
    moments = _lease_times(await tx.now(), lease)
    taken: list[Source] = []
    for number in ids:
        rows = await tx.all(
            """
            UPDATE source SET leased_until = :until, lease = lease + 1
            WHERE id = :id AND (leased_until <= :now OR leased_until > :absurd) RETURNING *
            """,
            **(moments | {"id": number}),
        )
        taken += map(_source, rows)
    return taken


async def save(tx: Transaction, source: Source) -> bool:
    """Keep what a poll changed, and give the lease back.

    Returns:
        False when the lease was lost to another worker: then nothing of this poll may be kept.
    """
    rows = await tx.all(
        """
        UPDATE source SET next_poll_at = :next_poll_at, next_poll_reason = :next_poll_reason,
            etag = :etag, last_modified = :last_modified, validators_url = :validators_url,
            body_sha256 = :body_sha256, ttl_us = :ttl, failures = :failures, state = :state,
            gone_since = :gone_since, last_polled_at = :last_polled_at, last_ok_at = :last_ok_at,
            leased_until = 0
        WHERE id = :id AND lease = :lease
        RETURNING id
        """,
        id=source.id,
        lease=source.lease,
        next_poll_at=to_micros(source.next_poll_at),
        next_poll_reason=source.next_poll_reason,
        etag=source.validators.etag,
        last_modified=source.validators.last_modified,
        validators_url=source.validators.url,
        body_sha256=source.body_sha256,
        ttl=source.ttl // MICROSECOND,
        failures=source.failures,
        state=source.state,
        gone_since=micros_or_none(source.gone_since),
        last_polled_at=micros_or_none(source.last_polled_at),
        last_ok_at=micros_or_none(source.last_ok_at),
    )
    return bool(rows)


async def give_back(tx: Transaction, sources: Iterable[Source]) -> None:
    """Return leases unused, so that nobody waits for them to run out."""
    await tx.many(
        "UPDATE source SET leased_until = 0 WHERE id = :id AND lease = :lease",
        [{"id": source.id, "lease": source.lease} for source in sources],
    )


async def rest_host(tx: Transaction, host: str, *, until: datetime, reason: str) -> None:
    """Leave all feeds of a host alone until then; a longer rest stands."""
    await tx.all(
        """
        INSERT INTO host_rest (host, rest_until, reason) VALUES (:host, :until, :reason)
        ON CONFLICT (host) DO UPDATE SET rest_until = excluded.rest_until, reason = excluded.reason
        WHERE excluded.rest_until > host_rest.rest_until
        """,
        host=host,
        until=to_micros(until),
        reason=reason,
    )


async def rest_of(tx: Transaction, host: str) -> tuple[datetime, str] | None:
    """Return until when a host is left alone and why, or ``None`` if it never asked for that."""
    row = await one(tx, "SELECT rest_until, reason FROM host_rest WHERE host = :host", host=host)
    return None if row is None else (from_micros(row["rest_until"]), row["reason"])


async def by_key(tx: Transaction, key: str) -> Source | None:
    """Return the source of that key."""
    row = await one(tx, "SELECT * FROM source WHERE key = :key", key=key)
    return None if row is None else _source(row)


async def by_url(tx: Transaction, url: str) -> Source | None:
    """Return the source that is polled at that address."""
    row = await one(tx, "SELECT * FROM source WHERE url = :url ORDER BY id", url=url)
    return None if row is None else _source(row)


async def these(tx: Transaction, ids: Sequence[SourceId]) -> Sequence[Source]:
    """Return these sources, in the order of their ids."""
    rows = await tx.all(
        "SELECT * FROM source WHERE id IN "
        "(SELECT CAST(value AS BIGINT) FROM json_each(CAST(:ids AS TEXT))) ORDER BY id",
        ids=msgspec.json.encode(ids).decode(),
    )
    return [_source(row) for row in rows]


async def everyone(tx: Transaction) -> Sequence[Source]:
    """Return all sources, paused ones included, by key."""
    return [_source(row) for row in await tx.all("SELECT * FROM source ORDER BY key")]


async def unfollow(tx: Transaction, source: SourceId) -> None:
    """Poll a source no more; what it brought stays."""
    await tx.all("UPDATE source SET followed = 0 WHERE id = :id", id=source)


async def count_followed(tx: Transaction) -> int:
    """Return how many sources are polled."""
    row = await one(tx, "SELECT count(*) AS number FROM source WHERE followed = 1")
    return int(row["number"]) if row else 0


def _lease_times(now: datetime, lease: timedelta) -> dict[str, int]:
    at, length = to_micros(now), lease // MICROSECOND
    return {"now": at, "until": at + length, "absurd": at + 2 * length}


def _source(row: Row) -> Source:
    return Source(
        id=SourceId(row["id"]),
        wish=SourceWish(
            key=row["key"],
            title=row["title"],
            url=row["url"],
            owner=row["owner"],
            country=row["country"],
            language=row["language"],
            kind=Kind(row["kind"]),
            rights=RightsClass(row["rights"]),
            section=row["section"],
            interval=row["interval_us"] * MICROSECOND,
            verified=bool(row["verified"]),
        ),
        followed=bool(row["followed"]),
        origin=row["origin"],
        next_poll_at=from_micros(row["next_poll_at"]),
        next_poll_reason=row["next_poll_reason"],
        validators=Validators(
            etag=row["etag"], last_modified=row["last_modified"], url=row["validators_url"]
        ),
        body_sha256=row["body_sha256"],
        ttl=row["ttl_us"] * MICROSECOND,
        failures=row["failures"],
        state=SourceState(row["state"]),
        gone_since=moment_or_none(row["gone_since"]),
        last_polled_at=moment_or_none(row["last_polled_at"]),
        last_ok_at=moment_or_none(row["last_ok_at"]),
        lease=row["lease"],
    )

"""Poll a source: fetch, parse, decide, store. Thin: what it all means stands in ``plan``."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import structlog

from feedserver.clock import Clock
from feedserver.errors import FetchError, ParseError, StoreError, ThrottledError
from feedserver.fetch.answers import Fetched, NotModified
from feedserver.fetch.client import Client
from feedserver.model.attempt import Attempt
from feedserver.model.entry import EntryId
from feedserver.model.source import Source
from feedserver.poll import identity, plan
from feedserver.poll.prepare import Prepared
from feedserver.store import attempts, entries, sources
from feedserver.store.database import Database, Transaction

HOST_REST = timedelta(minutes=15)
"""How long a host rests that asked for less without saying for how long."""

SAVED_AGAIN_AFTER = (timedelta(seconds=1), timedelta(seconds=3))
"""What was fetched outlives a database that is started anew; else it waits for the lease's end."""

log = structlog.get_logger(__name__)


class Parser(Protocol):
    """Reads documents where they can do no harm."""

    async def parse(self, document: bytes, *, url: str, headers: Mapping[str, str]) -> Prepared:
        """Read a feed's document.

        Raises:
            ParseError: It is no feed, or could not be read within the limits.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a source answered, before anything is kept of it."""

    result: plan.Result
    status: int | None = None
    bytes: int = 0
    prepared: Prepared = field(default_factory=Prepared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A poll that was recorded: the source after it, and the record."""

    source: Source
    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Polls one leased source at a time; any number of polls may run at once."""

    database: Database
    client: Client
    parser: Parser
    clock: Clock
    random: Random = field(default_factory=Random)

    async def poll(self, source: Source) -> Report | None:
        """Poll a source that was leased, and record it.

        Returns:
            ``None`` when the lease was lost on the way: then nothing of this poll was kept.
        """
        started = self.clock.now()
        asked = await self.ask(source)
        now = self.clock.now()
        spread = self.random.uniform(-0.1, 0.1)
        after = plan.after_poll(source, asked.result, now=now, spread=spread)
        for wait in SAVED_AGAIN_AFTER:
            try:
                return await self._save(asked, after, started=started, ended=now)
            except StoreError as error:
                log.warning("poll not saved yet", source=source.wish.key, error=str(error))
            await self.clock.sleep(wait.total_seconds())
        return await self._save(asked, after, started=started, ended=now)

    async def _save(
        self, asked: Asked, after: Source, *, started: datetime, ended: datetime
    ) -> Report | None:
        """Keep all of a poll in one transaction. To do it twice does no harm."""
        async with self.database.write() as tx:
            if not await sources.save(tx, after):
                return None
            kept = await _keep(tx, after, asked, ended)
            attempt = replace(kept, at=started, took=ended - started)
            await attempts.add(tx, attempt)
            await _rest_host(tx, after, asked.result, ended)
        return Report(source=after, attempt=attempt)

    async def ask(self, source: Source) -> Asked:
        """Fetch and parse, and keep nothing."""
        try:
            answer = await self.client.get(source.url, validators=source.validators)
        except FetchError as error:
            return Asked(result=plan.Failed(error=error), status=error.status)
        match answer:
            case NotModified(validators=validators, fresh_for=fresh_for):
                return Asked(
                    result=plan.Unchanged(validators=validators, fresh_for=fresh_for), status=304
                )
            case Fetched():
                return await self._read(source, answer)

    async def _read(self, source: Source, answer: Fetched) -> Asked:
        size = len(answer.body)
        digest = hashlib.sha256(answer.body).hexdigest()
        if digest == source.body_sha256:
            same = plan.Unchanged(validators=answer.validators, fresh_for=answer.fresh_for)
            return Asked(result=same, status=answer.status, bytes=size)
        try:
            prepared = await self.parser.parse(answer.body, url=answer.url, headers=answer.headers)
        except ParseError as error:
            return Asked(result=plan.Failed(error=error), status=answer.status, bytes=size)
        read = plan.Read(
            validators=answer.validators,
            body_sha256=digest,
            fresh_for=answer.fresh_for,
            ttl=timedelta(minutes=prepared.ttl),
        )
        return Asked(result=read, status=answer.status, bytes=size, prepared=prepared)


async def _keep(tx: Transaction, source: Source, asked: Asked, now: datetime) -> Attempt:
    """Store what a document brought, and return the record of it."""
    prepared = asked.prepared
    keys = [key for draft in prepared.drafts for key in draft.keys]
    known = await entries.known(tx, source.id, keys) if keys else {}
    taken = identity.intake(prepared.drafts, known)
    ids = await entries.add(tx, source.id, taken.new, now=now)
    await entries.change(tx, taken.changed, now=now)
    named: list[tuple[int, EntryId]] = list(taken.names)
    for number, draft in zip(ids, taken.new, strict=True):
        named += [(key, number) for key in draft.keys]
    await entries.remember(tx, source.id, named)
    await entries.pair(tx, taken.twins, now=now)
    reason = str(asked.result.error) if isinstance(asked.result, plan.Failed) else ""
    return Attempt(
        source=source.id,
        at=now,
        outcome=plan.outcome(asked.result),
        status=asked.status,
        entries=len(prepared.drafts),
        new=len(taken.new),
        revised=taken.revised,
        bytes=asked.bytes,
        reason=reason,
        findings=_findings(prepared, taken),
    )


def _findings(prepared: Prepared, taken: identity.Intake) -> Mapping[str, int]:
    findings = dict(prepared.repairs)
    for reason in prepared.rejects:
        findings[f"left out: {reason}"] = findings.get(f"left out: {reason}", 0) + 1
    if taken.duplicates:
        findings["in the document more than once"] = taken.duplicates
    return findings


async def _rest_host(tx: Transaction, source: Source, result: plan.Result, now: datetime) -> None:
    match result:
        case plan.Failed(error=ThrottledError(retry_after=asked) as error):
            until = now + (asked or HOST_REST)
            await sources.rest_host(tx, source.host, until=until, reason=str(error))
        case _:
            pass

"""The ``attempt`` table: what each poll came to."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedserver.model.attempt import Attempt, Outcome
from feedserver.model.source import SourceId
from feedserver.store.database import MICROSECOND, Row, Transaction, from_micros, one, to_micros


async def add(tx: Transaction, attempt: Attempt) -> None:
    """Keep the record of a poll."""
    await tx.all(
        """
        INSERT INTO attempt (source_id, at, outcome, status, entries, new, revised, bytes,
            took_us, reason, findings)
        VALUES (:source_id, :at, :outcome, :status, :entries, :new, :revised, :bytes,
            :took, :reason, :findings)
        ON CONFLICT (source_id, at) DO NOTHING
        """,
        source_id=attempt.source,
        at=to_micros(attempt.at),
        outcome=attempt.outcome,
        status=attempt.status,
        entries=attempt.entries,
        new=attempt.new,
        revised=attempt.revised,
        bytes=attempt.bytes,
        took=attempt.took // MICROSECOND,
        reason=attempt.reason,
        findings=msgspec.json.encode(attempt.findings).decode(),
    )


async def newest(tx: Transaction, source: SourceId, *, limit: int) -> Sequence[Attempt]:
    """Return the last polls of a source, newest first."""
    rows = await tx.all(
        "SELECT * FROM attempt WHERE source_id = :source ORDER BY at DESC LIMIT :limit",
        source=source,
        limit=limit,
    )
    return [_attempt(row) for row in rows]


async def prune(tx: Transaction, *, before: datetime) -> int:
    """Forget the records of polls before that moment; return how many there were."""
    row = await one(
        tx, "SELECT count(*) AS number FROM attempt WHERE at < :before", before=to_micros(before)
    )
    await tx.all("DELETE FROM attempt WHERE at < :before", before=to_micros(before))
    return int(row["number"]) if row else 0


def _attempt(row: Row) -> Attempt:
    return Attempt(
        source=SourceId(row["source_id"]),
        at=from_micros(row["at"]),
        outcome=Outcome(row["outcome"]),
        status=row["status"],
        entries=row["entries"],
        new=row["new"],
        revised=row["revised"],
        bytes=row["bytes"],
        took=row["took_us"] * MICROSECOND,
        reason=row["reason"],
        findings=msgspec.json.decode(row["findings"], type=dict[str, int]),
    )

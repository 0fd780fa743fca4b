"""The ``act`` table: what people and rules did. Rows are only ever added."""

from collections.abc import Sequence
from dataclasses import replace

from feedserver.model.access import Act
from feedserver.store import counters
from feedserver.store.database import Row, Transaction, from_micros, to_micros


async def add(tx: Transaction, act: Act) -> Act:
    """Record an act; return it with its place in the order of all."""
    seq = await counters.take(tx, "act")
    await tx.all(
        """
        INSERT INTO act (seq, at, actor, action, subject, revision, detail)
        VALUES (:seq, :at, :actor, :action, :subject, :revision, :detail)
        """,
        seq=seq,
        at=to_micros(act.at),
        actor=act.actor,
        action=act.action,
        subject=act.subject,
        revision=act.revision,
        detail=act.detail,
    )
    return replace(act, seq=seq)


async def of(tx: Transaction, subject: str) -> Sequence[Act]:
    """Return what was done to a subject (``article:7``), oldest first."""
    rows = await tx.all("SELECT * FROM act WHERE subject = :subject ORDER BY seq", subject=subject)
    return [_act(row) for row in rows]


def _act(row: Row) -> Act:
    return Act(
        seq=row["seq"],
        at=from_micros(row["at"]),
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        revision=row["revision"],
        detail=row["detail"],
    )
